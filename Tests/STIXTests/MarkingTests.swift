import JSON
import Testing

@testable import STIX

@Suite struct MarkingTests {
  static let ours = "marking-definition--\(uuid(7))"
  static let tlp2 = "\"extensions\":{\"\(TLP.extensionID)\":"

  @Test(arguments: [
    #""definition_type":"tlp","definition":{"tlp":3}"#,
    #""definition_type":"tlp","definition":{"tlp":["red"]}"#,
    #""definition_type":"tlp","definition":{"tlp":"purple"}"#,
    #""definition_type":"tlp","definition":{}"#,
    #""definition_type":"tlp","definition":"red""#,
    #""definition_type":"tlp""#,
    #""definition_type":7,"definition":{"tlp":"clear"}"#,
    #""definition_type":null,"definition":{"tlp":"clear"}"#,
    #""definition_type":"iep","definition":{"tlp":"clear"}"#,
    #""definition_type":"statement","definition":{"statement":7}"#,
    #""definition_type":"statement","definition":{"statement":"TLP:PURPLE"}"#,
    #""definition":{"tlp":"clear"}"#,
    #""name":"TLP:PURPLE""#,
    #""name":{}"#,
    #""name":"nothing else""#,
    #""extensions":[]"#,
    #""extensions":{}"#,
    tlp2 + #"{"tlp_2_0":5}}"#,
    tlp2 + #"{"tlp_2_0":["clear"]}}"#,
    tlp2 + #"{"tlp_2_0":{"v":"clear"}}}"#,
    tlp2 + #"{"tlp_2_0":null}}"#,
    tlp2 + #"{"tlp_2_0":"amber strict"}}"#,
    tlp2 + #"{}}"#,
    tlp2 + #""clear"}"#,
    tlp2 + #"{"tlp_2_0":"clear"},"extension-definition--3a65884d-005a-4290-8335-cb2d778a83ce":{}}"#,
  ])
  func `a definition that cannot be read is unknown, never none`(members: String) throws {
    let bundle = try bundle(markingDefinition(7, members), object(marking: [Self.ours]))
    #expect(bundle.objects[1].marking == .unknown([Self.ours]))
  }

  @Test(arguments: [
    (#""definition_type":"tlp","definition":{"tlp":"red"}"#, TLP.red),
    (#""definition_type":"TLP","definition":{"tlp":"GREEN"}"#, .green),
    (#""definition_type":"tlp","definition":{"tlp":"white"}"#, .clear),
    (#""definition_type":"tlp","definition":{"tlp":"amber"}"#, .amberStrict),
    (#""definition_type":"tlp","definition":{"tlp":"clear"},"name":"TLP:RED""#, .red),
    (#""definition_type":"statement","definition":{"statement":"TLP:AMBER+STRICT"}"#, .amberStrict),
    (tlp2 + #"{"extension_type":"property-extension","tlp_2_0":"Amber"}}"#, .amber),
    (tlp2 + #"{"tlp_2_0":"amber+strict"}}"#, .amberStrict),
    (tlp2 + #"{"tlp_2_0":"CLEAR"}},"definition_type":"tlp","definition":{"tlp":"red"}"#, .red),
  ])
  func `a definition in the bundle says what its id means`(members: String, expected: TLP) throws {
    let bundle = try bundle(object(marking: [Self.ours]), markingDefinition(7, members))
    #expect(bundle.objects[0].marking == .tlp(expected))
  }

  @Test(arguments: [
    #""object_marking_refs":"\#(TLP.clear.markingID)""#, #""object_marking_refs":{}"#, #""object_marking_refs":null"#,
    #""object_marking_refs":[1]"#, #""object_marking_refs":[["\#(TLP.clear.markingID)"]]"#,
    #""object_marking_refs":["marking-definition--\#(uuid(99))"]"#, #""object_marking_refs":["TLP:CLEAR"]"#,
    #""granular_markings":{}"#, #""granular_markings":["\#(TLP.clear.markingID)"]"#,
    #""granular_markings":[{"marking_ref":"\#(TLP.clear.markingID)"}]"#,
    #""granular_markings":[{"marking_ref":"\#(TLP.clear.markingID)","selectors":"name"}]"#,
    #""granular_markings":[{"marking_ref":"\#(TLP.clear.markingID)","selectors":[]}]"#,
    #""granular_markings":[{"marking_ref":5,"selectors":["name"]}]"#,
    #""granular_markings":[{"selectors":["name"]}]"#,
    #""granular_markings":[{"lang":5,"selectors":["name"]}]"#,
  ])
  func `a marking of the wrong form is unknown, even beside a known one`(member: String) throws {
    let bundle = try bundle(object("malware", 1, #""name":"n",\#(member)"#))
    guard case .unknown(let values) = bundle.objects[0].marking else {
      Issue.record("\(bundle.objects[0].marking)")
      return
    }
    #expect(values.count == 1)
  }

  @Test func `what is unknown does not hide the strictest known label`() throws {
    let bundle = try bundle(object(marking: [TLP.red.markingID, "marking-definition--\(uuid(99))"]))
    #expect(bundle.objects[0].marking == .unknown(["marking-definition--\(uuid(99))"]))
    #expect(bundle.objects[0].markings.strictest == .red)
  }

  @Test func `a published id whose object says another label is the stricter of both`() throws {
    let red = #""definition_type":"tlp","definition":{"tlp":"red"}"#
    let clear = Self.tlp2 + #"{"tlp_2_0":"clear"}}"#
    let bundle = try bundle(
      markingDefinition(id: TLP.clear.markingID, red), markingDefinition(id: TLP.red.markingID, clear),
      object("malware", 1, marking: [TLP.clear.markingID]), object("malware", 2, marking: [TLP.red.markingID]))
    #expect(bundle.objects[2].marking == .tlp(.red))
    #expect(bundle.objects[3].marking == .tlp(.red))
  }

  @Test func `a published id whose object says no label is unknown`() throws {
    let statement = #""definition_type":"statement","definition":{"statement":"ours"}"#
    let bundle = try bundle(
      markingDefinition(id: TLP.green.markingID, statement), object(marking: [TLP.green.markingID]))
    #expect(bundle.objects[1].marking == .unknown([TLP.green.markingID]))
  }

  @Test func `AMBER of TLP 1 is AMBER+STRICT unless the parties agreed otherwise`() throws {
    let amber = "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82"
    let bundle = try bundle(object(marking: [amber]), object("malware", 2, marking: [amber, TLP.red.markingID]))
    #expect(bundle.objects[0].marking == .tlp(.amberStrict))
    #expect(bundle.objects[0].markings.reading(tlp1Amber: .amber) == .tlp(.amber))
    #expect(bundle.objects[1].markings.reading(tlp1Amber: .amber) == .tlp(.red))
  }

  @Test func `the private alias is AMBER+STRICT with and without its object`() throws {
    let alias = "marking-definition--826578e1-40ad-459f-bc73-ede076f81f37"
    let private0 = #""definition_type":"statement","definition":{"statement":"custom"},"name":"TLP:AMBER+STRICT""#
    #expect(try bundle(object(marking: [alias])).objects[0].marking == .tlp(.amberStrict))
    let both = try bundle(markingDefinition(id: alias, private0), object(marking: [alias]))
    #expect(both.objects[1].marking == .tlp(.amberStrict))
    #expect(both.objects[1].markings.additional == [alias])
  }

  @Test func `the strictest of several counts, granular ones and the bundle's too`() throws {
    let granular =
      #""name":"n","granular_markings":[{"marking_ref":"\#(TLP.amber.markingID)","selectors":["name"]},"#
      + #"{"lang":"de","selectors":["name"]}]"#
    let nested = #""name":"n","extensions":{"x":{"object_marking_refs":["\#(TLP.red.markingID)"]}}"#
    let bundle = try bundle(
      [
        object("malware", 1, marking: [TLP.clear.markingID], granular), object("malware", 2, nested),
        object("malware", 3, marking: [TLP.clear.markingID]), object("malware", 4),
      ], members: #""object_marking_refs":["\#(TLP.green.markingID)"],"#)
    #expect(bundle.objects.map(\.marking) == [.tlp(.amber), .tlp(.red), .tlp(.green), .tlp(.green)])
  }

  @Test func `a statement is kept as an additional marking and is no TLP`() throws {
    let statement = markingDefinition(7, #""definition_type":"statement","definition":{"statement":"(c) us"}"#)
    let bundle = try bundle(statement, object(marking: [Self.ours]), object("malware", 2))
    #expect(bundle.objects[1].marking == .none)
    #expect(bundle.objects[1].markings.additional == [Self.ours])
    #expect(bundle.objects[2].markings.isEmpty)
  }
}
