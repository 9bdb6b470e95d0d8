import Contract
import Formats
import JSON
import STIX
import Testing

@testable import Adapters

@Suite struct IODEFAdapterTests {
  private func xml(_ golden: GoldenCase) throws -> IdentifiedMessage {
    let bytes = try #require(Files.read("\(golden.folder)/input.xml"))
    let message = try FormatCatalogue.identify(bytes, contentType: "application/xml", hint: "iodef")
    #expect(FormatCatalogue.errors(in: message) == [], "\(golden.name)")
    return message
  }

  @Test(arguments: GoldenFolder.cases("iodef")) func `a document in XML becomes the canonical of its golden case`(
    _ golden: GoldenCase
  ) throws {
    let message = try xml(golden)
    let read = try IODEFAdapter().read(message.document, origin: Given.origin())
    #expect(read.output.document.root == (try golden.required("canonical.json")).root, "\(read.output.document.root)")
    #expect(read.residue == (try golden.residue()))
    #expect(STIXFormat().errors(read.output.document) == [])
    let again = try IODEFAdapter().read(try xml(golden).document, origin: Given.origin())
    #expect(again.output.document.text == read.output.document.text)
  }

  /// What XML says in one order only, JSON says in any; that is all that is compared.
  private func content(_ document: JSONDocument) throws -> JSONValue {
    var gone: Set<JSONPointer> = [JSONPointer(tokens: ["xmlns"]), JSONPointer(tokens: ["remarks"])]
    gone.insert(JSONPointer(tokens: ["version"]))
    for index in 0..<(document.root["Incident"]?.count ?? 0) {
      gone.insert(JSONPointer(tokens: ["Incident", String(index), "restriction"]))
    }
    var writer = JSONWriter()
    PrunedText(without: gone).write(document.root, at: .root, to: &writer)
    return try JSONDocument(writer.bytes).root
  }

  @Test(arguments: GoldenFolder.cases("iodef"))
  func `a document in XML goes to STIX and comes back equal, in both forms`(
    _ golden: GoldenCase
  ) throws {
    let message = try xml(golden)
    let read = try IODEFAdapter().read(message.document, origin: Given.origin())
    let written = try IODEFAdapter().write(read.output, terms: Given.terms(.clear))
    #expect(written.losses == [])
    #expect(written.output.starts(with: "<?xml".utf8))
    let back = try FormatCatalogue.identify(written.output, contentType: nil, hint: "iodef")
    #expect(try content(back.document) == content(message.document), "\(back.document.root)")
    let json = try IODEFJSONAdapter().write(read.output, terms: Given.terms(.clear))
    #expect(json.losses == [])
    let other = try FormatCatalogue.identify(json.output, contentType: nil, hint: "iodef-json")
    #expect(FormatCatalogue.errors(in: other) == [])
    #expect(try content(other.document) == content(message.document), "\(other.document.root)")
  }

  @Test(arguments: GoldenFolder.cases("iodef-json"))
  func `a document in JSON is written as valid XML that says the same`(
    _ golden: GoldenCase
  ) throws {
    let read = try IODEFJSONAdapter().read(try golden.required("input.json"), origin: Given.origin())
    // A node without an address or a name is one in JSON alone.
    guard !golden.name.hasPrefix("10") else {
      #expect(throws: AdapterFailure.self) { try IODEFAdapter().write(read.output, terms: Given.terms(.red)) }
      return
    }
    let written = try IODEFAdapter().write(read.output, terms: Given.terms(.red))
    let back = try FormatCatalogue.identify(written.output, contentType: nil, hint: "iodef")
    #expect(FormatCatalogue.errors(in: back) == [])
    let again = try IODEFAdapter().read(back.document, origin: Given.origin())
    let types = { (bundle: STIXBundle) in bundle.objects.filter { !$0.isDefinition }.map(\.type) }
    #expect(types(again.output) == types(read.output))
  }

  @Test(arguments: GoldenFolder.cases("iodef")) func `a document in XML is reduced to XML without what is withheld`(
    _ golden: GoldenCase
  ) throws {
    let message = try xml(golden)
    let read = try IODEFAdapter().read(message.document, origin: Given.origin())
    let all = Array(read.output.objects.indices)
    let whole = try IODEFAdapter().prune(message.document, bundle: read.output, keeping: all, replacing: [:])
    let left = try FormatCatalogue.identify(whole.output, contentType: nil, hint: "iodef")
    #expect(FormatCatalogue.errors(in: left) == [] && whole.losses == [])
    #expect(try IODEFAdapter().read(left.document, origin: Given.origin()).residue == [])
    for type in ["indicator", "observed-data", "x-iodef-indicator", "threat-actor", "vulnerability"] {
      guard let victim = read.output.objects.first(where: { $0.type == type }) else { continue }
      let keeping = all.filter { $0 != victim.index }
      let pruned = try IODEFAdapter().prune(message.document, bundle: read.output, keeping: keeping, replacing: [:])
      let after = try FormatCatalogue.identify(pruned.output, contentType: nil, hint: "iodef")
      #expect(FormatCatalogue.errors(in: after) == [])
      let again = try IODEFAdapter().read(after.document, origin: Given.origin())
      #expect(!again.output.objects.contains { $0.id == victim.id }, "\(golden.name) \(type)")
    }
  }

  @Test func `without its contacts there is no document, and nothing is delivered`() throws {
    let golden = try #require(GoldenFolder.cases("iodef").first { $0.name.hasPrefix("02") })
    let message = try xml(golden)
    let read = try IODEFAdapter().read(message.document, origin: Given.origin())
    let keeping = read.output.objects.filter { $0.type != "identity" }.map(\.index)
    #expect(throws: AdapterFailure.self) {
      try IODEFAdapter().prune(message.document, bundle: read.output, keeping: keeping, replacing: [:])
    }
  }

  @Test func `remarks in XML reach nobody`() throws {
    let golden = try #require(GoldenFolder.cases("iodef").first { $0.name.hasPrefix("01") })
    let message = try xml(golden)
    let read = try IODEFAdapter().read(message.document, origin: Given.origin())
    #expect(read.residue.map(\.description) == ["/remarks"])
    let all = Array(read.output.objects.indices)
    let pruned = try IODEFAdapter().prune(message.document, bundle: read.output, keeping: all, replacing: [:])
    #expect(!String(decoding: pruned.output, as: UTF8.self).contains("who knows"))
  }

  static let labels: [(TLP, String)] = [
    (.clear, "white"), (.green, "green"), (.amber, "amber"), (.amberStrict, "ext-value"), (.red, "red"),
  ]

  @Test(arguments: labels) func `a bundle of a partner becomes one incident under the label of the delivery`(
    _ tlp: TLP, _ word: String
  ) throws {
    let bundle = try Given.bundle(
      #"{"type":"indicator","spec_version":"2.1","id":"indicator--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f","created":"2026-01-01T00:00:00.000Z","modified":"2026-01-01T00:00:00.000Z","name":"C2","pattern":"[ipv4-addr:value = '198.51.100.9']","pattern_type":"stix","valid_from":"2026-01-01T00:00:00Z"}"#,
      #"{"type":"vulnerability","spec_version":"2.1","id":"vulnerability--0c7b5b88-8ff7-4a4d-aa9d-feb398cd0061","created":"2026-01-01T00:00:00.000Z","modified":"2026-01-01T00:00:00.000Z","name":"CVE-2026-3333"}"#,
      #"{"type":"tool","spec_version":"2.1","id":"tool--0c7b5b88-8ff7-4a4d-aa9d-feb398cd0062","created":"2026-01-01T00:00:00.000Z","modified":"2026-01-01T00:00:00.000Z","name":"t"}"#
    )
    for adapter in [IODEFAdapter(), IODEFJSONAdapter()] as [any Adapter] {
      let written = try adapter.write(bundle, terms: Given.terms(tlp))
      let message = try FormatCatalogue.identify(written.output, contentType: nil, hint: adapter.format.slug)
      #expect(FormatCatalogue.errors(in: message) == [])
      let incident = message.document.root["Incident"]?[0]
      #expect(incident?["restriction"]?.string == word)
      #expect(incident?["Indicator"]?[0]?["Observable"]?["Address"]?["value"]?.string == "198.51.100.9")
      #expect(incident?["Method"]?[0]?["Vulnerability"]?[0]?["ContentID"]?.string == "CVE-2026-3333")
      #expect(written.losses.map(\.what) == ["the tool tool--0c7b5b88-8ff7-4a4d-aa9d-feb398cd0062"])
      let read = try adapter.read(message.document, origin: Given.origin())
      #expect(read.output.objects.filter { !$0.isDefinition }.allSatisfy { $0.marking == .tlp(tlp) })
    }
    let tools = try Given.bundle(
      #"{"type":"tool","spec_version":"2.1","id":"tool--0c7b5b88-8ff7-4a4d-aa9d-feb398cd0062","created":"2026-01-01T00:00:00.000Z","modified":"2026-01-01T00:00:00.000Z","name":"t"}"#
    )
    #expect(throws: AdapterFailure.self) { try IODEFAdapter().write(tools, terms: Given.terms(tlp)) }
  }

  @Test func `a value that is withheld takes its part along when the document is written anew`() throws {
    let golden = try #require(GoldenFolder.cases("iodef-json").first { $0.name.hasPrefix("14") })
    let read = try IODEFJSONAdapter().read(try golden.required("input.json"), origin: Given.origin())
    let address = try #require(read.output.objects.first { $0.value["value"]?.string == "198.51.100.0/24" })
    let keeping = read.output.objects.indices.filter { $0 != address.index }
    let reduced = try STIXAdapter().prune(
      read.output.document, bundle: read.output, keeping: Array(keeping), replacing: [:])
    let written = try IODEFJSONAdapter().write(
      try STIXBundle(reading: try JSONDocument(reduced.output)), terms: Given.terms(.red))
    #expect(!String(decoding: written.output, as: UTF8.self).contains("198.51.100.0"))
    #expect(String(decoding: written.output, as: UTF8.self).contains("eve@example.net"))
  }
}
