/// One thing that a broker can be told to have.
package enum TopologyItem: Hashable, Sendable {
  case user(String)
  case vhost(String)
  case permissions(user: String, vhost: String)
  case topicPermissions(user: String, vhost: String, exchange: String)
  case policy(String, vhost: String)
  case exchange(String, vhost: String)
  case queue(String, vhost: String)
  case binding(Binding, vhost: String)

  /// From an exchange to a queue, or to another exchange.
  package struct Binding: Hashable, Sendable {
    package var source: String
    package var destination: String
    package var isToExchange = false
    package var key: String
  }

  /// The virtual host in which it is, or which it is; nil for a user.
  package var vhost: String? {
    switch self {
    case .user: nil
    case .vhost(let vhost), .permissions(_, let vhost), .topicPermissions(_, let vhost, _), .policy(_, let vhost),
      .exchange(_, let vhost), .queue(_, let vhost), .binding(_, let vhost):
      vhost
    }
  }

  /// The place in which things come in lists: what others rest on first.
  private var rank: Int {
    switch self {
    case .user: 0
    case .vhost: 1
    case .permissions: 2
    case .topicPermissions: 3
    case .policy: 4
    case .exchange: 5
    case .queue: 6
    case .binding: 7
    }
  }
}

extension TopologyItem: CustomStringConvertible {
  /// In words: `queue intake.threat in us-cisa`.
  package var description: String {
    switch self {
    case .user(let name): "user \(name)"
    case .vhost(let name): "virtual host \(name)"
    case .permissions(let user, let vhost): "permissions of \(user) in \(vhost)"
    case .topicPermissions(let user, let vhost, let exchange): "topic permissions of \(user) on \(exchange) in \(vhost)"
    case .policy(let name, let vhost): "policy \(name) in \(vhost)"
    case .exchange(let name, let vhost): "exchange \(name) in \(vhost)"
    case .queue(let name, let vhost): "queue \(name) in \(vhost)"
    case .binding(let binding, let vhost):
      "binding of \(binding.source) to \(binding.destination) with '\(binding.key)' in \(vhost)"
    }
  }
}

extension TopologyItem: Comparable {
  package static func < (left: TopologyItem, right: TopologyItem) -> Bool {
    (left.vhost ?? "", left.rank, left.description) < (right.vhost ?? "", right.rank, right.description)
  }
}
