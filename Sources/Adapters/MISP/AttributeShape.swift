import Formats
import JSON

/// What the value of an attribute says, by its type: the table of types that STIX has a place for, read in both
/// directions.
///
/// A composite type has one part for each piece of its value. Numbers stand in patterns without quotes, and SHA-512/224
/// and SHA-512/256 under names of their own: they are other algorithms than SHA-224 and SHA-256.
struct AttributeShape: Sendable {
  enum Kind: Sendable { case text, number, asNumber, port, address, host, macAddress, registryKey, executable }

  struct Part: Sendable {
    var type: String
    var path: String
    var kind: Kind
    /// The algorithm, where the value is a hash whose form is no number of digits.
    let fuzzyHash: String?

    init(type: String, path: String, kind: Kind = .text) {
      self.type = type
      self.path = path
      self.kind = kind
      fuzzyHash = ["SSDEEP", "TLSH"].first { path.hasSuffix("hashes." + $0) }
    }

    var key: String { "\(type):\(path)" }
  }

  var parts: [Part]
  /// Facts that the type itself says.
  var constants: [Fact] = []
  /// Whether a separator in the value is the first one; otherwise the last one separates.
  var splitsFirst = false
  /// How many digits the hash at the end of the value has; nil where there is none, or of no fixed length.
  var digestLength: Int?
}

extension AttributeShape {
  /// The shape of a type; nil for types that STIX has no observable for.
  static func shape(of type: String) -> AttributeShape? { table[type] }

  /// What a value of a type says; nil where STIX has no place for it, or the value is none of that type.
  static func facts(_ type: String, _ value: String) -> (facts: [Fact], isExact: Bool)? {
    guard let shape = table[type], shape.hasDigest(value) else { return nil }
    return shape.facts(of: value)
  }

  private func hasDigest(_ value: String) -> Bool {
    guard let digestLength else { return true }
    let bytes = value.utf8
    guard bytes.count >= digestLength else { return false }
    let digest = bytes.suffix(digestLength)
    guard digest.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0 | 0x20) }) else { return false }
    return digest.startIndex == bytes.startIndex || bytes[bytes.index(before: digest.startIndex)] == UInt8(ascii: "|")
  }

  /// What a value of this shape says, and whether the value follows from that again.
  func facts(of value: String) -> (facts: [Fact], isExact: Bool)? {
    let pieces = split(value)
    guard pieces.count == parts.count else { return nil }
    var facts: [Fact] = []
    facts.reserveCapacity(parts.count + constants.count + 1)
    var isExact = true
    for (part, piece) in zip(parts, pieces) {
      guard !piece.isEmpty else { return nil }
      switch part.kind {
      case .text:
        if let algorithm = part.fuzzyHash, !ValueForm.isHash(algorithm, piece) { return nil }
        facts.append(Fact(type: part.type, path: part.path, value: piece))
      case .number, .port:
        guard let number = Int64(piece), number >= 0, part.kind != .port || number <= 65_535 else { return nil }
        isExact = isExact && String(number) == piece
        facts.append(Fact(type: part.type, path: part.path, value: String(number), isNumber: true))
      case .asNumber:
        let digits = piece.uppercased().hasPrefix("AS") ? String(piece.dropFirst(2)) : piece
        guard let number = UInt32(digits) else { return nil }
        isExact = isExact && "AS\(number)" == piece
        facts.append(Fact(type: part.type, path: part.path, value: String(number), isNumber: true))
      case .address:
        guard let type = AddressForm.type(of: piece) else { return nil }
        if part.path.hasSuffix("_ref.value") {
          facts.append(Fact(type: part.type, path: part.path.dropLast("value".count) + "type", value: type))
        }
        facts.append(Fact(type: part.type, path: part.path, value: piece))
      case .host:
        facts.append(Fact(type: part.type, path: part.path.dropLast("value".count) + "type", value: "domain-name"))
        facts.append(Fact(type: part.type, path: part.path, value: piece))
      case .macAddress:
        let address = piece.lowercased().replacing("-", with: ":")
        let octets = address.split(separator: ":", omittingEmptySubsequences: false)
        guard octets.count == 6, octets.allSatisfy({ $0.utf8.count == 2 && UInt8($0, radix: 16) != nil }) else {
          return nil
        }
        isExact = isExact && address == piece
        facts.append(Fact(type: part.type, path: part.path, value: address))
      case .executable:
        // The kinds of Windows executables, in the words of STIX; of what is none of them nothing is said.
        guard let kind = ["exe": "exe", "dll": "dll", "driver": "sys", "sys": "sys"][piece.lowercased()] else {
          return nil
        }
        isExact = isExact && kind == piece
        facts.append(Fact(type: part.type, path: part.path, value: kind))
      case .registryKey:
        let key = RegistryHive.writtenOut(piece)
        isExact = isExact && key == piece
        facts.append(Fact(type: part.type, path: part.path, value: key))
      }
    }
    facts += constants
    return (facts, isExact)
  }

  /// The value that facts are of, and the facts that it does not say; nil where they say something else.
  func value(of facts: [Fact]) -> (value: String, rest: [Fact])? {
    var pieces: [String] = []
    var rest = facts
    func take(_ matches: (Fact) -> Bool) -> Bool {
      guard let place = rest.firstIndex(where: matches) else { return false }
      pieces.append(rest.remove(at: place).value)
      return true
    }
    for part in parts {
      let isEnd = part.path.hasSuffix("_ref.value") && part.type == "network-traffic"
      if take({ $0.hasKey(part) && (!isEnd || $0.isHost(among: facts) == (part.kind == .host)) }) {
        if part.kind == .asNumber { pieces[pieces.count - 1] = "AS" + pieces[pieces.count - 1] }
        continue
      }
      // Some programs write truncated SHA-512 under the names of other algorithms.
      guard part.path.hasPrefix("hashes."), take({ $0.type == part.type && $0.path.hasPrefix("hashes.") }) else {
        return nil
      }
    }
    rest.removeAll { fact in
      constants.contains(fact) || fact.path.hasSuffix("_ref.type")
    }
    return (pieces.joined(separator: "|"), rest)
  }

  private func split(_ value: String) -> [String] {
    guard parts.count == 2 else { return [value] }
    let bytes = value.utf8
    let bar = UInt8(ascii: "|")
    guard let place = splitsFirst ? bytes.firstIndex(of: bar) : bytes.lastIndex(of: bar) else { return [value] }
    return [String(value[..<place]), String(value[bytes.index(after: place)...])]
  }

  // MARK: The table

  private static func one(_ type: String, _ path: String, _ kind: Kind = .text) -> AttributeShape {
    AttributeShape(parts: [Part(type: type, path: path, kind: kind)])
  }

  private static let table: [String: AttributeShape] = {
    let traffic = "network-traffic"
    let mail = "email-message"
    var table: [String: AttributeShape] = [
      "AS": one("autonomous-system", "number", .asNumber),
      "attachment": one("file", "name"),
      "domain": one("domain-name", "value"),
      "hostname": one("domain-name", "value"),
      "email": one("email-addr", "value"),
      "email-attachment": one(mail, "body_multipart[*].body_raw_ref.name"),
      "email-body": one(mail, "body"),
      "email-dst": one(mail, "to_refs[*].value"),
      "email-header": one(mail, "received_lines[*]"),
      "email-message-id": one(mail, "message_id"),
      "email-reply-to": one(mail, "additional_header_fields.reply_to"),
      "email-src": one(mail, "from_ref.value"),
      "email-subject": one(mail, "subject"),
      "email-x-mailer": one(mail, "additional_header_fields.x_mailer"),
      "filename": one("file", "name"),
      "http-method": one(traffic, "extensions.http-request-ext.request_method"),
      "ip-dst": one(traffic, "dst_ref.value", .address),
      "ip-src": one(traffic, "src_ref.value", .address),
      "link": one("url", "value"),
      "mac-address": one("mac-addr", "value", .macAddress),
      "mutex": one("mutex", "name"),
      "port": one(traffic, "dst_port", .port),
      "regkey": one("windows-registry-key", "key", .registryKey),
      "size-in-bytes": one("file", "size", .number),
      "uri": one("url", "value"),
      "url": one("url", "value"),
      "user-agent": one(traffic, "extensions.http-request-ext.request_header.User-Agent"),
      "x509-fingerprint-md5": one("x509-certificate", "hashes.MD5"),
      "x509-fingerprint-sha1": one("x509-certificate", "hashes.SHA-1"),
      "x509-fingerprint-sha256": one("x509-certificate", "hashes.SHA-256"),
    ]
    table["github-username"] = AttributeShape(
      parts: [Part(type: "user-account", path: "account_login")],
      constants: [Fact(type: "user-account", path: "account_type", value: "github")])
    table["domain|ip"] = AttributeShape(parts: [
      Part(type: "domain-name", path: "value"),
      Part(type: "domain-name", path: "resolves_to_refs[*].value", kind: .address),
    ])
    table["hostname|port"] = AttributeShape(parts: [
      Part(type: traffic, path: "dst_ref.value", kind: .host), Part(type: traffic, path: "dst_port", kind: .port),
    ])
    for end in ["src", "dst"] {
      table["ip-\(end)|port"] = AttributeShape(parts: [
        Part(type: traffic, path: "\(end)_ref.value", kind: .address),
        Part(type: traffic, path: "\(end)_port", kind: .port),
      ])
    }
    table["regkey|value"] = AttributeShape(
      parts: [
        Part(type: "windows-registry-key", path: "key", kind: .registryKey),
        Part(type: "windows-registry-key", path: "values[*].data"),
      ], splitsFirst: true)
    for (type, algorithm) in algorithms {
      table[type] = one("file", "hashes.\(algorithm)")
      guard type != "telfhash" else { continue }
      table["filename|" + type] = AttributeShape(parts: [
        Part(type: "file", path: "name"), Part(type: "file", path: "hashes.\(algorithm)"),
      ])
    }
    table["malware-sample"] = table["filename|md5"]
    for type in table.keys {
      table[type]?.digestLength = HashLengths.length(of: type == "malware-sample" ? "filename|md5" : type)
    }
    return table
  }()

  /// The hashes of files, as STIX names them.
  static let algorithms: [(type: String, algorithm: String)] = [
    ("md5", "MD5"), ("sha1", "SHA-1"), ("sha224", "SHA-224"), ("sha256", "SHA-256"), ("sha384", "SHA-384"),
    ("sha512", "SHA-512"), ("sha512/224", "SHA-512-224"), ("sha512/256", "SHA-512-256"), ("sha3-224", "SHA3-224"),
    ("sha3-256", "SHA3-256"), ("sha3-384", "SHA3-384"), ("sha3-512", "SHA3-512"), ("ssdeep", "SSDEEP"),
    ("tlsh", "TLSH"), ("imphash", "IMPHASH"), ("pehash", "PEHASH"), ("authentihash", "AUTHENTIHASH"),
    ("vhash", "VHASH"), ("telfhash", "TELFHASH"),
  ]

  /// The types whose attributes are rules of a detection language, which they are named after.
  static let ruleLanguages: Set<String> = ["sigma", "snort", "suricata", "yara"]
}

/// Which kind of address a text is.
enum AddressForm {
  /// The type of observable; nil for what is no address of the Internet Protocol. A network is one too.
  static func type(of text: String) -> String? {
    var digits = 0
    var dots = 0
    var colons = 0
    var slashes = 0
    for byte in text.utf8 {
      switch byte {
      case 0x30...0x39: digits += 1
      case 0x41...0x46, 0x61...0x66: if colons == 0, !text.utf8.contains(UInt8(ascii: ":")) { return nil }
      case UInt8(ascii: "."): dots += 1
      case UInt8(ascii: ":"): colons += 1
      case UInt8(ascii: "/"): slashes += 1
      default: return nil
      }
    }
    guard slashes <= 1 else { return nil }
    if colons >= 2 { return "ipv6-addr" }
    return colons == 0 && dots == 3 && digits >= 4 ? "ipv4-addr" : nil
  }
}

extension Fact {
  /// Whether the end of traffic is a host: by its type where it is said, else by what it is called.
  func isHost(among facts: [Fact]) -> Bool {
    let typePath = path.dropLast("value".count) + "type"
    if let said = facts.first(where: { $0.type == type && $0.path == typePath }) { return said.value == "domain-name" }
    return AddressForm.type(of: value) == nil
  }

  func hasKey(_ part: AttributeShape.Part) -> Bool { type == part.type && path == part.path }
}
