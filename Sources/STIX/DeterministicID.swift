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
    var input = bytes(ofUUID: namespace)
    input.append(contentsOf: name)
    var digest = Array(Insecure.SHA1.hash(data: input).prefix(16))
    digest[6] = digest[6] & 0x0F | 0x50
    digest[8] = digest[8] & 0x3F | 0x80
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    for (index, byte) in digest.enumerated() {
      if [4, 6, 8, 10].contains(index) { text.append(UInt8(ascii: "-")) }
      text += [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
    }
    return String(decoding: text, as: UTF8.self)
  }

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

  private static func bytes(ofUUID text: String) -> [UInt8] {
    let digits = text.utf8.filter { $0 != UInt8(ascii: "-") }.map { byte -> UInt8 in
      byte <= 0x39 ? byte - 0x30 : (byte | 0x20) - 0x61 + 10
    }
    precondition(digits.count == 32 && digits.allSatisfy { $0 < 16 }, "a namespace is a UUID")
    return stride(from: 0, to: 32, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
  }
}
