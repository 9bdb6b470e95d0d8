import Formats
import JSON

/// What the attributes of an object say, by its template and their relation: read in both directions.
///
/// Relations that are not here, and templates that are not here, have no place in STIX; they are kept as they are in
/// our extension, or in an object of the type `x-misp-object`.
struct ObjectTemplate: Sendable {
  struct Entry: Sendable {
    /// The relation of the attribute to its object.
    var relation: String
    /// The type of the attribute.
    var type: String
    var factType: String
    var path: String
    var kind = AttributeShape.Kind.text
  }

  var name: String
  var metaCategory: String
  /// The published template's UUID and version, for objects that we write.
  var uuid: String?
  var version: String?
  var entries: [Entry]
  /// Facts that the template itself says.
  var constants: [Fact] = []
}

extension ObjectTemplate {
  static func template(named name: String) -> ObjectTemplate? { byName[name] }

  /// What one attribute of an object says; nil where STIX has no place for it.
  func fact(relation: String, value: String) -> [Fact]? {
    guard let entry = entries.first(where: { $0.relation == relation }), HashLengths.fits(entry.type, value) else {
      return nil
    }
    let part = AttributeShape.Part(type: entry.factType, path: entry.path, kind: entry.kind)
    return AttributeShape(parts: [part]).facts(of: value)?.facts
  }

  /// The entry that a fact is of. The end of traffic is a host or an address, by its type where the facts say it.
  func entry(of fact: Fact, among facts: [Fact]) -> Entry? {
    func first(_ type: String, _ path: String, isHost: Bool) -> Entry? {
      entries.first { $0.factType == type && $0.path == path && ($0.kind == .host) == isHost }
    }
    guard fact.type == "network-traffic", fact.path.hasSuffix("_ref.value"), fact.isHost(among: facts) else {
      return first(fact.type, fact.path, isHost: false)
    }
    // Some templates know the host that traffic goes to as a host alone.
    let host = entries.first { $0.factType == "domain-name" && $0.type == "hostname" }
    return first(fact.type, fact.path, isHost: true) ?? (fact.path.hasPrefix("dst") ? host : nil)
  }

  private static let byName: [String: ObjectTemplate] = Dictionary(
    uniqueKeysWithValues: (all + accounts + others + files).map { ($0.name, $0) })

  static func entry(
    _ relation: String, _ type: String, _ fact: String, _ path: String, _ kind: AttributeShape.Kind = .text
  ) -> Entry { Entry(relation: relation, type: type, factType: fact, path: path, kind: kind) }

  private static let fileEntries: [Entry] =
    [
      entry("filename", "filename", "file", "name"),
      entry("size-in-bytes", "size-in-bytes", "file", "size", .number),
      entry("mimetype", "mime-type", "file", "mime_type"),
      entry("path", "text", "file", "parent_directory_ref.path"),
    ] + AttributeShape.algorithms.map { entry($0.type, $0.type, "file", "hashes.\($0.algorithm)") }

  private static func network(_ ports: (source: String, target: String)) -> [Entry] {
    [
      entry("ip-src", "ip-src", "network-traffic", "src_ref.value", .address),
      entry("ip-dst", "ip-dst", "network-traffic", "dst_ref.value", .address),
      entry("hostname-src", "hostname", "network-traffic", "src_ref.value", .host),
      entry("hostname-dst", "hostname", "network-traffic", "dst_ref.value", .host),
      entry(ports.source, "port", "network-traffic", "src_port", .port),
      entry(ports.target, "port", "network-traffic", "dst_port", .port),
    ]
  }

  /// UUIDs and versions are those of the objects that MISP publishes.
  static let all: [ObjectTemplate] = [
    ObjectTemplate(
      name: "file", metaCategory: "file", uuid: "688c46fb-5edb-40a3-8273-1af7923e2215", version: "25",
      entries: fileEntries),
    ObjectTemplate(
      name: "domain-ip", metaCategory: "network", uuid: "43b3b146-77eb-4931-b4cc-b66c60f28734", version: "11",
      entries: [
        entry("domain", "domain", "domain-name", "value"),
        entry("hostname", "hostname", "domain-name", "value"),
        entry("ip", "ip-dst", "domain-name", "resolves_to_refs[*].value", .address),
      ]),
    ObjectTemplate(
      name: "ip-port", metaCategory: "network", uuid: "9f8cea74-16fe-4968-a2b4-026676949ac6", version: "10",
      entries: [
        entry("ip", "ip-dst", "network-traffic", "dst_ref.value", .address),
        entry("ip-dst", "ip-dst", "network-traffic", "dst_ref.value", .address),
        entry("ip-src", "ip-src", "network-traffic", "src_ref.value", .address),
        entry("dst-port", "port", "network-traffic", "dst_port", .port),
        entry("src-port", "port", "network-traffic", "src_port", .port),
        entry("domain", "domain", "domain-name", "value"),
        entry("hostname", "hostname", "domain-name", "value"),
      ]),
    ObjectTemplate(
      name: "network-connection", metaCategory: "network", entries: network(("src-port", "dst-port"))),
    ObjectTemplate(
      name: "network-socket", metaCategory: "network", uuid: "48bbfd72-ef8e-4649-b14d-41b4b5a0eba2", version: "4",
      entries: network(("src-port", "dst-port"))),
    ObjectTemplate(
      name: "url", metaCategory: "network", uuid: "60efb77b-40b5-4c46-871b-ed1ed999fce5", version: "10",
      entries: [
        entry("url", "url", "url", "value"),
        entry("domain", "domain", "domain-name", "value"),
        entry("host", "hostname", "domain-name", "value"),
        entry("ip", "ip-dst", "domain-name", "resolves_to_refs[*].value", .address),
      ]),
    ObjectTemplate(
      name: "email", metaCategory: "network", uuid: "a0c666e0-fc65-4be8-b48f-3423d788b552", version: "19",
      entries: [
        entry("from", "email-src", "email-message", "from_ref.value"),
        entry("to", "email-dst", "email-message", "to_refs[*].value"),
        entry("cc", "email-dst", "email-message", "cc_refs[*].value"),
        entry("bcc", "email-dst", "email-message", "bcc_refs[*].value"),
        entry("subject", "email-subject", "email-message", "subject"),
        entry("message-id", "email-message-id", "email-message", "message_id"),
        entry("email-body", "email-body", "email-message", "body"),
        entry("reply-to", "email-reply-to", "email-message", "additional_header_fields.reply_to"),
        entry("x-mailer", "email-x-mailer", "email-message", "additional_header_fields.x_mailer"),
        entry("header", "email-header", "email-message", "received_lines[*]"),
        entry("attachment", "email-attachment", "email-message", "body_multipart[*].body_raw_ref.name"),
      ]),
    ObjectTemplate(
      name: "registry-key", metaCategory: "file", uuid: "8b3228ad-6d82-4fe6-b2ae-05426308f1d5", version: "5",
      entries: [
        entry("key", "regkey", "windows-registry-key", "key", .registryKey),
        entry("name", "text", "windows-registry-key", "values[*].name"),
        entry("data", "text", "windows-registry-key", "values[*].data"),
        entry("data-type", "text", "windows-registry-key", "values[*].data_type"),
      ]),
    ObjectTemplate(
      name: "asn", metaCategory: "network", uuid: "4ec55cc6-9e49-4c64-b794-03c25c1a6587", version: "6",
      entries: [
        entry("asn", "AS", "autonomous-system", "number", .asNumber),
        entry("description", "text", "autonomous-system", "name"),
      ]),
    ObjectTemplate(
      name: "x509", metaCategory: "network", uuid: "d1ab756a-26b5-4349-9f43-765630f0911c", version: "14",
      entries: [
        entry("issuer", "text", "x509-certificate", "issuer"),
        entry("subject", "text", "x509-certificate", "subject"),
        entry("serial-number", "text", "x509-certificate", "serial_number"),
        entry("version", "text", "x509-certificate", "version"),
        entry("signature_algorithm", "text", "x509-certificate", "signature_algorithm"),
        entry("pubkey-info-algorithm", "text", "x509-certificate", "subject_public_key_algorithm"),
        entry("pubkey-info-modulus", "text", "x509-certificate", "subject_public_key_modulus"),
        entry("x509-fingerprint-md5", "x509-fingerprint-md5", "x509-certificate", "hashes.MD5"),
        entry("x509-fingerprint-sha1", "x509-fingerprint-sha1", "x509-certificate", "hashes.SHA-1"),
        entry("x509-fingerprint-sha256", "x509-fingerprint-sha256", "x509-certificate", "hashes.SHA-256"),
      ]),
    ObjectTemplate(
      name: "process", metaCategory: "misc", uuid: "02aeef94-ac23-455c-addb-731757ceafb5", version: "10",
      entries: [
        entry("pid", "text", "process", "pid", .number),
        entry("command-line", "text", "process", "command_line"),
        entry("current-directory", "text", "process", "cwd"),
        entry("image", "filename", "process", "image_ref.name"),
      ]),
    ObjectTemplate(
      name: "user-account", metaCategory: "misc", uuid: "49606b06-22f0-4ac8-8eee-2f12ad46f3d3", version: "6",
      entries: [
        entry("username", "text", "user-account", "account_login"),
        entry("user-id", "text", "user-account", "user_id"),
        entry("display-name", "text", "user-account", "display_name"),
        entry("account-type", "text", "user-account", "account_type"),
      ]),
    ObjectTemplate(
      name: "mutex", metaCategory: "misc",
      entries: [entry("name", "mutex", "mutex", "name")]),
    ObjectTemplate(
      name: "directory", metaCategory: "file", uuid: "23ac6a02-1017-4ea6-a4df-148ed563988d", version: "1",
      entries: [
        entry("path", "text", "directory", "path")
      ]),
  ]
}
