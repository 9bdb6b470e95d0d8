import Contract
import Formats
import JSON
import STIX
import Testing

@testable import Adapters

/// Outputs for tools and people.
@Suite struct OutputAdapterTests {
  private static let times = #""created":"2026-01-01T00:00:00.000Z","modified":"2026-01-01T00:00:00.000Z""#

  private static func indicator(_ nth: Int, _ pattern: String, _ more: String = "") -> String {
    #"{"type":"indicator","spec_version":"2.1","id":"indicator--0000000\#(nth)-17d4-4cbf-938f-98ee46b3cd3f",\#(times),"#
      + #""pattern":"\#(pattern)","pattern_type":"stix","valid_from":"2026-01-02T03:04:05Z"\#(more)}"#
  }

  private func bundle() throws -> STIXBundle {
    try Given.bundle(
      Self.indicator(
        1, "[ipv4-addr:value = '198.51.100.9'] OR [ipv6-addr:value = '2001:db8::9']",
        #","name":"C2 | a=b\n","confidence":90"#),
      Self.indicator(
        2, "[url:value = 'https://c2.example/a?b=c']",
        #","name":"=HYPERLINK(1)","description":"line one\nline two <b>","object_marking_refs":["\#(TLP.amberStrict.markingID)"]"#
      ),
      Self.indicator(
        3, "[file:hashes.'SHA-256' = '\(String(repeating: "a", count: 64))']", #","name":"*x* [y](https://z.example)""#),
      Self.indicator(4, "[ipv4-addr:value = '198.51.100.10']", #","revoked":true"#),
      Self.indicator(5, "[network-traffic:dst_port = 4444 AND network-traffic:src_port = 1]"),
      TLP.amberStrict.markingDefinition,
      #"{"type":"sighting","spec_version":"2.1","id":"sighting--00000001-17d4-4cbf-938f-98ee46b3cd3f",\#(Self.times),"#
        + #""sighting_of_ref":"indicator--00000002-17d4-4cbf-938f-98ee46b3cd3f","count":7,"first_seen":"2026-01-03T00:00:00Z","last_seen":"2026-01-04T00:00:00Z"}"#,
      #"{"type":"tool","spec_version":"2.1","id":"tool--00000001-17d4-4cbf-938f-98ee46b3cd3f",\#(Self.times),"name":"t"}"#
    )
  }

  private func written(_ format: FormatID, _ tlp: TLP = .green) throws -> (text: String, losses: [Loss]) {
    let adapter = try #require(AdapterCatalogue.adapter(for: format))
    let first = try adapter.write(try bundle(), terms: Given.terms(tlp))
    #expect(first.output == (try adapter.write(try bundle(), terms: Given.terms(tlp))).output)
    let message = try FormatCatalogue.identify(first.output, contentType: nil, hint: format.slug, maximumBytes: .max)
    #expect(message.format == format)
    #expect(FormatCatalogue.errors(in: message) == [])
    return (String(decoding: first.output, as: UTF8.self), first.losses)
  }

  @Test(arguments: [FormatID.cef, .csv, .ecs, .ocsf]) func `what a tool cannot use is a named loss`(_ format: FormatID)
    throws
  {
    let (text, losses) = try written(format)
    let lost = losses.filter { $0.what.hasPrefix("the ") }.map(\.what)
    #expect(lost.map { $0.split(separator: " ")[1] } == ["indicator", "indicator", "tool"])
    #expect(!text.contains("198.51.100.10") && !text.contains("4444"))
    let adapter = try #require(AdapterCatalogue.adapter(for: format))
    #expect(adapter.abilities == [.write])
    #expect(throws: AdapterFailure.self) {
      try adapter.write(
        try Given.bundle(
          #"{"type":"tool","spec_version":"2.1","id":"tool--00000001-17d4-4cbf-938f-98ee46b3cd3f",\#(Self.times),"name":"t"}"#
        ),
        terms: Given.terms())
    }
  }

  @Test(arguments: [FormatID.cef, .csv, .ecs, .ocsf, .brief]) func `nobody sends these`(_ format: FormatID) throws {
    let adapter = try #require(AdapterCatalogue.adapter(for: format))
    let document = try JSONDocument(Array("{}".utf8))
    #expect(throws: AdapterFailure.self) { try adapter.read(document, origin: Given.origin()) }
    #expect(throws: AdapterFailure.self) {
      try adapter.prune(document, bundle: try self.bundle(), keeping: [], replacing: [:])
    }
  }

  @Test func `a CEF line is one line, with its marks escaped and its label`() throws {
    let lines = try written(.cef).text.split(separator: "\n")
    #expect(lines.count == 5)
    #expect(
      lines[0].hasPrefix(
        #"CEF:0|Entente|Exchange|1|indicator:ipv4|C2 \| a=b |9|dst=198.51.100.9 cs1Label=tlp cs1=TLP:GREEN"#))
    #expect(lines[2].contains(#"request=https://c2.example/a?b\=c cs1Label=tlp cs1=TLP:AMBER+STRICT"#))
    #expect(lines[2].hasSuffix(#"msg=line one\nline two <b>"#))
    #expect(
      lines[4].contains("sighting:url") && lines[4].contains("cnt=7") && lines[4].contains("cs1=TLP:AMBER+STRICT"))
    #expect(lines[4].contains("start=1767398400000 end=1767484800000"))
  }

  @Test func `a table has a row for each value, and no formulas`() throws {
    let rows = CSVText.rows(try written(.csv).text)
    #expect(rows.count == 6 && rows.allSatisfy { $0.cells.count == CSVFormat.header.count })
    #expect(rows[1].cells.prefix(6) == ["ipv4", "198.51.100.9", "TLP:GREEN", "indicator", "C2 | a=b\n", "90"])
    #expect(rows[3].cells[4] == "'=HYPERLINK(1)")
    #expect(rows[5].cells[3] == "sighting" && rows[5].cells[8] == "7")
  }

  @Test func `ECS has each value where its tools look for it`() throws {
    let lines = try written(.ecs).text.split(separator: "\n")
    let documents = try lines.map { try JSONDocument(Array($0.utf8)).root["threat"]?["indicator"] }
    #expect(documents.map { $0?["type"]?.string } == ["ipv4-addr", "ipv6-addr", "url", "file", "url"])
    #expect(documents[0]?["ip"]?.string == "198.51.100.9" && documents[0]?["confidence"]?.string == "High")
    #expect(documents[2]?["url"]?["full"]?.string == "https://c2.example/a?b=c")
    #expect(documents[2]?["marking"]?["tlp"]?.string == "AMBER+STRICT")
    #expect(documents[3]?["file"]?["hash"]?["sha256"]?.string?.count == 64)
    #expect(documents[4]?["sightings"]?.integer == 7)
  }

  @Test func `OCSF writes the strict label with its space`() throws {
    let lines = try written(.ocsf).text.split(separator: "\n")
    let labels = try lines.map { try JSONDocument(Array($0.utf8)).root["osint"]?[0]?["tlp"]?.string }
    #expect(labels == ["GREEN", "GREEN", "AMBER STRICT", "GREEN", "AMBER STRICT"])
  }

  @Test func `a brief has its label at the head of every page, and nothing that somebody could follow`() throws {
    let many = (0..<9).map {
      Self.indicator(
        $0, "[url:value = 'https://c2.example/\($0)']", #","description":"\#(String(repeating: "x\\n", count: 19))y""#)
    }
    let bundle = try STIXBundle(
      reading: try Given.document(
        #"{"type":"bundle","id":"bundle--44af6c39-c09b-49c5-9de2-394224b04982","objects":[\#(many.joined(separator: ","))]}"#
      ))
    let brief = String(decoding: try BriefAdapter().write(bundle, terms: Given.terms(.amber)).output, as: UTF8.self)
    let pages = brief.split(separator: "\n---\n\n")
    #expect(pages.count > 3)
    #expect(pages.enumerated().allSatisfy { $1.hasPrefix("> **TLP:AMBER** · page \($0 + 1) of \(pages.count)\n") })
    let (text, losses) = try written(.brief)
    // The strictest label of what is told.
    #expect(text.hasPrefix("> **TLP:AMBER+STRICT**"))
    #expect(!text.contains("http") && !text.contains("<b>") && !text.contains("[y]("))
    #expect(text.contains("`[url:value = 'hxxps://c2[.]example/a?b=c']`"))
    #expect(losses.allSatisfy { $0.severity <= .meaning })
  }

  @Test func `a brief says what the recipient has to keep to`() throws {
    let terms = OutgoingTerms(
      tlp: .green, obligations: [.init("onward", "none")], sender: nil, acceptedAt: Given.time)
    let text = String(decoding: try BriefAdapter().write(try bundle(), terms: terms).output, as: UTF8.self)
    #expect(text.contains("To be kept: onward is none.") && text.contains("From a partner"))
  }
}
