import JSON
import STIX

/// One equation of a pattern, or one property of an observable: `file:hashes.MD5` is this value.
struct Fact: Equatable {
  /// The type of the observable: `file`.
  var type: String
  /// The path in it, keys without quotes: `hashes.SHA-256`, `resolves_to_refs[*].value`.
  var path: String
  /// The value as text; numbers without a sign or quotes.
  var value: String

  var key: String { "\(type):\(path)" }
}

extension Fact {
  /// What an observable says, as facts, and the names of its properties that are in none of them.
  static func facts(of object: STIXObject, in bundle: STIXBundle) -> (facts: [Fact], unread: [String]) {
    var facts: [Fact] = []
    var read: Set<String> = []
    func add(_ path: String, _ value: String?, from property: String) {
      guard let value else { return }
      facts.append(Fact(type: object.type, path: path, value: value))
      read.insert(property)
    }
    func target(_ property: String) -> STIXObject? {
      object.value[property]?.string.flatMap { bundle.object(id: $0) }
    }
    for property in simple[object.type] ?? [] {
      let value = object.value[property]
      add(property, value?.string ?? value?.integer.map { String($0) }, from: property)
    }
    if let hashes = object.value["hashes"] {
      for (algorithm, hash) in hashes.members { add("hashes.\(algorithm)", hash.string, from: "hashes") }
    }
    if object.type == "network-traffic" {
      for end in ["src_ref", "dst_ref"] {
        guard let target = target(end) else { continue }
        add("\(end).type", target.type, from: end)
        add("\(end).value", target.value["value"]?.string, from: end)
      }
    }
    if object.type == "email-message" {
      add("from_ref.value", target("from_ref")?.value["value"]?.string, from: "from_ref")
    }
    let unread = object.value.members.map(\.key).filter { !read.contains($0) }
    return (facts, unread)
  }

  /// The properties of each type that are facts as they stand.
  private static let simple: [String: [String]] = [
    "autonomous-system": ["number"],
    "domain-name": ["value"],
    "email-addr": ["value"],
    "email-message": ["subject", "body", "message_id"],
    "file": ["name", "size"],
    "ipv4-addr": ["value"],
    "ipv6-addr": ["value"],
    "mac-addr": ["value"],
    "mutex": ["name"],
    "network-traffic": ["src_port", "dst_port"],
    "url": ["value"],
    "user-account": ["account_type", "account_login"],
    "windows-registry-key": ["key"],
  ]
}
