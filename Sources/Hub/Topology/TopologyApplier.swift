package import Broker

/// Brings a broker to a topology: looks, refuses conflicts, imports once, looks again.
package struct TopologyApplier: Sendable {
  private let management: ManagementAPI
  private let diskRoom: Int?

  /// - Parameters:
  ///   - management: as a user with the tag `administrator`.
  ///   - diskRoom: the bytes that the broker may still write, where the caller knows them, as of a private node; nil
  ///     asks the broker, which knows some seconds after its start.
  package init(management: ManagementAPI, diskRoom: Int? = nil) {
    self.management = management
    self.diskRoom = diskRoom
  }

  /// What `apply` would do now. Changes nothing.
  package func plan(_ topology: Topology) async throws(HubError) -> TopologyPlan {
    try await asking { () async throws(BrokerError) in
      TopologyPlan(topology, on: BrokerPicture(try await management.definitions()))
    }
  }

  /// Does it, and returns what was done. Where the plan holds a conflict, or the queues' bounds are more than the disk
  /// can take, nothing is changed. Never deletes a queue. Done twice, the second time finds nothing to do.
  @discardableResult
  package func apply(_ topology: Topology) async throws(HubError) -> TopologyPlan {
    let plan = try await plan(topology)
    guard plan.conflicts.isEmpty else {
      throw HubError(
        .broker,
        "Nothing was changed, since these stand on the broker as something else; delete them there once they "
          + "are empty, or use another vhost-prefix:\n" + plan.conflicts.map { "  \($0)" }.joined(separator: "\n"))
    }
    guard !plan.isDone else { return plan }
    let text = try TopologyDefinitions.text(of: plan.imported, in: topology)
    try await checkRoom(for: topology)
    try await asking { () async throws(BrokerError) in
      if !plan.imported.isEmpty { try await management.importDefinitions(text) }
      for item in plan.removed { try await delete(item) }
      for user in plan.usersToDisconnect.sorted() { try await management.closeConnections(of: user) }
    }
    var rest = try await self.plan(topology)
    // A broker that has much to do may say yes and lack a queue that did not come up in its time; it is asked again.
    for pause in Self.pausesOfRepeats where !rest.isDone && rest.conflicts.isEmpty {
      do { try await Task.sleep(for: pause) } catch { break }
      let missing = try TopologyDefinitions.text(of: rest.imported, in: topology)
      if !rest.imported.isEmpty {
        try await asking { () async throws(BrokerError) in try await management.importDefinitions(missing) }
      }
      rest = try await self.plan(topology)
    }
    guard rest.isDone else {
      let left = rest.steps.filter { if case .extra = $0 { false } else { true } }
      throw HubError(
        .broker,
        "The broker took the topology and still lacks some of it; somebody else may be changing it:\n"
          + left.map { "  \($0)" }.joined(separator: "\n"))
    }
    return plan
  }

  private static let pausesOfRepeats: [Duration] = [.milliseconds(500), .seconds(2), .seconds(5)]

  /// Removes something that a plan called extra. A queue, or a virtual host with its queues, goes only when it is empty
  /// or `evenWithMessages` says so.
  package func remove(_ extra: TopologyItem, evenWithMessages: Bool = false) async throws(HubError) {
    if !evenWithMessages, let vhost = extra.vhost {
      let queues = try await asking { () async throws(BrokerError) in try await management.queues(in: vhost) }
      for queue in queues {
        switch extra {
        case .vhost, .queue(queue.name, _): break
        default: continue
        }
        // The count of a queue that is new or busy is not known or lags: unclear means no.
        guard queue.messages == 0, queue.heldFromDeadLettering ?? 0 == 0 else {
          let count = queue.messages.map(String.init) ?? "an unknown number of"
          throw HubError(
            .broker,
            "The queue \(queue.name) in \(vhost) holds \(count) messages: empty it first, or say that they go "
              + "with it.")
        }
      }
    }
    try await asking { () async throws(BrokerError) in try await delete(extra) }
  }

  /// The major version of the broker.
  func brokerMajor() async throws(HubError) -> Int {
    let version = try await asking { () async throws(BrokerError) in try await management.overview() }.version
    return Int(version.prefix { $0 != "." }) ?? 3
  }

  /// Takes a user's permissions in the virtual host of its own name away, and closes its connections: channels that are
  /// open would go on without them.
  func lockOut(user: String) async throws(HubError) {
    try await asking { () async throws(BrokerError) in
      try await management.deletePermissions(user, in: user)
      try await management.closeConnections(of: user)
    }
  }

  private func delete(_ item: TopologyItem) async throws(BrokerError) {
    switch item {
    case .user(let name): try await management.deleteUser(name)
    case .vhost(let name): try await management.deleteVhost(name)
    case .permissions(let user, let vhost): try await management.deletePermissions(user, in: vhost)
    case .topicPermissions(let user, let vhost, let exchange):
      try await management.delete(["topic-permissions", vhost, user, exchange])
    case .policy(let name, let vhost): try await management.deletePolicy(name, in: vhost)
    case .exchange(let name, let vhost): try await management.delete(["exchanges", vhost, name])
    case .queue(let name, let vhost): try await management.deleteQueue(name, in: vhost)
    case .binding(let binding, let vhost):
      try await management.deleteBinding(
        from: binding.source, to: binding.destination, isToExchange: binding.isToExchange, key: binding.key, in: vhost)
    }
  }

  /// All bounds together must fit on the disk above the broker's own limit, or it would stop every publisher before the
  /// bounds do anything. What our queues hold already is part of the bounds.
  private func checkRoom(for topology: Topology) async throws(HubError) {
    let (room, held) = try await asking { () async throws(BrokerError) in
      let room = if let diskRoom { diskRoom } else { try await management.diskRoom() }
      return (room, try await queues(of: topology).reduce(0) { $0 + ($1.bytes ?? 0) })
    }
    guard topology.boundBytes <= room + held else {
      throw HubError(
        .broker,
        "Nothing was changed: the queues may hold \(topology.boundBytes.megabytes) together, and the broker's "
          + "disk has room for \((room + held).megabytes) before it stops all publishers. Lower the limits in hub.yaml, "
          + "or give the broker more disk.")
    }
  }

  /// The queues of our virtual hosts, as far as these are there. Each virtual host is asked alone, since a list of all
  /// ends with status 500 while somebody deletes a queue elsewhere on the broker.
  private func queues(of topology: Topology) async throws(BrokerError) -> [QueueStatus] {
    var queues: [QueueStatus] = []
    for vhost in topology.vhosts {
      do throws(BrokerError) {
        queues += try await management.queues(in: vhost)
      } catch {
        guard error.code == .notFound else { throw error }
      }
    }
    return queues
  }

  private func asking<Answer>(
    _ body: () async throws(BrokerError) -> Answer
  ) async throws(HubError) -> Answer {
    do {
      return try await body()
    } catch {
      throw HubError(.broker, error.message)
    }
  }
}

extension TopologyApplier {
  /// What the broker holds back from dead-lettering, queue by queue: each one is an alarm.
  package func alarms(_ topology: Topology) async throws(HubError) -> [TopologyAlarm] {
    let queues = try await asking { () async throws(BrokerError) in try await self.queues(of: topology) }
    return queues.compactMap { queue in
      guard let count = queue.heldFromDeadLettering, count > 0 else { return nil }
      return TopologyAlarm(vhost: queue.vhost, queue: queue.name, count: count)
    }.sorted { ($0.vhost, $0.queue) < ($1.vhost, $1.queue) }
  }
}

/// A queue holds messages that it cannot dead-letter: no consumer sees them, and at 32 nothing else of that queue can be
/// dead-lettered any more.
package struct TopologyAlarm: Sendable, Equatable, CustomStringConvertible {
  package var vhost: String
  package var queue: String
  package var count: Int

  package var description: String {
    "\(count) messages of \(queue) in \(vhost) cannot be dead-lettered and are hidden in it: the queue "
      + "\"\(queue)\" needs, for a while, a policy of higher priority that dead-letters through another exchange into "
      + "a queue of another name"
  }
}

extension Int {
  fileprivate var megabytes: String { "\(self / 1_000_000) MB" }
}
