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
  /// Whether the value stands in patterns without quotes.
  var isNumber = false

  var key: String { "\(type):\(path)" }

  /// Whether it is of a property as a whole, and not of something in it.
  var isProperty: Bool { path.utf8.allSatisfy { $0 != UInt8(ascii: ".") && $0 != UInt8(ascii: "[") } }
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

  /// Everything that an observable says by itself and by the observables that it refers to, under the paths that
  /// patterns have for it.
  static func allFacts(of object: STIXObject, in bundle: STIXBundle) -> [Fact] {
    var facts: [Fact] = []
    func add(_ path: String, _ value: JSONValue?) {
      guard let value, let text = value.string ?? value.integer.map({ String($0) }) else { return }
      facts.append(Fact(type: object.type, path: path, value: text, isNumber: value.integer != nil))
    }
    func add(_ path: String, target id: JSONValue?) {
      guard let target = id.flatMap({ bundle.object(id: $0) }) else { return }
      if path == "src_ref" || path == "dst_ref" {
        facts.append(Fact(type: object.type, path: path + ".type", value: target.type))
      }
      let said = target.value
      if let value = said["value"] { add(path + ".value", value) }
      if let name = said["name"] { add(path + ".name", name) }
      if let place = said["path"] { add(path + ".path", place) }
    }
    let document = object.value.document
    object.value.forEachKey { key, index in
      if envelope.contains(key) { return }
      let name = String(decoding: key, as: UTF8.self)
      let value = JSONValue(document: document, index: index)
      switch name {
      case "hashes": for (algorithm, hash) in value.members { add("hashes.\(algorithm)", hash) }
      case "additional_header_fields":
        for (header, text) in value.members {
          let path = "additional_header_fields.\(MailHeader.path(header))"
          if text.isArray { for each in text.elements { add(path, each) } } else { add(path, text) }
        }
      case "received_lines": for line in value.elements { add("received_lines[*]", line) }
      case "values":
        for each in value.elements { for (name, text) in each.members { add("values[*].\(name)", text) } }
      case "body_multipart":
        for part in value.elements {
          add("body", part["body"])
          add("body_multipart[*].body_raw_ref", target: part["body_raw_ref"])
        }
      case let name where name.hasSuffix("_refs"): for id in value.elements { add("\(name)[*]", target: id) }
      case let name where name.hasSuffix("_ref"): add(name, target: value)
      case "protocols": if !value.elements.allSatisfy({ $0.isString("tcp") }) { add("protocols[*]", value[0]) }
      case "is_multipart": break
      case "extensions":
        for (id, content) in value.members {
          for (name, text) in content.members where name != "extension_type" {
            let path = "extensions.\(id).\(name)"
            if text.string != nil || text.integer != nil {
              add(path, text)
            } else {
              facts.append(Fact(type: object.type, path: path, value: text.description))
            }
          }
        }
      default:
        if value.string != nil || value.integer != nil {
          add(name, value)
        } else {
          // What has no text of its own is not read, and has to be told.
          facts.append(Fact(type: object.type, path: name, value: value.description))
        }
      }
    }
    return facts
  }

  private static let envelope: PropertyNames = [
    "type", "id", "spec_version", "object_marking_refs", "granular_markings", "defanged",
  ]

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
