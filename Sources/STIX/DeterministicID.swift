import Crypto
package import JSON

/// Identifiers derived from names: UUID version 5 (RFC 4122 section 4.3), and those of observables (STIX 2.1
/// section 2.9).
package enum DeterministicID {
  /// The namespace of observables' ids.
  package static let observables = "00abedb4-aa42-466c-9c01-fed23315a9b7"

  /// The UUIDv5 of a name, in lower case.
  ///
  /// `namespace` is a UUID as text; anything else is a programming error.
  package static func uuid5(namespace: String, name: some Sequence<UInt8>) -> String {
    uuid5(namespace: namespace, name: Array(name))
  }

  /// As for any sequence: bundles have thousands of ids.
  package static func uuid5(namespace: String, name: [UInt8]) -> String {
    var input = bytes(of: namespace)
    input.reserveCapacity(16 + name.count)
    input.append(contentsOf: name)
    return text(behind: "", input)
  }

  /// The id of a type, `type--` and the UUIDv5 of what begins with the bytes of its namespace and goes on with its name:
  /// for whoever names many things in one namespace, and keeps its bytes.
  package static func id(_ type: String, bytes input: [UInt8]) -> String { text(behind: type + "--", input) }

  /// The 16 bytes of a UUID that is given as text; anything else is a programming error.
  package static func bytes(of uuid: String) -> [UInt8] {
    var bytes: [UInt8] = []
    append(bytesOf: uuid, to: &bytes)
    return bytes
  }

  private static func text(behind prefix: String, _ input: [UInt8]) -> String {
    var function = Insecure.SHA1()
    input.withUnsafeBytes { function.update(bufferPointer: $0) }
    return function.finalize().withUnsafeBytes { hash in
      let length = prefix.utf8.count
      return String(unsafeUninitializedCapacity: length + 36) { text in
        _ = text.initialize(fromContentsOf: prefix.utf8)
        var at = length
        for index in 0..<16 {
          var byte = hash[index]
          if index == 6 { byte = byte & 0x0F | 0x50 }
          if index == 8 { byte = byte & 0x3F | 0x80 }
          if index == 4 || index == 6 || index == 8 || index == 10 {
            text[at] = UInt8(ascii: "-")
            at &+= 1
          }
          text[at] = digit(byte &>> 4)
          text[at &+ 1] = digit(byte & 15)
          at &+= 2
        }
        return at
      }
    }
  }

  /// The id of an object from a name. Processes have ids of version 4 only (STIX 2.1 section 6.13): theirs has that
  /// form, and follows from the name all the same.
  package static func id(type: String, namespace: String, name: [UInt8]) -> String {
    var uuid = Array(uuid5(namespace: namespace, name: name).utf8)
    if type == "process" { uuid[14] = UInt8(ascii: "4") }
    return type + "--" + String(decoding: uuid, as: UTF8.self)
  }

  private static func digit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 &+ value : 0x57 &+ value }

  /// The id of an observable from its contributing properties, a JSON object that holds only these.
  package static func sco(type: String, contributing: JSONValue) -> String {
    type + "--" + uuid5(namespace: observables, name: JCS.canonical(contributing))
  }

  /// The id that the specification derives for an observable; nil when it has none of the contributing properties of
  /// its type, or its type has none, and a random id is due.
  package static func sco(of object: JSONValue) -> String? {
    guard let type = object["type"]?.string, let names = contributing[type] else { return nil }
    var writer = JSONWriter()
    var isEmpty = true
    writer.object { writer in
      for name in names {
        guard let value = object[name] else { continue }
        isEmpty = false
        if name == "hashes", let (algorithm, hash) = preferredHash(value) {
          writer.member("hashes") { $0.object { $0.member(algorithm, hash) } }
        } else {
          writer.member(name, value)
        }
      }
    }
    guard !isEmpty, let document = try? JSONDocument(writer.bytes) else { return nil }
    return sco(type: type, contributing: document.root)
  }

  /// Of several hashes one contributes.
  private static func preferredHash(_ hashes: JSONValue) -> (String, JSONValue)? {
    for algorithm in ["MD5", "SHA-1", "SHA-256", "SHA-512"] {
      if let hash = hashes[algorithm] { return (algorithm, hash) }
    }
    return hashes.members.first { _ in true }.map { ($0.key, $0.value) }
  }

  /// The properties that an observable's id is derived from.
  package static let contributing: [String: [String]] = [
    "artifact": ["hashes", "payload_bin"],
    "autonomous-system": ["number"],
    "directory": ["path"],
    "domain-name": ["value"],
    "email-addr": ["value"],
    "email-message": ["from_ref", "subject", "body"],
    "file": ["hashes", "name", "parent_directory_ref", "extensions"],
    "ipv4-addr": ["value"],
    "ipv6-addr": ["value"],
    "mac-addr": ["value"],
    "mutex": ["name"],
    "network-traffic": [
      "start", "end", "src_ref", "dst_ref", "src_port", "dst_port", "protocols", "extensions",
    ],
    "software": ["name", "cpe", "swid", "vendor", "version"],
    "url": ["value"],
    "user-account": ["account_type", "user_id", "account_login"],
    "windows-registry-key": ["key", "values"],
    "x509-certificate": ["hashes", "serial_number"],
  ]

  private static func append(bytesOf uuid: String, to bytes: inout [UInt8]) {
    let start = bytes.count
    var high: UInt8?
    for byte in uuid.utf8 where byte != UInt8(ascii: "-") {
      let value = byte <= 0x39 ? byte &- 0x30 : (byte | 0x20) &- 0x61 &+ 10
      precondition(value < 16, "a namespace is a UUID")
      if let first = high {
        bytes.append(first << 4 | value)
        high = nil
      } else {
        high = value
      }
    }
    precondition(bytes.count - start == 16 && high == nil, "a namespace is a UUID")
  }
}
