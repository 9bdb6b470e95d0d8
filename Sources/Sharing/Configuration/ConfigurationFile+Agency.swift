import Contract
import Crypto
import FoundationEssentials
import JSON
import STIX

extension ConfigurationFile {
  /// The agency that the file describes.
  func agency() -> Agency? {
    guard let id = root["id"]?.string.flatMap(AgencyID.init), let name = root["name"]?.string else { return nil }
    let sends = root["sends"]?.list ?? []
    var sentKinds: [FormatID: Set<MessageKind>] = [:]
    for line in sends {
      if let format = line["format"]?.string.flatMap(FormatID.init), let kinds = line["kinds"]?.kinds {
        sentKinds[format, default: []].formUnion(kinds)
      }
    }
    return Agency(
      id: id, name: name, kind: root["kind"]?.string.flatMap(Agency.Kind.init) ?? .agency,
      jurisdiction: root["jurisdiction"]?.string ?? "", identity: root["identity"]?.string,
      sectors: root["sectors"]?.texts ?? [], constituency: root["constituency"]?.string,
      groups: Set(root["groups"]?.texts ?? []),
      sends: sends.compactMap { ($0.string ?? $0["format"]?.string).flatMap(FormatID.init) }, sentKinds: sentKinds,
      accepts: (root["accepts"]?.list ?? []).compactMap { line in
        line["format"]?.string.flatMap(FormatID.init).map { AcceptedFormat(format: $0, kinds: line["kinds"]?.kinds) }
      },
      maximumTLP: root["maximum-tlp"]?.tlp ?? .amberStrict, clearance: root["clearance"]?.controls ?? [],
      keys: (root["keys"]?.list ?? []).compactMap(Self.key),
      contacts: (root["contacts"]?.list ?? []).map { contact in
        Contact(
          function: contact["function"]?.string ?? "", email: contact["email"]?.string,
          phone: contact["phone"]?.string, availability: contact["availability"]?.string,
          keyFingerprint: contact["key-fingerprint"]?.string)
      },
      quietAlarmHours: root["quiet-alarm-hours"]?.int,
      rateLimits: RateLimits(
        messagesPerMinute: root["rate-limits"]?["messages-per-minute"]?.int,
        bytesPerMinute: root["rate-limits"]?["bytes-per-minute"]?.int),
      subscriptions: (root["subscriptions"]?.list ?? []).map { line in
        Subscription(
          kinds: line["kinds"]?.kinds, objectTypes: line["object-types"].map { ObjectTypes($0.texts) },
          sectors: line["sectors"].map { Set($0.texts) }, countries: line["countries"].map { Set($0.texts) },
          minimumConfidence: line["minimum-confidence"]?.int)
      },
      isSuspended: root["suspended"]?.bool ?? false)
  }

  /// Nil where the text is no Ed25519 public key: 32 bytes, or these behind the prefix of SubjectPublicKeyInfo
  /// (RFC 8410), as `openssl pkey -pubout` writes them between its lines.
  static func key(_ line: JSONValue) -> AgencyKey? {
    guard let id = line["id"]?.string, let use = line["use"]?.string.flatMap(AgencyKey.Use.init),
      let bytes = line["ed25519"]?.string.flatMap({ Ed25519Text.publicKey($0) })
    else { return nil }
    return AgencyKey(
      id: id, use: use, publicKey: bytes, validFrom: line["valid-from"]?.moment, validTo: line["valid-to"]?.moment)
  }
}

/// Ed25519 keys as files write them.
package enum Ed25519Text {
  private static let publicPrefix: [UInt8] = [0x30, 0x2A, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x03, 0x21, 0x00]
  private static let privatePrefix: [UInt8] = [
    0x30, 0x2E, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
  ]

  package static func publicKey(_ text: String) -> [UInt8]? {
    guard let bytes = Data(base64Encoded: text).map(Array.init) else { return nil }
    if bytes.count == 32 { return bytes }
    return bytes.count == 44 && bytes.starts(with: publicPrefix) ? Array(bytes.suffix(32)) : nil
  }

  /// The 32 bytes of a private key from what `openssl genpkey -algorithm ed25519` writes (PEM, PKCS #8, RFC 8410).
  package static func privateKey(pem text: String) -> [UInt8]? {
    let lines = text.split(whereSeparator: \.isNewline).map(String.init)
    guard let start = lines.firstIndex(of: "-----BEGIN PRIVATE KEY-----"),
      let end = lines.firstIndex(of: "-----END PRIVATE KEY-----"), start < end,
      let bytes = Data(base64Encoded: lines[(start + 1)..<end].joined()).map(Array.init), bytes.count == 48,
      bytes.starts(with: privatePrefix)
    else { return nil }
    return Array(bytes.suffix(32))
  }

  /// The public key of a private one, in the form that an agency's file has; nil where it is none.
  package static func publicText(ofPrivate key: [UInt8]) -> String? {
    (try? Curve25519.Signing.PrivateKey(rawRepresentation: key)).map { text(Array($0.publicKey.rawRepresentation)) }
  }

  package static func text(_ bytes: [UInt8]) -> String { Data(bytes).base64EncodedString() }
}

extension JSONValue {
  var controls: Set<HandlingControl> { Set(texts.compactMap { HandlingControl(rawValue: $0) }) }
}
