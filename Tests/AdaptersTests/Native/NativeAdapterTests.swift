import Contract
import Formats
import JSON
import STIX
import Testing

@testable import Adapters

/// What holds for the adapters of advisories and events.
@Suite struct NativeAdapterTests {
  struct Source: Sendable, CustomTestStringConvertible {
    var format: FormatID
    var text: String
    var testDescription: String { format.slug }

    func document() throws -> JSONDocument { try JSONDocument(Array(text.utf8)) }

    func adapter() throws -> any Adapter { try #require(AdapterCatalogue.adapter(for: format)) }
  }

  static let sources = [
    Source(format: .csaf, text: NativeSamples.csaf), Source(format: .kev, text: NativeSamples.kev),
    Source(format: .intelmq, text: NativeSamples.intelmq), Source(format: .n6, text: NativeSamples.n6),
  ]

  @Test(arguments: sources) func `reading is deterministic and gives valid STIX`(_ source: Source) throws {
    let document = try source.document()
    #expect(FormatCatalogue.format(source.format)?.errors(document) == [])
    let first = try source.adapter().read(document, origin: Given.origin())
    let again = try source.adapter().read(try source.document(), origin: Given.origin())
    #expect(first.output.document.text == again.output.document.text)
    #expect(STIXFormat().errors(first.output.document) == [])
  }

  @Test(arguments: sources) func `what is not known to the format is residue and goes nowhere`(_ source: Source) throws
  {
    let document = try source.document()
    let adapter = try source.adapter()
    let read = try adapter.read(document, origin: Given.origin())
    #expect(read.residue.allSatisfy { $0.tokens.last?.hasPrefix("canary") ?? false })
    #expect(!read.residue.isEmpty)
    #expect(!String(decoding: read.output.document.text, as: UTF8.self).contains("CANARY"))
    let pruned = try adapter.prune(
      document, bundle: read.output, keeping: Array(read.output.objects.indices), replacing: [:])
    #expect(!String(decoding: pruned.output, as: UTF8.self).contains("CANARY"))
    #expect(pruned.losses == [])
  }

  @Test func `one event many times is many observations of one thing, which knows all their places`() throws {
    let event =
      #"{"classification.type":"c2-server","feed.name":"f","time.source":"2026-11-24T08:30:00+00:00","#
      + #""source.ip":"198.51.100.7","malware.name":"x"}"#
    let document = try Given.document("[" + Array(repeating: event, count: 40).joined(separator: ",") + "]")
    let read = try IntelMQAdapter().read(document, origin: Given.origin()).output
    #expect(STIXFormat().errors(read.document) == [])
    #expect(read.objects.count { $0.type == "observed-data" } == 40)
    #expect(read.objects.count { $0.type == "indicator" } == 40)
    for type in ["ipv4-addr", "malware"] {
      let shared = read.objects.filter { $0.type == type }
      #expect(shared.count == 1)
      #expect(shared.first?.sources == (0..<40).map { JSONPointer(tokens: [String($0)]) })
    }
    // By number: the second and the third of any batch have the ids that they always have.
    let three = try Given.document("[\(event),\(event),\(event)]")
    let few = try IntelMQAdapter().read(three, origin: Given.origin()).output
    let observed = few.objects.filter { $0.type == "observed-data" }.map(\.id)
    #expect(observed == read.objects.filter { $0.type == "observed-data" }.prefix(3).map(\.id))
  }

  @Test func `an event that names malware and nothing observable is an observation of its kind`() throws {
    let text =
      #"{"classification.type":"scanner","feed.name":"f","time.observation":"2026-11-24T08:30:00+00:00","#
      + #""malware.name":"x"}"#
    let document = try Given.document(text)
    let read = try IntelMQAdapter().read(document, origin: Given.origin()).output
    #expect(STIXFormat().errors(read.document) == [])
    let written = try IntelMQAdapter().write(read, terms: Given.terms())
    #expect(try JSONDocument(written.output).root["malware.name"]?.string == "x")
    #expect(written.losses == [])
  }

  @Test(arguments: ["099.51.100.3", "198.51.100.3.4", "a.exam/ple"])
  func `a value that an event cannot have is a loss`(_ value: String) throws {
    let times = #""created":"2026-11-20T08:00:00.000Z","modified":"2026-11-20T08:00:00.000Z""#
    func indicator(_ number: Int, _ type: String, _ value: String) -> String {
      #"{"type":"indicator","spec_version":"2.1","id":"indicator--0000000\#(number)-0000-4000-8000-000000000000",\#(times),"#
        + #""pattern":"[\#(type):value = '\#(value)']","pattern_type":"stix","valid_from":"2026-11-20T08:00:00Z"}"#
    }
    let type = value.hasPrefix("a") ? "domain-name" : "ipv4-addr"
    let bundle = try Given.bundle(indicator(1, type, value), indicator(2, "ipv4-addr", "198.51.100.3"))
    for adapter in [IntelMQAdapter(), N6Adapter()] as [any Adapter] {
      let written = try adapter.write(bundle, terms: Given.terms())
      #expect(FormatCatalogue.format(adapter.format)?.errors(try JSONDocument(written.output)) == [])
      #expect(written.losses.contains { $0.what.contains("00000001-0000") })
    }
  }

  /// The document without residue, and what comes back by way of STIX.
  @Test(arguments: sources) func `a document goes to STIX and comes back equal`(_ source: Source) throws {
    let document = try source.document()
    let adapter = try source.adapter()
    let read = try adapter.read(document, origin: Given.origin())
    let clean = try adapter.prune(
      document, bundle: read.output, keeping: Array(read.output.objects.indices), replacing: [:])
    let written = try adapter.write(read.output, terms: Given.terms(.clear))
    #expect(written.losses == [])
    let back = try FormatCatalogue.identify(written.output, contentType: nil, hint: source.format.slug)
    #expect(FormatCatalogue.errors(in: back) == [])
    let expected = try JSONDocument(clean.output)
    guard source.format == .intelmq else {
      #expect(back.document.root == expected.root, "\(back.document.root)")
      return
    }
    // What had no label has that of the delivery.
    #expect(back.document.root[0] == expected.root[0], "\(back.document.root)")
    #expect(back.document.root[1] == expected.root[1])
  }

  /// Modulo labels: what had none has that of the delivery, and each format has one way to write them.
  @Test(arguments: ["csaf", "kev", "intelmq", "n6", "iodef-json"])
  func `every golden case goes to STIX and comes back equal`(
    _ slug: String
  ) throws {
    let adapter = try #require(FormatID(slug).flatMap(AdapterCatalogue.adapter))
    for golden in GoldenFolder.cases(slug) {
      let input = try golden.required("input.json")
      let read = try adapter.read(input, origin: Given.origin())
      let written = try adapter.write(read.output, terms: Given.terms(.clear))
      #expect(written.losses == [], "\(golden.name)")
      #expect(try adapter.write(read.output, terms: Given.terms(.clear)).output == written.output)
      let back = try FormatCatalogue.identify(written.output, contentType: nil, hint: slug)
      #expect(FormatCatalogue.errors(in: back) == [], "\(golden.name)")
      let before = Self.withoutLabels(input.root, without: Set(read.residue))
      let after = Self.withoutLabels(back.document.root, without: [])
      #expect(try JSONDocument(before).root == JSONDocument(after).root, "\(golden.name): \(back.document.root)")
      let again = try adapter.read(back.document, origin: Given.origin())
      #expect(again.residue == [], "\(golden.name)")
    }
  }

  private static func withoutLabels(_ root: JSONValue, without residue: Set<JSONPointer>) -> [UInt8] {
    var gone = residue
    let distribution = JSONPointer(tokens: ["document", "distribution"])
    let hasMore = root.at(distribution)?.members.contains { $0.key != "tlp" } ?? false
    gone.insert(hasMore ? distribution.appending("tlp").appending("label") : distribution)
    gone.insert(JSONPointer(tokens: ["tlp"]))
    for index in 0..<root.count { gone.insert(JSONPointer(tokens: [String(index), "tlp"])) }
    for index in 0..<(root["Incident"]?.count ?? 0) {
      gone.insert(JSONPointer(tokens: ["Incident", String(index), "restriction"]))
    }
    var writer = JSONWriter()
    PrunedText(without: gone).write(root, at: .root, to: &writer)
    return writer.bytes
  }

  @Test(arguments: ["csaf", "kev", "intelmq", "n6", "iodef-json"])
  func `every golden case is reduced to itself, or to each half`(
    _ slug: String
  ) throws {
    let adapter = try #require(FormatID(slug).flatMap(AdapterCatalogue.adapter))
    // Of parts that say the same, each is known by its number.
    for golden in GoldenFolder.cases(slug) where !golden.name.contains("twice") && !golden.name.contains("two-flaws") {
      let input = try golden.required("input.json")
      let read = try adapter.read(input, origin: Given.origin())
      let all = Array(read.output.objects.indices)
      let ids = Set(read.output.objects.map(\.id))
      for keeping in [all, all.filter { $0.isMultiple(of: 2) }, all.filter { !$0.isMultiple(of: 2) }] {
        guard let pruned = try? adapter.prune(input, bundle: read.output, keeping: keeping, replacing: [:]) else {
          #expect(keeping != all, "\(golden.name)")
          continue
        }
        let left = try FormatCatalogue.identify(pruned.output, contentType: nil, hint: slug)
        #expect(FormatCatalogue.errors(in: left) == [], "\(golden.name)")
        let again = try adapter.read(left.document, origin: Given.origin())
        #expect(again.residue == [])
        let kept = Set(keeping.map { read.output.objects[$0].id })
        for object in again.output.objects where !object.isDefinition && ids.contains(object.id) {
          let isWoven = object.type == "relationship" || object.type == "report"
          #expect(kept.contains(object.id) || isWoven, "\(golden.name): \(object.id)")
        }
      }
    }
  }

  @Test(arguments: sources) func `nothing of a part that is withheld is left`(_ source: Source) throws {
    let document = try source.document()
    let adapter = try source.adapter()
    let read = try adapter.read(document, origin: Given.origin())
    let wanted = source.format == .csaf || source.format == .kev ? "vulnerability" : "observed-data"
    let victim = try #require(read.output.objects.first { $0.type == wanted })
    let keeping = read.output.objects.indices.filter { $0 != victim.index }
    let pruned = try adapter.prune(document, bundle: read.output, keeping: keeping, replacing: [:])
    let text = String(decoding: pruned.output, as: UTF8.self)
    #expect(!text.contains("CVE-2026-1111") && !text.contains("c2.example") && !text.contains("It runs scripts."))
    let left = try FormatCatalogue.identify(pruned.output, contentType: nil, hint: nil)
    #expect(FormatCatalogue.errors(in: left) == [])
    let again = try adapter.read(left.document, origin: Given.origin())
    #expect(again.residue == [])
    let ids = Set(read.output.objects.map(\.id))
    #expect(again.output.objects.allSatisfy { ids.contains($0.id) })
  }

  @Test func `a document is none without its products, and then nothing is delivered`() throws {
    let document = try Self.sources[0].document()
    let read = try CSAFAdapter().read(document, origin: Given.origin())
    let product = try #require(read.output.objects.first { $0.type == "software" })
    let keeping = read.output.objects.indices.filter { $0 != product.index }
    #expect(throws: AdapterFailure.self) {
      try CSAFAdapter().prune(document, bundle: read.output, keeping: keeping, replacing: [:])
    }
  }

  @Test func `AMBER+STRICT has no word in CSAF 2.0 but a stricter one`() throws {
    let read = try CSAFAdapter().read(try Self.sources[0].document(), origin: Given.origin())
    let text = String(decoding: read.output.document.text, as: UTF8.self)
      .split(separator: TLP.amber.markingID).joined(separator: TLP.amberStrict.markingID)
      .split(separator: #""tlp_2_0":"amber""#).joined(separator: #""tlp_2_0":"amber+strict""#)
    let bundle = try STIXBundle(reading: try JSONDocument(Array(text.utf8)))
    let written = try CSAFAdapter().write(bundle, terms: Given.terms(.clear))
    let label = try JSONDocument(written.output).root["document"]?["distribution"]?["tlp"]?["label"]
    #expect(label?.string == "RED")
  }

  @Test func `n6 says three words for five labels, never a wider one`() throws {
    for (tlp, word) in [
      (TLP.clear, "public"), (.green, "need-to-know"), (.amberStrict, "internal"), (.red, "internal"),
    ] {
      let written = try N6Adapter().write(try Self.foreign(), terms: Given.terms(tlp))
      let message = try FormatCatalogue.identify(written.output, contentType: nil, hint: "n6")
      #expect(FormatCatalogue.errors(in: message) == [])
      let events = message.document.root
      #expect((events.isArray ? events[0] : events)?["restriction"]?.string == word)
    }
  }

  @Test func `an indicator of a partner becomes an event, and what is no event a named loss`() throws {
    let written = try IntelMQAdapter().write(try Self.foreign(), terms: Given.terms(.green))
    let root = try JSONDocument(written.output).root
    #expect(root["source.ip"]?.string == "198.51.100.9")
    #expect(root["tlp"]?.string == "GREEN")
    #expect(written.losses.contains { $0.what.contains("vulnerability--") })
    let advisory = try CSAFAdapter().write(try Self.foreign(), terms: Given.terms(.green))
    let document = try JSONDocument(advisory.output)
    #expect(CSAFFormat().errors(document) == [])
    #expect(document.root["vulnerabilities"]?[0]?["cve"]?.string == "CVE-2026-3333")
    #expect(advisory.losses.contains { $0.what.contains("indicator--") })
    #expect(throws: AdapterFailure.self) { try KEVAdapter().write(try Self.foreign(), terms: Given.terms(.clear)) }
  }

  private static func foreign() throws -> STIXBundle {
    let text = #"""
      {"type":"bundle","id":"bundle--5d0092c5-5f74-4287-9642-33f4c354e56d","objects":[
      {"type":"indicator","spec_version":"2.1","id":"indicator--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f","created":"2026-01-01T00:00:00.000Z","modified":"2026-01-01T00:00:00.000Z","name":"C2","pattern":"[ipv4-addr:value = '198.51.100.9']","pattern_type":"stix","valid_from":"2026-01-01T00:00:00Z"},
      {"type":"vulnerability","spec_version":"2.1","id":"vulnerability--0c7b5b88-8ff7-4a4d-aa9d-feb398cd0061","created":"2026-01-01T00:00:00.000Z","modified":"2026-01-01T00:00:00.000Z","name":"CVE-2026-3333"}]}
      """#
    return try STIXBundle(reading: try JSONDocument(Array(text.utf8)))
  }
}
