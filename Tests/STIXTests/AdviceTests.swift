import JSON
import JSONSchema
import Schemas
import Testing

@testable import STIX

@Suite struct AdviceTests {
  static let derived = "00000000-0000-5000-8000-000000000001"
  static let random = uuid(1)
  static let extensionID = "extension-definition--\(uuid(8))"

  /// One piece of advice each: type, UUID, members, rule, place within the object.
  @Test(arguments: [
    ("malware", derived, #""is_family":false"#, "stix-id-version", "/id"),
    ("process", derived, #""pid":1"#, "stix-id-version", "/id"),
    ("mutex", random, #""name":"m""#, "stix-id-version", "/id"),
    ("mutex", derived, #""name":"m""#, "stix-id-derived", "/id"),
    ("tool", random, #""created_by_ref":"tool--\#(uuid(3))""#, "stix-creator-type", "/created_by_ref"),
    ("tool", random, #""tool_types":["remote-access","knife"]"#, "stix-vocabulary", "/tool_types/1"),
    ("grouping", random, #""context":"whim""#, "stix-vocabulary", "/context"),
    ("tool", random, #""tool_types":["Remote Access"]"#, "stix-vocabulary-form", "/tool_types/0"),
    (
      "tool", random, #""kill_chain_phases":[{"kill_chain_name":"x","phase_name":"in_side"}]"#, "stix-kill-chain-name",
      "/kill_chain_phases/0/phase_name"
    ),
    (
      "tool", random, #""external_references":[{"source_name":"s","url":"http://e.example/"}]"#,
      "stix-external-reference-hashes", "/external_references/0"
    ),
    (
      "relationship", random,
      #""relationship_type":"eats","source_ref":"malware--\#(uuid(2))","target_ref":"tool--\#(uuid(3))""#,
      "stix-relationship-type", "/relationship_type"
    ),
    (
      "relationship", random,
      #""relationship_type":"indicates","source_ref":"indicator--\#(uuid(2))","target_ref":"report--\#(uuid(3))""#,
      "stix-relationship-type", "/relationship_type"
    ),
    ("indicator", random, #""name":"n""#, "stix-indicator-words", ""),
    ("location", random, #""country":"XX""#, "stix-country", "/country"),
    ("malware-analysis", random, #""product":"Scan It""#, "stix-product-name", "/product"),
    ("observed-data", random, #""objects":{"0":{"type":"file"}}"#, "stix-deprecated", "/objects"),
    ("marking-definition", random, #""definition_type":"iep""#, "stix-marking-type", "/definition_type"),
    (
      "extension-definition", random, #""extension_types":["new-sdo"]"#, "stix-extension-description", ""
    ),
    (
      "extension-definition", random, #""description":"d","extension_types":["toplevel-property-extension"]"#,
      "stix-extension-properties", ""
    ),
    ("malware", random, #""colour":"red""#, "stix-custom-property", "/colour"),
    ("x-case", random, #""colour":"red""#, "stix-custom-object", "/type"),
    ("process", random, #""extensions":{"x-a-ext":{"abc":1}}"#, "stix-custom-extension", "/extensions/x-a-ext"),
    (
      "process", random, #""extensions":{"windows-process-ext":{"abc":1}}"#, "stix-custom-property",
      "/extensions/windows-process-ext/abc"
    ),
    (
      "process", random, #""extensions":{"windows-process-ext":{"priority":"HIGH"}}"#, "stix-process-priority",
      "/extensions/windows-process-ext/priority"
    ),
    (
      "user-account", random, #""x_s":1,"extensions":\#(toplevel),"display_name":"d","account_type":"huge""#,
      "stix-vocabulary", "/account_type"
    ),
  ])
  func `what is not recommended is found at its place`(
    type: String, uuid: String, members: String, rule: String, place: String
  ) throws {
    let findings = try warnings(#"{"type":"\#(type)","id":"\#(type)--\#(uuid)",\#(members)}"#)
    let other = rule == "stix-vocabulary" && type == "user-account" ? ["stix-id-version"] : []
    #expect(findings.map(\.rule) == other + [rule])
    #expect(findings.last.map { "\($0.pointer)" } == "/objects/0" + place)
    #expect(STIXRule.all.contains { $0.id == rule && $0.severity == .warning })
  }

  /// One piece of advice each about observables whose id is the derived one.
  @Test(arguments: [
    ("file", #""name":"n","mime_type":"text""#, "stix-media-type", "/mime_type"),
    ("file", #""name":"n","hashes":{"foo":"bar"}"#, "stix-hash-algorithm", "/hashes/foo"),
    (
      "file", #""name":"n","hashes":{"x_\#(String(repeating: "a", count: 30))":"b"}"#, "stix-hash-name",
      "/hashes/x_\(String(repeating: "a", count: 30))"
    ),
    (
      "file", #""name":"n","extensions":{"ntfs-ext":{"alternate_data_streams":[{"name":"s","hashes":{"foo":"b"}}]}}"#,
      "stix-hash-algorithm", "/extensions/ntfs-ext/alternate_data_streams/0/hashes/foo"
    ),
    (
      "file", #""name":"n","extensions":{"pdf-ext":{"document_info_dict":{"Colour":"b"}}}"#, "stix-pdf-information",
      "/extensions/pdf-ext/document_info_dict/Colour"
    ),
    (
      "file", #""name":"n","extensions":{"windows-pebinary-ext":{"pe_type":"com"}}"#, "stix-vocabulary",
      "/extensions/windows-pebinary-ext/pe_type"
    ),
    ("domain-name", #""value":"a_b.example""#, "stix-domain-label", "/value"),
    ("domain-name", #""value":"ab--c.example""#, "stix-domain-label", "/value"),
    ("network-traffic", #""protocols":["tcp"],"src_port":1"#, "stix-ports", ""),
    ("network-traffic", #""protocols":["a b"],"src_port":1,"dst_port":1"#, "stix-protocol", "/protocols/0"),
    (
      "network-traffic", #""protocols":["tcp"],"src_port":1,"dst_port":1,"ipfix":{"Foo":1}"#, "stix-ipfix", "/ipfix/Foo"
    ),
    (
      "network-traffic",
      #""protocols":["tcp"],"src_port":1,"dst_port":1,"extensions":{"http-request-ext":{"request_header":{"Foo":1}}}"#,
      "stix-request-header", "/extensions/http-request-ext/request_header/Foo"
    ),
    (
      "network-traffic",
      #""protocols":["tcp"],"src_port":1,"dst_port":1,"extensions":{"socket-ext":{"options":{"SO_FOO":1}}}"#,
      "stix-socket-option", "/extensions/socket-ext/options/SO_FOO"
    ),
    (
      "windows-registry-key", #""key":"k","values":[{"name":"n","foo":1}]"#, "stix-custom-property", "/values/0/foo"
    ),
    ("directory", #""path":"p","extensions":\#(toplevel),"Foo":1"#, "stix-dictionary-key", "/Foo"),
  ])
  func `what is not recommended of an observable is found at its place`(
    type: String, members: String, rule: String, place: String
  ) throws {
    let blank = try JSONDocument(Array(#"{"type":"\#(type)","id":"i",\#(members)}"#.utf8))
    let id = try #require(DeterministicID.sco(of: blank.root))
    let findings = try warnings(#"{"type":"\#(type)","id":"\#(id)",\#(members)}"#)
    #expect(findings.map(\.rule) == [rule])
    #expect(findings.map { "\($0.pointer)" } == ["/objects/0" + place])
  }

  static let toplevel = #"{"\#(extensionID)":{"extension_type":"toplevel-property-extension"}}"#

  @Test(arguments: [
    ("malware", random, #""is_family":true,"name":"n","malware_types":["bot"],"first_seen":"2026-01-01T00:00:00Z""#),
    ("malware", random, #""colour":"red","extensions":\#(toplevel)"#),
    ("x-case", random, #""extensions":{"\#(extensionID)":{"extension_type":"new-sdo"}}"#),
    ("x-case", derived, #""extensions":{"\#(extensionID)":{"extension_type":"new-sco"}}"#),
    ("location", random, #""country":"pl","region":"northern-europe""#),
    (
      "relationship", random,
      #""relationship_type":"related-to","source_ref":"tool--\#(uuid(2))","target_ref":"x-a--\#(uuid(3))""#
    ),
    ("infrastructure", random, #""name":"n","infrastructure_types":["botnet"]"#),
    ("domain-name", "bedb4899-d24b-5401-bc86-8f6b4cc18ec7", #""value":"example.com""#),
    ("process", random, #""pid":1,"extensions":{"windows-process-ext":{"priority":"HIGH_PRIORITY_CLASS"}}"#),
  ])
  func `what follows the recommendations has no warning`(type: String, uuid: String, members: String) throws {
    #expect(try warnings(#"{"type":"\#(type)","id":"\#(type)--\#(uuid)",\#(members)}"#) == [])
  }

  @Test func `the properties that are known are those of the schemas`() throws {
    let shared = try schema("common")["$defs"]
    for type in KnownProperties.own.keys where type != "bundle" {
      let schema = try schema(type)
      let own = names(schema["properties"])
      let common = (schema["$ref"]?.string?.split(separator: "/").last).map {
        names(shared?[String($0)]?["properties"])
      }
      let reserved: Set<String> = ["severity", "action", "username", "phone_numbers"]
      for name in own.union(common ?? []).subtracting(reserved) {
        #expect(KnownProperties.holds(type, name), "\(type).\(name)")
      }
      #expect(KnownProperties.own[type]?.isSubset(of: own) == true, "\(type)")
    }
  }

  private func warnings(_ text: String) throws -> [STIXFinding] {
    try bundle(text).findings().filter { $0.severity == .warning }
  }

  private func schema(_ name: String) throws -> JSONValue {
    try JSONDocument(SchemaFiles.read("stix/2.1/\(name).json")).root
  }

  private func names(_ properties: JSONValue?) -> Set<String> {
    Set(properties?.members.map(\.key) ?? [])
  }
}
