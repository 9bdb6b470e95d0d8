/// What it takes to bring a broker to a topology, computed from both as values.
package struct TopologyPlan: Sendable, Equatable {
  package enum Step: Sendable, Equatable {
    case create(TopologyItem)
    /// Brought in line without loss: a policy, permissions, a user.
    case change(TopologyItem, [String])
    /// Permissions of an agency that is suspended.
    case remove(TopologyItem)
    /// It exists as something else, and could only be deleted and made again: nothing is done while there is one.
    case conflict(TopologyItem, [String])
    /// It is in a virtual host of ours, or was an agency's, and we do not want it: told, and left alone.
    case extra(TopologyItem, String)
  }

  /// In the order of virtual hosts.
  package let steps: [Step]
  /// How much is as it shall be.
  package let unchanged: Int
  /// The most that all queues together may hold.
  package let boundBytes: Int

  /// Compares what shall be with what is.
  init(_ topology: Topology, on broker: BrokerPicture) {
    var steps: [(TopologyItem, Step)] = []
    var unchanged = 0
    for (item, wanted) in topology.items {
      guard let present = broker.items[item] else {
        steps.append((item, .create(item)))
        continue
      }
      var differences = Self.differences(wanted, present)
      if case .user(let name) = item, let password = topology.passwords[name],
        broker.isPassword(password, of: name) != true
      {
        differences.append("its password is another than the one kept")
      }
      if differences.isEmpty {
        unchanged += 1
      } else {
        steps.append((item, item.canChange ? .change(item, differences) : .conflict(item, differences)))
      }
    }
    for item in topology.absent where broker.items[item] != nil { steps.append((item, .remove(item))) }
    for (item, reason) in Self.extras(topology, broker) { steps.append((item, .extra(item, reason))) }
    self.steps = steps.sorted { $0.0 < $1.0 }.map(\.1)
    self.unchanged = unchanged
    boundBytes = topology.boundBytes
  }

  package var conflicts: [Step] { steps.filter { if case .conflict = $0 { true } else { false } } }
  package var extras: [TopologyItem] { steps.compactMap { if case .extra(let item, _) = $0 { item } else { nil } } }

  /// Whether the broker has all that it shall have; things we do not want may stand beside it.
  package var isDone: Bool { steps.allSatisfy { if case .extra = $0 { true } else { false } } }

  /// What is created or changed by an import.
  var imported: [TopologyItem] {
    steps.compactMap {
      switch $0 {
      case .create(let item), .change(let item, _): item
      default: nil
      }
    }
  }

  var removed: [TopologyItem] { steps.compactMap { if case .remove(let item) = $0 { item } else { nil } } }

  /// The users whose rights or password change: open connections would keep what they had.
  var usersToDisconnect: Set<String> {
    Set(
      steps.compactMap {
        switch $0 {
        case .change(.permissions(let user, _), _), .change(.user(let user), _), .remove(.permissions(let user, _)):
          user
        default: nil
        }
      })
  }

  /// What we name of a thing decides; what the broker says beyond that does not matter.
  private static func differences(
    _ wanted: [String: TopologyValue], _ present: [String: TopologyValue]
  ) -> [String] {
    wanted.sorted { $0.key < $1.key }.compactMap { key, value in
      guard present[key] != value else { return nil }
      // Older brokers write the tags of a user as one text.
      if key == "tags", value == .list([]), present[key] == .text("") { return nil }
      return "\(key) is \(present[key].map(\.description) ?? "not there"), \(value) is wanted"
    }
  }

  private static func extras(_ topology: Topology, _ broker: BrokerPicture) -> [(TopologyItem, String)] {
    let ours = Set(topology.vhosts)
    // Another exchange on this broker has another hub user.
    let former = Set(
      broker.items.keys.compactMap { item -> String? in
        if case .permissions(topology.hubUser, let vhost) = item, !ours.contains(vhost) { vhost } else { nil }
      })
    return broker.items.compactMap { item, content in
      guard topology.items[item] == nil, !topology.absent.contains(item) else { return nil }
      switch item {
      case .vhost(let name) where former.contains(name):
        return (item, "no agency of the configuration has this name")
      case .user(let name) where former.contains(name):
        return (item, "no agency of the configuration has this name")
      case .permissions(let user, let vhost) where user != topology.administrator:
        if ours.contains(vhost) { return (item, "somebody else may act in this virtual host") }
        let isAgency = topology.items[.user(user)] != nil && user != topology.hubUser
        return isAgency ? (item, "this user shall reach its own virtual host only") : nil
      case .policy(_, let vhost) where ours.contains(vhost):
        return (item, "it overrides ours where its priority, \(content["priority"] ?? .integer(0)), is above 10")
      case .exchange(let name, let vhost) where ours.contains(vhost) && !name.hasPrefix("amq."):
        return (item, "this exchange is none of the wire contract's")
      case .queue(_, let vhost) where ours.contains(vhost):
        return (item, "this queue is none of the wire contract's")
      case .binding(_, let vhost) where ours.contains(vhost):
        return (item, "messages take a way that the wire contract does not know")
      case .topicPermissions(_, let vhost, _) where ours.contains(vhost):
        return (item, "topic permissions are not used")
      default: return nil
      }
    }
  }
}

extension TopologyItem {
  /// Whether another content can be given to it while it stands.
  var canChange: Bool {
    switch self {
    case .user, .permissions, .policy: true
    default: false
    }
  }
}

extension TopologyPlan.Step: CustomStringConvertible {
  /// One line: what is done to what, and why.
  package var description: String {
    switch self {
    case .create(let item): "create    \(item)"
    case .change(let item, let differences): "change    \(item): \(differences.joined(separator: "; "))"
    case .remove(let item): "remove    \(item): the agency is suspended"
    case .conflict(let item, let differences): "conflict  \(item): \(differences.joined(separator: "; "))"
    case .extra(let item, let reason): "extra     \(item): \(reason)"
    }
  }
}
