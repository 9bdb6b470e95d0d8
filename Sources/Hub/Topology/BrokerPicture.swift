import Crypto
import FoundationEssentials
import JSON

/// What a broker has, read from its definitions.
struct BrokerPicture: Sendable {
  var items: [TopologyItem: [String: TopologyValue]] = [:]

  init() {}

  /// Reads the answer to `GET /api/definitions`.
  init(_ definitions: JSONValue) {
    func add(_ section: StaticString, _ item: (JSONValue) -> TopologyItem?) {
      for entry in definitions[section]?.elements ?? definitions.elements {
        guard let item = item(entry) else { continue }
        items[item] = Dictionary(entry.members.map { ($0.key, TopologyValue($0.value)) }) { first, _ in first }
      }
    }
    func text(_ entry: JSONValue, _ key: String) -> String { entry[key]?.string ?? "" }
    add("users") { .user(text($0, "name")) }
    add("vhosts") { .vhost(text($0, "name")) }
    add("permissions") { .permissions(user: text($0, "user"), vhost: text($0, "vhost")) }
    add("topic_permissions") {
      .topicPermissions(user: text($0, "user"), vhost: text($0, "vhost"), exchange: text($0, "exchange"))
    }
    add("policies") { .policy(text($0, "name"), vhost: text($0, "vhost")) }
    add("exchanges") { .exchange(text($0, "name"), vhost: text($0, "vhost")) }
    add("queues") { .queue(text($0, "name"), vhost: text($0, "vhost")) }
    add("bindings") {
      let binding = TopologyItem.Binding(
        source: text($0, "source"), destination: text($0, "destination"),
        isToExchange: text($0, "destination_type") == "exchange", key: text($0, "routing_key"))
      return .binding(binding, vhost: text($0, "vhost"))
    }
  }

  /// Whether a user's password is this one; nil where the broker keeps it in a way that we do not know.
  func isPassword(_ password: String, of user: String) -> Bool? {
    guard let content = items[.user(user)], case .text(let encoded)? = content["password_hash"],
      content["hashing_algorithm"] == .text("rabbit_password_hashing_sha256"),
      let bytes = Data(base64Encoded: encoded), bytes.count == 4 + SHA256.byteCount
    else { return nil }
    // Four bytes of salt, then the digest of salt and password.
    return SHA256.hash(data: bytes.prefix(4) + Data(password.utf8)) == bytes.dropFirst(4)
  }
}
