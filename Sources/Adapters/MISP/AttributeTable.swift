import Formats

/// The types of MISP's attributes, from facts: the table of types in reverse.
enum AttributeTable {
  /// What a list of facts that hold together becomes.
  struct Result: Equatable {
    struct Value: Equatable {
      var type: String
      var value: String
    }

    var values: [Value]
    /// What the facts said and no value says.
    var dropped: [String] = []

    /// Several values say less than the facts together: each would be found alone.
    var isWeaker: Bool { values.count > 1 }
  }

  /// The values that say what the facts say together, or nil where MISP has no type for that.
  static func values(for facts: [Fact]) -> Result? {
    var rest: [String: String] = [:]
    for fact in facts where rest.updateValue(fact.value, forKey: fact.key) != nil { return nil }
    guard !rest.isEmpty, !rest.values.contains(where: \.isEmpty) else { return nil }
    var taken = Facts(rest: rest)
    let types = Set(facts.map(\.type))
    let result: Result?
    if types.contains("network-traffic") {
      result = network(&taken)
    } else if types == ["file"] {
      result = file(&taken)
    } else if types == ["domain-name"] {
      result = domain(&taken)
    } else {
      result = single(&taken)
    }
    guard let result, taken.rest.isEmpty, !result.values.isEmpty else { return nil }
    return result.values.allSatisfy(fits) ? result : nil
  }

  /// Whether MISP takes a value, and it says again what it was made from when it is read.
  private static func fits(_ value: Result.Value) -> Bool {
    guard MISPValues.accepts(value.type, value.value) else { return false }
    return AttributeShape.shape(of: value.type).map { $0.facts(of: value.value) != nil } ?? true
  }

  /// The category that each type is filed under.
  static func category(of type: String) -> String {
    switch type {
    case "ip-dst", "ip-src", "ip-dst|port", "ip-src|port", "domain", "domain|ip", "hostname", "hostname|port", "url",
      "port", "AS", "mac-address", "http-method", "user-agent", "snort", "suricata", "x509-fingerprint-md5",
      "x509-fingerprint-sha1", "x509-fingerprint-sha256":
      "Network activity"
    case "mutex", "regkey", "regkey|value": "Artifacts dropped"
    case "vulnerability", "link", "text": "External analysis"
    case "campaign-name": "Attribution"
    case "github-username": "Social network"
    case "size-in-bytes": "Other"
    case "yara", "sigma", "stix2-pattern": "Payload installation"
    default: "Payload delivery"
    }
  }

  /// Facts not yet in a value.
  private struct Facts {
    var rest: [String: String]

    mutating func take(_ key: String) -> String? { rest.removeValue(forKey: key) }

    mutating func takeHashes(of type: String) -> [(algorithm: String, value: String)] {
      let prefix = "\(type):hashes."
      let keys = rest.keys.filter { $0.hasPrefix(prefix) }.sorted()
      return keys.map { key in (String(key.dropFirst(prefix.count)), rest.removeValue(forKey: key) ?? "") }
    }
  }

  private static func file(_ facts: inout Facts) -> Result? {
    let name = facts.take("file:name")
    let size = facts.take("file:size")
    var values: [Result.Value] = []
    for (algorithm, hash) in facts.takeHashes(of: "file") {
      guard let type = hashTypes[algorithm.uppercased()] else { return nil }
      if let name {
        guard let both = joined(name, hash) else { return nil }
        values.append(.init(type: "filename|" + type, value: both))
      } else {
        values.append(.init(type: type, value: hash))
      }
    }
    if let name, values.isEmpty { values.append(.init(type: "filename", value: name)) }
    if let size { values.append(.init(type: "size-in-bytes", value: size)) }
    return Result(values: values)
  }

  private static func domain(_ facts: inout Facts) -> Result? {
    guard let domain = facts.take("domain-name:value") else { return nil }
    guard let address = facts.take("domain-name:resolves_to_refs[*].value") else {
      return Result(values: [.init(type: "domain", value: domain)])
    }
    return joined(domain, address).map { Result(values: [.init(type: "domain|ip", value: $0)]) }
  }

  private static func network(_ facts: inout Facts) -> Result? {
    let traffic = "network-traffic:"
    if let method = facts.take(traffic + "extensions.http-request-ext.request_method") {
      return Result(values: [.init(type: "http-method", value: method)])
    }
    if let agent = facts.take(traffic + "extensions.http-request-ext.request_header.User-Agent") {
      return Result(values: [.init(type: "user-agent", value: agent)])
    }
    let hasProtocols = facts.take(traffic + "protocols[*]") != nil
    let dstPort = facts.take(traffic + "dst_port")
    let srcPort = facts.take(traffic + "src_port")
    let dstType = facts.take(traffic + "dst_ref.type")
    let srcType = facts.take(traffic + "src_ref.type")
    let address = facts.rest["ipv4-addr:value"] == nil ? "ipv6-addr:value" : "ipv4-addr:value"
    let end = facts.take(traffic + "dst_ref.value")
    let dst = end ?? facts.take(address)
    let host = facts.take("domain-name:value")
    var values: [Result.Value] = []
    func add(_ type: String, _ address: String, _ port: String?) -> Bool {
      guard let port else {
        values.append(.init(type: type, value: address))
        return true
      }
      guard let both = joined(address, port) else { return false }
      values.append(.init(type: type + "|port", value: both))
      return true
    }
    if let src = facts.take(traffic + "src_ref.value") {
      // MISP has no type for a host that traffic comes from.
      guard !isHost(srcType, src), add("ip-src", src, srcPort) else { return nil }
    } else if srcPort != nil {
      return nil
    }
    if let host, dst == nil {
      guard add("hostname", host, dstPort) else { return nil }
    } else if let dst, host == nil {
      guard add(end != nil && isHost(dstType, dst) ? "hostname" : "ip-dst", dst, dstPort) else { return nil }
    } else if host != nil {
      return nil
    } else if let dstPort {
      values.append(.init(type: "port", value: dstPort))
    }
    return Result(values: values, dropped: hasProtocols ? ["protocols"] : [])
  }

  /// Whether an end of traffic is a host: by its type where it is said, else by what it is called.
  private static func isHost(_ type: String?, _ value: String) -> Bool {
    type.map { $0 == "domain-name" } ?? (AddressForm.type(of: value) == nil)
  }

  /// Types that one fact decides, or two that belong together.
  private static func single(_ facts: inout Facts) -> Result? {
    if let key = facts.take("windows-registry-key:key") {
      let paths = ["values[*].data", "values.data", "values[0].data"].map { "windows-registry-key:" + $0 }
      guard let path = paths.first(where: { facts.rest[$0] != nil }), let data = facts.take(path) else {
        return Result(values: [.init(type: "regkey", value: key)])
      }
      // The first separator is the one: data may have more of them.
      return key.contains("|") ? nil : Result(values: [.init(type: "regkey|value", value: key + "|" + data)])
    }
    if let login = facts.take("user-account:account_login") {
      guard facts.take("user-account:account_type")?.lowercased() == "github" else { return nil }
      return Result(values: [.init(type: "github-username", value: login)])
    }
    let fingerprints = facts.takeHashes(of: "x509-certificate")
    if !fingerprints.isEmpty {
      let types = fingerprints.compactMap { fingerprintTypes[$0.algorithm.uppercased()] }
      guard types.count == fingerprints.count else { return nil }
      return Result(values: zip(types, fingerprints).map { .init(type: $0, value: $1.value) })
    }
    guard facts.rest.count == 1, let (key, value) = facts.rest.first, let type = singleTypes[key] else { return nil }
    facts.rest = [:]
    if type == "AS" {
      let number = value.uppercased().hasPrefix("AS") ? String(value.dropFirst(2)) : value
      return Result(values: [.init(type: type, value: number)])
    }
    return Result(values: [.init(type: type, value: value)])
  }

  /// Two values of a composite type; nil where the separator stands in one of them.
  private static func joined(_ left: String, _ right: String) -> String? {
    left.contains("|") || right.contains("|") ? nil : left + "|" + right
  }

  private static let singleTypes: [String: String] = [
    "autonomous-system:number": "AS",
    "email-addr:value": "email",
    "email-message:from_ref.value": "email-src",
    "email-message:sender_ref.value": "email-src",
    "email-message:to_refs[*].value": "email-dst",
    "email-message:subject": "email-subject",
    "email-message:body": "email-body",
    "email-message:message_id": "email-message-id",
    "email-message:received_lines": "email-header",
    "email-message:received_lines[*]": "email-header",
    "email-message:additional_header_fields.reply_to": "email-reply-to",
    "email-message:additional_header_fields.Reply-To": "email-reply-to",
    "email-message:additional_header_fields.x_mailer": "email-x-mailer",
    "email-message:additional_header_fields.X-Mailer": "email-x-mailer",
    "email-message:body_multipart[*].body_raw_ref.name": "email-attachment",
    "ipv4-addr:value": "ip-dst",
    "ipv6-addr:value": "ip-dst",
    "mac-addr:value": "mac-address",
    "mutex:name": "mutex",
    "url:value": "url",
  ]

  /// By the algorithm's name in capitals, as STIX and as other tools write it.
  private static let hashTypes: [String: String] = [
    "MD5": "md5", "SHA-1": "sha1", "SHA1": "sha1", "SHA-224": "sha224", "SHA-256": "sha256", "SHA256": "sha256",
    "SHA-384": "sha384", "SHA-512": "sha512", "SHA512": "sha512", "SHA-512-224": "sha512/224",
    "SHA-512-256": "sha512/256", "SHA3-224": "sha3-224", "SHA3-256": "sha3-256", "SHA3-384": "sha3-384",
    "SHA3-512": "sha3-512", "SSDEEP": "ssdeep", "TLSH": "tlsh", "IMPHASH": "imphash", "PEHASH": "pehash",
    "AUTHENTIHASH": "authentihash", "VHASH": "vhash", "TELFHASH": "telfhash",
  ]

  private static let fingerprintTypes: [String: String] = [
    "MD5": "x509-fingerprint-md5", "SHA-1": "x509-fingerprint-sha1", "SHA-256": "x509-fingerprint-sha256",
  ]
}
