import Broker
import Broker
import JSON

/// The text that tells a broker to have things, for `POST /api/definitions`.
enum TopologyDefinitions {
  /// - Throws: `.secrets` where a user is among the things whose password is not known.
  static func text(of items: [TopologyItem], in topology: Topology) throws(HubError) -> JSONWriter {
    var sections: [String: [JSONWriter]] = [:]
    for item in items.sorted() {
      var content = topology.items[item] ?? [:]
      if case .user(let name) = item {
        guard let password = topology.passwords[name] else {
          throw HubError(
            .secrets,
            "There is no password for the broker's user \(name): run `entente topology apply`, which makes one.")
        }
        content["password"] = .text(password)
        content["tags"] = .text("")
      }
      let section = identity(of: item, &content)
      var writer = JSONWriter()
      TopologyValue.table(content).write(to: &writer)
      sections[section, default: []].append(writer)
    }
    return JSONWriter.object { writer in
      for (section, entries) in sections.sorted(by: { $0.key < $1.key }) {
        writer.key(section)
        writer.array { list in for entry in entries { list.raw(entry.bytes) } }
      }
    }
  }

  /// Adds what names the thing; gives the section in which it stands.
  private static func identity(of item: TopologyItem, _ content: inout [String: TopologyValue]) -> String {
    content["vhost"] = item.vhost.map { .text($0) }
    switch item {
    case .user(let name):
      content["name"] = .text(name)
      return "users"
    case .vhost(let name):
      content = ["name": .text(name)]
      return "vhosts"
    case .permissions(let user, _):
      content["user"] = .text(user)
      return "permissions"
    case .topicPermissions(let user, _, let exchange):
      content["user"] = .text(user)
      content["exchange"] = .text(exchange)
      return "topic_permissions"
    case .policy(let name, _):
      content["name"] = .text(name)
      return "policies"
    case .exchange(let name, _):
      content["name"] = .text(name)
      return "exchanges"
    case .queue(let name, _):
      content["name"] = .text(name)
      return "queues"
    case .binding(let binding, _):
      content["source"] = .text(binding.source)
      content["destination"] = .text(binding.destination)
      content["destination_type"] = .text(binding.isToExchange ? "exchange" : "queue")
      content["routing_key"] = .text(binding.key)
      return "bindings"
    }
  }
}
