import Contract
import JSON
import STIX
import Testing

@testable import Adapters
@testable import Formats

/// STIX 2.0 as the STIX 2.1 that it becomes.
@Suite struct STIX20Tests {
  private func document(_ objects: String) throws -> JSONDocument {
    let text =
      #"{"type":"bundle","id":"bundle--b0d1e000-4a2b-4f3c-9d5e-6f7a8b9c0d01","spec_version":"2.0","objects":[\#(objects)]}"#
    return try JSONDocument(Array(text.utf8))
  }

  private func read(_ objects: String) throws -> Translation<STIXBundle> {
    let document = try document(objects)
    #expect(STIX20Format().errors(document) == [])
    return try STIX20Adapter().read(document, origin: Given.origin())
  }

  private static let head =
    #""created":"2018-01-01T00:00:00.000Z","modified":"2018-01-01T00:00:00.000Z""#
  private static let green = "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da"
  private static let red = "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed"

  @Test func `a bundle of another version, or none, is not STIX 2_0`() throws {
    for text in [
      #"{"type":"bundle","id":"x","objects":[]}"#, #"{"type":"bundle","spec_version":"2.1","objects":[]}"#,
      #"{"type":"bundle","spec_version":"2.0"}"#, "[]",
    ] {
      #expect(throws: FormatFailure.self) { try STIX20Format().open(Array(text.utf8), maximumBytes: 1000) }
    }
  }

  @Test func `what is no STIX 2_1 afterwards is told at its place in STIX 2_0`() throws {
    let observed =
      #"{"type":"observed-data","id":"observed-data--b0d1e000-4a2b-4f3c-9d5e-6f7a8b9c0d03",\#(Self.head),"first_observed":"2018-01-01T00:00:00Z","last_observed":"2018-01-01T00:00:00Z","number_observed":1,"objects":{"0":{"type":"ipv4-addr","value":7}}}"#
    let findings = STIX20Format().errors(try document(observed))
    #expect(findings.map(\.location.description) == ["/objects/0/objects/0/value"])
  }

  /// Markings that cannot be understood must not go with what they stand on: the whole is refused.
  static let markings = [
    #""granular_markings":[{"marking_ref":"\#(red)","selectors":"objects.0"}]"#,
    #""granular_markings":[{"marking_ref":"\#(red)","selectors":["objects.0",7]}]"#,
    #""granular_markings":[{"marking_ref":7,"selectors":["objects.0"]}]"#,
    #""granular_markings":[{"selectors":["objects.0"]}]"#, #""granular_markings":["objects.0"]"#,
    #""granular_markings":{"marking_ref":"\#(red)","selectors":["objects.0"]}"#,
    #""granular_markings":[{"marking_ref":"\#(red)","selectors":["objects.9"]}]"#,
    #""granular_markings":[{"marking_ref":"\#(red)","selectors":["objects.00.value"]}]"#,
    #""object_marking_refs":"\#(red)""#, #""object_marking_refs":[7]"#,
  ]

  @Test(arguments: markings) func `a marking that does not fit is never lost`(_ marking: String) throws {
    let observed =
      #"{"type":"observed-data","id":"observed-data--b0d1e000-4a2b-4f3c-9d5e-6f7a8b9c0d03",\#(Self.head),\#(marking),"#
      + #""first_observed":"2018-01-01T00:00:00Z","last_observed":"2018-01-01T00:00:00Z","number_observed":1,"#
      + #""objects":{"0":{"type":"ipv4-addr","value":"198.51.100.7"}}}"#
    #expect(STIX20Format().errors(try document(observed)).isEmpty == false)
  }

  @Test func `what stands in observed data and says no type keeps its marking`() throws {
    let observed =
      #"{"type":"observed-data","id":"observed-data--b0d1e000-4a2b-4f3c-9d5e-6f7a8b9c0d03",\#(Self.head),"#
      + #""granular_markings":[{"marking_ref":"\#(Self.red)","selectors":["objects.0.value"]}],"#
      + #""first_observed":"2018-01-01T00:00:00Z","last_observed":"2018-01-01T00:00:00Z","number_observed":1,"#
      + #""objects":{"0":{"type":["ipv4-addr"],"value":"198.51.100.7"}}}"#
    let upgraded = try #require(STIX20Upgrade(try document(observed)).document?.root["objects"]?[0])
    #expect(upgraded["granular_markings"]?[0]?["selectors"]?[0]?.string == "objects.0.value")
    #expect(upgraded["objects"]?["0"]?["value"]?.string == "198.51.100.7")
  }

  /// Names of both versions in one object.
  @Test func `a name that STIX 2_1 has too is not written twice`() throws {
    let both =
      #"{"type":"observed-data","id":"observed-data--b0d1e000-4a2b-4f3c-9d5e-6f7a8b9c0d03",\#(Self.head),"#
      + #""first_observed":"2018-01-01T00:00:00Z","last_observed":"2018-01-01T00:00:00Z","number_observed":1,"#
      + #""objects":{"0":{"type":"file","name":"a","ctime":"2018-01-01T00:00:00Z","created":"2017-01-01T00:00:00Z","#
      + #""hashes":{"ssdeep":"3:abc:def","SSDEEP":"3:abc:def"},"object_marking_refs":["\#(Self.red)"]}}}"#
    let read = try read(both)
    #expect(read.output.objects[1].value["ctime"]?.string == "2018-01-01T00:00:00Z")
    #expect(read.output.objects[1].value["object_marking_refs"]?[0]?.string == Self.red)
    #expect(read.losses.contains { $0.what == "created of file" && $0.severity == .meaning })
    let malware =
      #"{"type":"malware","id":"malware--b0d1e000-4a2b-4f3c-9d5e-6f7a8b9c0d02",\#(Self.head),"name":"x","labels":["a"],"malware_types":["bot"]}"#
    let value = try self.read(malware).output.objects[0].value
    #expect(value["labels"]?[0]?.string == "a" && value["malware_types"]?[0]?.string == "bot")
  }

  @Test func `a process that has but a name is none in STIX 2_1`() throws {
    let observed =
      #"{"type":"observed-data","id":"observed-data--b0d1e000-4a2b-4f3c-9d5e-6f7a8b9c0d03",\#(Self.head),"#
      + #""first_observed":"2018-01-01T00:00:00Z","last_observed":"2018-01-01T00:00:00Z","number_observed":1,"#
      + #""objects":{"0":{"type":"process","name":"evil.exe"}}}"#
    let errors = STIX20Format().errors(try document(observed))
    #expect(errors.map(\.location.description) == ["/objects/0/objects/0"], "\(errors)")
  }

  static let patterns = [
    ("", ""), ("'", "'"), ("[a:b", "[a:b"), ("file:", "file:"), ("file:.created", "file:.created"),
    ("file:created[", "file:ctime["), ("[file:'created' = 1]", "[file:'ctime' = 1]"),
    ("START'a'", "STARTt'a'"), ("XSTART 'a'", "XSTART 'a'"), ("START t'a'", "START t'a'"),
    ("START\u{301} 'a'", "START\u{301} 'a'"), ("file:hashes.ssdeep", "file:hashes.SSDEEP"),
    ("'\\\\' START 'a'", "'\\\\' START t'a'"), ("x-file:created", "x-file:created"),
  ]

  @Test(arguments: patterns) func `what is no pattern stays, but for names`(_ old: String, _ new: String) {
    #expect(STIX20Pattern(old).text == new)
  }

  @Test func `labels get the names that they have in STIX 2_1`() throws {
    let types = [
      ("identity", #""name":"x","identity_class":"group","labels":["CEO"]"#, "roles"),
      ("malware", #""name":"x","labels":["trojan"]"#, "malware_types"),
      ("tool", #""name":"x","labels":["exploitation"]"#, "tool_types"),
      ("threat-actor", #""name":"x","labels":["crime-syndicate"]"#, "threat_actor_types"),
      (
        "report",
        #""name":"x","labels":["threat-report"],"published":"2018-01-01T00:00:00Z","object_refs":["malware--b0d1e000-4a2b-4f3c-9d5e-6f7a8b9c0d02"]"#,
        "report_types"
      ),
    ]
    for (type, rest, name) in types {
      let object = #"{"type":"\#(type)","id":"\#(type)--b0d1e000-4a2b-4f3c-9d5e-6f7a8b9c0d02",\#(Self.head),\#(rest)}"#
      let read = try read(object)
      #expect(read.output.objects[0].value[name]?.count == 1, "\(type)")
      #expect(read.output.objects[0].value["labels"] == nil)
      #expect(read.losses.contains { $0.what == "labels are \(name)" })
    }
  }

  @Test func `times in patterns get their t, and what stands in quotes stays`() throws {
    let pattern =
      "[file:name = 'START ' OR file:name = 'it\\\\'s'] START '2018-01-01T00:00:00Z' STOP '2018-01-02T00:00:00Z'"
    let object =
      #"{"type":"indicator","id":"indicator--b0d1e000-4a2b-4f3c-9d5e-6f7a8b9c0d02",\#(Self.head),"labels":["benign"],"valid_from":"2018-01-01T00:00:00Z","pattern":"\#(pattern)"}"#
    let value = try read(object).output.objects[0].value
    #expect(
      value["pattern"]?.string
        == "[file:name = 'START ' OR file:name = 'it\\'s'] START t'2018-01-01T00:00:00Z' STOP t'2018-01-02T00:00:00Z'")
    #expect(value["pattern_type"]?.string == "stix")
  }

  @Test func `observables become objects, as strictly marked as they were, and what is lost is named`() throws {
    let observed =
      #"{"type":"observed-data","id":"observed-data--b0d1e000-4a2b-4f3c-9d5e-6f7a8b9c0d03",\#(Self.head),"#
      + #""object_marking_refs":["\#(Self.green)"],"granular_markings":[{"marking_ref":"\#(Self.red)","selectors":["objects.1.name","number_observed"]}],"#
      + #""first_observed":"2018-01-01T00:00:00Z","last_observed":"2018-01-01T00:00:00Z","number_observed":1,"#
      + #""objects":{"0":{"type":"network-traffic","protocols":["tcp"],"src_ref":"2","dst_port":443},"#
      + #""1":{"type":"file","name":"a.exe","created":"2018-01-01T00:00:00Z","is_encrypted":true},"2":{"type":"ipv4-addr","value":"198.51.100.7"}}}"#
    let read = try read(observed)
    let objects = read.output.objects
    #expect(objects.map(\.type) == ["observed-data", "network-traffic", "file", "ipv4-addr"])
    #expect(objects[1].value["src_ref"]?.string == objects[3].id)
    #expect(objects[2].value["ctime"]?.string == "2018-01-01T00:00:00Z")
    #expect(objects[0].value["object_refs"]?.count == 3)
    #expect(objects[1].value["object_marking_refs"]?.elements.map(\.string) == [Self.green])
    #expect(objects[2].value["object_marking_refs"]?.elements.map(\.string) == [Self.green, Self.red])
    // What marked the rest still does.
    #expect(objects[0].value["granular_markings"]?[0]?["selectors"]?.elements.map(\.string) == ["number_observed"])
    #expect(objects[2].sources.map(\.description) == ["/objects/0/objects/1"])
    let lost = read.losses.filter { $0.severity == .meaning }
    #expect(lost.map(\.location.description) == ["/objects/0/objects/1/is_encrypted"])
  }

  @Test func `equal bundles give equal bytes, and nobody gets STIX 2_0`() throws {
    let malware =
      #"{"type":"malware","id":"malware--b0d1e000-4a2b-4f3c-9d5e-6f7a8b9c0d02",\#(Self.head),"name":"x","labels":["bot"]}"#
    let first = try read(malware).output
    #expect(first.document.text == (try read(malware).output.document.text))
    let terms = OutgoingTerms(tlp: .clear, sender: nil, acceptedAt: Instant(milliseconds: 0))
    #expect(throws: AdapterFailure.self) { try STIX20Adapter().write(first, terms: terms) }
  }
}
