import JSON

/// A resource of which a node of the broker runs short, so that publishers wait.
package struct BrokerAlarm: Sendable, Equatable {
  package var node: String
  /// `memory` or `disk`.
  package var resource: String

  package init(node: String, resource: String) {
    self.node = node
    self.resource = resource
  }
}

/// Which broker this is.
package struct BrokerOverview: Sendable, Equatable {
  package var version: String
  package var erlangVersion: String
  package var clusterName: String
}

/// The nodes that hold a quorum queue, by name.
package struct QuorumStatus: Sendable, Equatable {
  package var leader: String
  package var members: [String]
  /// Those that answer.
  package var online: [String]
}

extension ManagementAPI {
  package func overview() async throws(BrokerError) -> BrokerOverview {
    let answer = try await get(["overview"])
    guard let version = answer["rabbitmq_version"]?.string else {
      throw BrokerError(.badAnswer, "\(address) does not say which RabbitMQ it is")
    }
    return BrokerOverview(
      version: version, erlangVersion: answer["erlang_version"]?.string ?? "",
      clusterName: answer["cluster_name"]?.string ?? "")
  }

  /// The names of the cluster's nodes that run, as this one sees it.
  package func runningNodes() async throws(BrokerError) -> [String] {
    try await get(["nodes"], query: "?columns=name,running").elements.compactMap { node in
      node["running"]?.bool == true ? node["name"]?.string : nil
    }
  }

  /// Where a quorum queue lives; nil while its members have not said it, some seconds long after a change.
  package func quorum(of queue: String, in vhost: String) async throws(BrokerError) -> QuorumStatus? {
    let answer = try await get(["queues", vhost, queue], query: "?columns=leader,members,online")
    guard let leader = answer["leader"]?.string, !leader.isEmpty else { return nil }
    return QuorumStatus(
      leader: leader, members: answer["members"]?.elements.compactMap(\.string) ?? [],
      online: answer["online"]?.elements.compactMap(\.string) ?? [])
  }

  /// The alarms in force, at once (the nodes' own list lags).
  package func alarms() async throws(BrokerError) -> [BrokerAlarm] {
    let path = ["health", "checks", "alarms"]
    let answer = try await answer("GET", path)
    // The answer of a healthy broker is 200, of one with alarms 503 with their list.
    guard answer.status == 503 else {
      if answer.status != 200 { try await call("GET", path) }
      return []
    }
    return try json(answer.body)["alarms"]?.elements.map {
      BrokerAlarm(node: $0["node"]?.string ?? "", resource: $0["resource"]?.string ?? "")
    } ?? []
  }

  /// Bytes that the broker may still write before a node's disk limit stops all publishers: of the node with least.
  package func diskRoom() async throws(BrokerError) -> Int {
    // A node that has just started tells its disk some seconds later.
    let end = ContinuousClock.now + .seconds(30)
    while true {
      let nodes = try await get(["nodes"], query: "?columns=name,disk_free,disk_free_limit").elements.map { node in
        (free: node["disk_free"]?.integer, limit: node["disk_free_limit"]?.integer)
      }
      let room = nodes.compactMap { node in node.free.flatMap { free in node.limit.map { Int(free - $0) } } }
      if let least = room.min(), room.count == nodes.count { return max(0, least) }
      guard ContinuousClock.now < end, !Task.isCancelled else {
        throw BrokerError(.badAnswer, "the broker at \(address) does not tell how much room its disk has")
      }
      try? await Task.sleep(for: .milliseconds(100))
    }
  }
}
