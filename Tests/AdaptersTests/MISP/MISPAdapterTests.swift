import Contract
import Formats
import JSON
import STIX
import Testing

@testable import Adapters

@Suite struct MISPAdapterTests {
  static let uuid = "00000001-0000-4000-8000-000000000000"

  private func indicator(_ pattern: String, _ number: Int = 1, _ more: String = "") -> String {
    #"{"type":"indicator","spec_version":"2.1","id":"indicator--0000000\#(number)-0000-4000-8000-000000000000","#
      + #""created":"2026-11-20T08:00:00.000Z","modified":"2026-11-20T08:00:00.000Z","pattern_type":"stix","#
      + #""pattern":"\#(pattern)","valid_from":"2026-11-20T08:00:00Z"\#(more)}"#
  }

  private func event(_ bundle: STIXBundle, _ terms: OutgoingTerms = Given.terms()) throws -> JSONValue {
    try #require(try JSONDocument(try MISPAdapter().write(bundle, terms: terms).output).root["Event"])
  }

  @Test func `a bundle of definitions alone is no event`() throws {
    let bundle = try Given.bundle(TLP.red.markingDefinition)
    let error = try #require(throws: AdapterFailure.self) { try MISPAdapter().write(bundle, terms: Given.terms()) }
    #expect(error.code == .cannotWrite)
  }

  @Test(arguments: [
    (TLP.red, "0"), (.amberStrict, "0"), (.amber, "0"), (.green, "1"), (.clear, "3"),
  ])
  func `distribution follows from the marking, as a string`(_ tlp: TLP, _ distribution: String) throws {
    let event = try event(try Given.bundle(indicator("[domain-name:value = 'a.b']")), Given.terms(tlp))
    #expect(event["distribution"]?.string == distribution)
    #expect(event["Tag"]?[0]?["name"]?.string == "tlp:" + tlp.word)
  }

  @Test(arguments: ["TLP:CLEAR", "tlp:clear"])
  func `a label of TLP marks its object alone, and the event keeps the strictest`(_ label: String) throws {
    let bundle = try Given.bundle(indicator("[domain-name:value = 'a.b']", 1, #","labels":["\#(label)"]"#))
    let event = try event(bundle, Given.terms(.red))
    #expect(event["Tag"]?.elements.map { $0["name"]?.string } == ["tlp:red"])
    #expect(event["Attribute"]?[0]?["Tag"]?.elements.map { $0["name"]?.string } == ["tlp:clear"])
  }

  @Test func `content cannot bring in other markings, obligations or galaxies as labels`() throws {
    for label in ["PAP:CLEAR", #"entente:onward=\"any\""#, #"misp-galaxy:x=\"y\""#] {
      let bundle = try Given.bundle(indicator("[domain-name:value = 'a.b']", 1, #","labels":["\#(label)"]"#))
      let translation = try MISPAdapter().write(bundle, terms: Given.terms(.red))
      let event = try #require(try JSONDocument(translation.output).root["Event"])
      #expect(event["Tag"]?.count == 1)
      #expect(event["Attribute"]?[0]?["Tag"] == nil)
      #expect(translation.losses.contains { $0.what.hasPrefix("labels") })
    }
  }

  @Test func `two objects with one UUID become attributes with two`() throws {
    let observable = #"{"type":"url","spec_version":"2.1","id":"url--\#(Self.uuid)","value":"https://a.b/"}"#
    let event = try event(try Given.bundle(indicator("[domain-name:value = 'a.b']"), observable))
    let uuids = event["Attribute"]?.elements.compactMap { $0["uuid"]?.string } ?? []
    #expect(uuids.count == 2 && Set(uuids).count == 2 && uuids[0] == Self.uuid)
  }

  @Test func `the creator is named only where attribution is not withheld`() throws {
    let author =
      #"{"type":"identity","spec_version":"2.1","id":"identity--00000007-0000-4000-8000-000000000000","#
      + #""created":"2026-11-20T08:00:00.000Z","modified":"2026-11-20T08:00:00.000Z","name":"Author"}"#
    let made = #","created_by_ref":"identity--00000007-0000-4000-8000-000000000000""#
    let bundle = try Given.bundle(author, indicator("[domain-name:value = 'a.b']", 1, made))
    #expect(try event(bundle)["Orgc"]?["name"]?.string == "Author")
    let silent = OutgoingTerms(tlp: .amber, sender: nil, acceptedAt: Given.time)
    let event = try event(bundle, silent)
    #expect(event["Orgc"]?["name"]?.string == "Entente")
    #expect(!event.description.contains("Author") && !event.description.contains("nl-ncsc"))
  }

  @Test func `AMBER of TLP 1 is AMBER+STRICT, unless the delivery was agreed to be AMBER`() throws {
    let old = #","object_marking_refs":["marking-definition--f88d31f6-486f-44da-b317-01333bde0b82"]"#
    let bundle = try Given.bundle(indicator("[domain-name:value = 'a.b']", 1, old))
    #expect(try event(bundle, Given.terms(.green))["Tag"]?[0]?["name"]?.string == "tlp:amber+strict")
    #expect(try event(bundle, Given.terms(.amber))["Tag"]?[0]?["name"]?.string == "tlp:amber")
    #expect(try event(bundle, Given.terms(.red))["Tag"]?[0]?["name"]?.string == "tlp:red")
    #expect(try event(bundle, Given.terms(.red))["Attribute"]?[0]?["Tag"]?[0]?["name"]?.string == "tlp:amber+strict")
  }

  @Test func `an attribute belongs to the only incident by standing in its event`() throws {
    let incident =
      #"{"type":"incident","spec_version":"2.1","id":"incident--00000005-0000-4000-8000-000000000000","#
      + #""created":"2026-11-20T08:00:00.000Z","modified":"2026-11-20T08:00:00.000Z","name":"Down"}"#
    let related =
      #"{"type":"relationship","spec_version":"2.1","id":"relationship--00000006-0000-4000-8000-000000000000","#
      + #""created":"2026-11-20T08:00:00.000Z","modified":"2026-11-20T08:00:00.000Z","relationship_type":"related-to","#
      + #""source_ref":"indicator--\#(Self.uuid)","target_ref":"incident--00000005-0000-4000-8000-000000000000"}"#
    let bundle = try Given.bundle(indicator("[domain-name:value = 'a.b']"), incident, related)
    #expect(try MISPAdapter().write(bundle, terms: Given.terms()).losses == [])
  }

  @Test func `a name too long for one line is cut, and the loss says so`() throws {
    let name = String(repeating: "long ", count: 80)
    let bundle = try Given.bundle(indicator("[domain-name:value = 'a.b']", 1, #","name":"\#(name)""#))
    let translation = try MISPAdapter().write(bundle, terms: Given.terms())
    let info = try JSONDocument(translation.output).root["Event"]?["info"]?.string
    #expect(info?.count == 256)
    #expect(translation.losses.contains { $0.what.hasPrefix("the end of the name") })
  }

  @Test(arguments: [
    "[file:hashes.MD5 = '8764605c6f388c89096b534d33565802' AND file:x = 'y']", "[domain-name:value = '']",
    "[network-traffic:src_port = 4]", "[file:name = 'x'] WITHIN 5 SECONDS", "not a pattern", "[file:size > 5]",
    "[user-account:account_type = 'unix' AND user-account:account_login = 'root']", "[file:name = true]",
    "[network-traffic:dst_ref.value = 'a|b' AND network-traffic:dst_port = 5]",
  ])
  func `a pattern that no attribute says is carried as text`(_ pattern: String) throws {
    let event = try event(try Given.bundle(indicator(pattern)))
    #expect(event["Attribute"]?.count == 1)
    #expect(event["Attribute"]?[0]?["type"]?.string == "stix2-pattern")
    #expect(event["Attribute"]?[0]?["value"]?.string == pattern)
  }

  @Test func `every type that the table makes has a category and passes the schema`() throws {
    #expect(AttributeTable.category(of: "ip-dst|port") == "Network activity")
    #expect(AttributeTable.category(of: "filename|sha3-512") == "Payload delivery")
    #expect(AttributeTable.category(of: "regkey|value") == "Artifacts dropped")
  }
}
