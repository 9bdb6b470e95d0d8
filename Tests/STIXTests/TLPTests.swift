import Testing

@testable import STIX

@Suite struct TLPTests {
  @Test(arguments: [
    "TLP:AMBER STRICT", "TLP: RED", "TLP:AMBER+", "TLP:UNCLEAR", "TLP:EX:CHR", "", "TLP:", "RED ", "tlp:tlp:red", "1",
  ])
  func `a text that is no label is refused`(text: String) {
    #expect(TLP(label: text) == nil)
  }

  @Test(arguments: [
    ("TLP:RED", TLP.red), ("tlp:amber+strict", .amberStrict), ("Tlp:Amber", .amber), ("GREEN", .green),
    ("TLP:WHITE", .clear), ("white", .clear), ("clear", .clear), ("amber+STRICT", .amberStrict),
  ])
  func `a label is read in any letter case`(text: String, expected: TLP) {
    #expect(TLP(label: text) == expected)
  }

  // Public code exists that swaps RED and AMBER+STRICT of TLP 2.0, or maps CLEAR to RED.
  @Test(arguments: [
    ("marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9", TLP.clear, TLPGeneration.one),
    ("marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da", .green, .one),
    ("marking-definition--f88d31f6-486f-44da-b317-01333bde0b82", .amber, .one),
    ("marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed", .red, .one),
    ("marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487", .clear, .two),
    ("marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb", .green, .two),
    ("marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421", .amber, .two),
    ("marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003", .amberStrict, .two),
    ("marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1", .red, .two),
    ("marking-definition--826578e1-40ad-459f-bc73-ede076f81f37", .amberStrict, .alias),
  ])
  func `each published id means its label`(id: String, tlp: TLP, generation: TLPGeneration) throws {
    let known = try #require(TLP.known(id))
    #expect(known == (tlp, generation))
    #expect(try #require(TLP.known(id.uppercased())) == (tlp, generation))
  }

  @Test func `an id that is not published means nothing`() {
    #expect(TLP.known("marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ef") == nil)
  }

  @Test(arguments: TLP.allCases)
  func `what we write for a label is read back as that label`(tlp: TLP) throws {
    #expect(try #require(TLP.known(tlp.markingID)) == (tlp, .two))
    let bundle = try bundle(tlp.markingDefinition, object(marking: [tlp.markingID]))
    #expect(bundle.objects[1].marking == .tlp(tlp))
  }

  @Test func `labels are ordered from the widest audience to the narrowest`() {
    #expect(TLP.allCases.map(\.label) == ["TLP:CLEAR", "TLP:GREEN", "TLP:AMBER", "TLP:AMBER+STRICT", "TLP:RED"])
    #expect(TLP.allCases.sorted() == TLP.allCases)
  }
}
