import JSON
import Testing

@testable import STIX

@Suite struct FindingsTests {
  /// One broken rule each: type, members, rule, place within the object.
  @Test(arguments: [
    ("malware", #""x":1,"created":"2026-02-30T00:00:00.000Z""#, "stix-timestamp-not-real", "created"),
    ("sighting", #""first_seen":"2026-01-01T12:00:60Z""#, "stix-timestamp-not-real", "first_seen"),
    (
      "malware", #""created":"2026-01-02T03:04:05.0001Z","modified":"2026-01-02T03:04:05.000Z""#,
      "stix-modified-before-created", "modified"
    ),
    (
      "indicator", #""valid_from":"2026-01-02T00:00:00Z","valid_until":"2026-01-02T00:00:00.0Z""#,
      "stix-times-out-of-order", "valid_until"
    ),
    (
      "relationship", #""start_time":"2026-01-02T00:00:00Z","stop_time":"2026-01-02T00:00:00Z""#,
      "stix-times-out-of-order", "stop_time"
    ),
    (
      "campaign", #""first_seen":"2026-01-02T00:00:00.5Z","last_seen":"2026-01-02T00:00:00Z""#,
      "stix-times-out-of-order",
      "last_seen"
    ),
    (
      "malware", #""granular_markings":[{"lang":"en","selectors":["id","labels.[1]"]}],"labels":["a"]"#,
      "stix-selector-dangling", "granular_markings/0/selectors/1"
    ),
    ("indicator", #""pattern_type":"stix","pattern":"[file:name = ]""#, "stix-pattern", "pattern"),
    ("malware", #""lang":"zz""#, "stix-language", "lang"),
    ("software", #""languages":["en","english"]"#, "stix-language", "languages/1"),
    ("language-content", #""contents":{"en-":{"name":"n"}}"#, "stix-language", "contents/en-"),
    ("malware", #""granular_markings":[{"lang":"1","selectors":["id"]}]"#, "stix-language", "granular_markings/0/lang"),
    ("artifact", #""payload_bin":"AAAA","mime_type":"txt/plain""#, "stix-artifact-media-type", "mime_type"),
    ("domain-name", #""value":"a b.example""#, "stix-domain-name", "value"),
    ("domain-name", #""value":"*.example.com""#, "stix-domain-name", "value"),
    ("domain-name", #""value":"http://example.com""#, "stix-domain-name", "value"),
    ("domain-name", #""value":"-a.example""#, "stix-domain-name", "value"),
    ("domain-name", #""value":"a..example""#, "stix-domain-name", "value"),
    ("indicator", #""pattern_type":"stix","pattern":"[file:hashes.MD5 = 'abc']""#, "stix-pattern-hash", "pattern"),
    ("indicator", #""pattern_type":"stix","pattern":"[file:Name = 'abc']""#, "stix-pattern-name", "pattern"),
    (
      "observed-data", #""objects":{"0":{"type":"file","parent_directory_ref":"0"}}"#, "stix-observable-reference",
      "objects/0/parent_directory_ref"
    ),
    (
      "observed-data",
      #""objects":{"0":{"type":"file","extensions":{"archive-ext":{"contains_refs":["7"]}}}}"#,
      "stix-observable-reference", "objects/0/extensions/archive-ext/contains_refs/0"
    ),
    (
      "observed-data", #""objects":{"0":{"type":"file","parent_directory_ref":"1"}}"#, "stix-observable-reference",
      "objects/0/parent_directory_ref"
    ),
    (
      "observed-data", #""objects":{"0":{"type":"domain-name","value":"a b"}}"#, "stix-domain-name", "objects/0/value"
    ),
    (
      "observed-data", #""objects":{"0":{"type":"file","ctime":"2026-02-30T00:00:00Z"}}"#, "stix-timestamp-not-real",
      "objects/0/ctime"
    ),
    (
      "observed-data",
      #""objects":{"0":{"type":"network-traffic","start":"2026-01-02T00:00:00Z","end":"2026-01-01T00:00:00Z"}}"#,
      "stix-times-out-of-order", "objects/0/end"
    ),
    ("directory", #""path_enc":"bla.bla.bla""#, "stix-character-set", "path_enc"),
    (
      "marking-definition",
      #""granular_markings":[{"selectors":["id"],"marking_ref":"marking-definition--\#(uuid(1))"}]"#,
      "stix-marking-circular", "granular_markings"
    ),
    ("marking-definition", #""definition_type":"tlp","definition":{"tlp":"red"}"#, "stix-tlp-definition", "definition"),
  ])
  func `a broken rule is found at its place`(type: String, members: String, rule: String, place: String) throws {
    let text = #"{"type":"\#(type)","id":"\#(type)--\#(uuid(1))",\#(members)}"#
    let bundle = try bundle(text)
    #expect(!RuleScreen.clears(bundle.document))
    let findings = bundle.errors()
    #expect(findings.map(\.rule) == [rule])
    #expect(findings.map(\.pointer) == [pointer("/objects/0/\(place)")])
    #expect(
      findings.allSatisfy { finding in
        STIXRule.all.contains { $0.id == finding.rule && $0.severity == finding.severity }
      })
  }

  @Test(arguments: [
    ("indicator", #""pattern_type":"stix","pattern":"[ipv4-addr:value = '198.51.100.7']""#),
    ("indicator", #""pattern_type":"yara","pattern":"rule""#),
    ("indicator", #""valid_from":"2026-01-02T00:00:00Z","valid_until":"2026-01-03T00:00:00Z""#),
    ("observed-data", #""first_observed":"2026-01-02T00:00:00Z","last_observed":"2026-01-02T00:00:00Z""#),
    ("marking-definition", #""name":"TLP:AMBER""#), ("marking-definition", #""definition_type":"statement""#),
  ])
  func `what most bundles have is cleared by the quick look`(type: String, members: String) throws {
    let bundle = try bundle(#"{"type":"\#(type)","id":"\#(type)--\#(uuid(1))",\#(members)}"#)
    #expect(RuleScreen.clears(bundle.document))
    #expect(bundle.errors() == [])
  }

  @Test(arguments: [
    ("indicator", #""pattern_type":"stix","pattern":"[ipv4-addr:value = ""#),
    ("indicator", #""pattern_type":"stix","pattern":"[file:Name = 'abc']""#),
    ("indicator", #""valid_from":"2026-01-02T00:00:00Z","valid_until":"2026-01-02T00:00:00Z""#),
    ("observed-data", #""first_observed":"2026-01-02T00:00:01Z","last_observed":"2026-01-02T00:00:00Z""#),
    ("marking-definition", #""object_marking_refs":["marking-definition--\#(uuid(1))"]"#),
  ])
  func `what breaks a rule is not cleared by it`(type: String, members: String) throws {
    let bundle = try bundle(#"{"type":"\#(type)","id":"\#(type)--\#(uuid(1))",\#(members)}"#)
    #expect(!RuleScreen.clears(bundle.document))
    #expect(bundle.errors().count == 1)
  }

  @Test func `the id of a custom object begins with its type`() throws {
    let bundle = try bundle(#"{"type":"x-case","id":"x-case2--\#(uuid(1))"}"#)
    #expect(!RuleScreen.clears(bundle.document))
    #expect(bundle.errors().map(\.rule) == ["stix-id-type"])
  }

  @Test(arguments: [("user-account", #""display_name":"d""#), ("artifact", #""url":"http://e.example/""#)])
  func `an observable with nothing to derive its id from has a random one`(type: String, members: String) throws {
    let derived = #"{"type":"\#(type)","id":"\#(type)--00000000-0000-5000-8000-000000000001",\#(members)}"#
    #expect(try bundle(derived).errors().map(\.rule) == ["stix-id-random"])
    #expect(try !RuleScreen.clears(bundle(derived).document))
    #expect(try bundle(derived.replacing("-5000-", with: "-4000-")).errors() == [])
  }

  @Test(arguments: [
    ("malware", #""created":"2026-01-02T03:04:05.000Z","modified":"2026-01-02T03:04:05.000Z""#),
    ("campaign", #""first_seen":"2026-01-02T00:00:00Z","last_seen":"2026-01-02T00:00:00Z""#),
    ("indicator", #""pattern_type":"yara","pattern":"rule""#), ("file", #""name_enc":"Windows-1252""#),
    ("malware", #""granular_markings":[{"lang":"en","selectors":["labels.[0]","x.y"]}],"labels":["a"],"x":{"y":null}"#),
    ("software", #""languages":["en","pt-BR","bbb","x-klingon"],"mime_type":1"#),
    ("domain-name", #""value":"_dmarc.a_b.example""#), ("domain-name", #""value":"r3---sn-a5.example""#),
    ("domain-name", #""value":"Bücher.example.""#), ("domain-name", #""value":"evil[.]example","defanged":true"#),
    ("x-case", #""end":"2026-02-30T00:00:00.000Z""#),
    ("artifact", #""mime_type":"TEXT/plain""#),
    ("observed-data", #""objects":{"0":{"type":"a","b_refs":["1"]},"1":{"type":"c"}}"#),
    ("malware", #""x_note":"2026-02-30T00:00:00.000Z""#), ("malware", #""created":"yesterday""#),
  ])
  func `what keeps the rules has no finding`(type: String, members: String) throws {
    #expect(try bundle(#"{"type":"\#(type)","id":"\#(type)--\#(uuid(1))",\#(members)}"#).errors() == [])
  }

  @Test func `many selectors are each followed`() throws {
    let labels = (0..<40).map { _ in #""a""# }.joined(separator: ",")
    let selectors = (0..<41).map { #""labels.[\#($0)]""# } + (0..<20).map { #""x_\#($0)""# }
    let members = #""labels":[\#(labels)],"x_7":1,"granular_markings":[{"lang":"en","selectors":["#
    let text = #"{"type":"tool","id":"tool--\#(uuid(1))",\#(members)\#(selectors.joined(separator: ","))]}]}"#
    let places = try bundle(text).errors().map { $0.pointer.tokens.last ?? "" }
    var expected = ["40"]
    for place in 41..<61 where place != 48 { expected.append(String(place)) }
    #expect(places == expected)
  }

  @Test func `the published TLP definitions pass`() throws {
    for (word, id) in [
      ("white", "613f2e26-407d-48c7-9eca-b8e91df99dc9"), ("green", "34098fce-860f-48ae-8e50-ebd3cc5e41da"),
      ("amber", "f88d31f6-486f-44da-b317-01333bde0b82"), ("red", "5e57c739-391a-4eb3-b6be-7d15ca92d5ed"),
    ] {
      let text =
        #"{"type":"marking-definition","spec_version":"2.1","id":"marking-definition--\#(id)","#
        + #""created":"2017-01-20T00:00:00.000Z","name":"TLP:\#(word.uppercased())","definition_type":"tlp","definition":{"tlp":"\#(word)"}}"#
      #expect(try bundle(text).findings() == [])
    }
    for tlp in TLP.allCases { #expect(try bundle(tlp.markingDefinition).findings() == []) }
  }

  @Test func `versions and repeats in one bundle are judged`() throws {
    func version(_ number: Int, modified: String, _ members: String) -> String {
      #"{"type":"tool","id":"tool--\#(uuid(number))","modified":"\#(modified)T00:00:00.000Z",\#(members)}"#
    }
    let created = #""created":"2026-01-01T00:00:00.000Z""#
    let bundle = try bundle(
      version(1, modified: "2026-01-02", created), version(1, modified: "2026-01-02", created),
      version(2, modified: "2026-01-02", created), version(2, modified: "2026-01-02", created + #","name":"n""#),
      version(3, modified: "2026-01-02", created),
      version(3, modified: "2026-01-03", #""created":"2026-01-02T00:00:00.000Z""#),
      version(4, modified: "2026-01-03", created), version(4, modified: "2026-01-02", created + #","revoked":true"#))
    #expect(!RuleScreen.clears(bundle.document))
    #expect(
      bundle.errors().map(\.rule)
        == ["stix-bundle-contradiction", "stix-version-created", "stix-version-after-revoked"])
    #expect(
      bundle.errors().map { "\($0.pointer)" } == ["/objects/3/id", "/objects/5/created", "/objects/6/modified"])
    #expect(bundle.findings().filter { $0.severity == .warning }.map(\.rule) == ["stix-bundle-repeated"])
  }

  @Test func `rule ids are unique and each rule has its source`() {
    #expect(Set(STIXRule.all.map(\.id)).count == STIXRule.all.count)
    #expect(STIXRule.all.allSatisfy { $0.id.hasPrefix("stix-") && !$0.source.isEmpty && $0.summary.hasSuffix(".") })
  }
}
