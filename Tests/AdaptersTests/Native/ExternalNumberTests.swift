import Contract
import Formats
import JSON
import STIX
import Testing

@testable import Adapters

/// Numbers that formats take and STIX does not.
@Suite struct ExternalNumberTests {
  @Test(arguments: [
    ("CVE-2026-1234", "cve"), ("CVE-2026-0123", "cve"), ("CVE-2026-12345", "cve"), ("CVE-2026-1234567", "cve"),
    ("CVE-2026-0234567", nil), ("CVE-2026-01234", nil), ("CVE-2026-123", nil), ("CVE-2026-", nil), ("CVE-26-1234", nil),
    ("CVE-2026-1234-5", nil), ("CVE-2026-12x4", nil), ("cve-2026-1234", nil), ("CVE-2026-1234\n", nil), ("CVE", nil),
    ("CVE-2026-\u{0661}234", nil), ("", nil), ("CAPEC-66", "capec"), ("CAPEC-0", "capec"), ("CAPEC-", nil),
    ("CAPEC-66,,,", nil), ("CAPEC-6\u{0301}", nil), ("CAPEC-\u{0661}", nil), ("capec-66", nil), ("CWE-79", nil),
  ])
  func `a number is of the register whose form it has`(_ text: String, _ register: String?) {
    #expect(ExternalNumber.register(of: text) == register)
  }

  @Test(arguments: [
    ("cve", "CVE-2026-1234", true), ("cve", "CVE-2026-0234567", false), ("CVE", "CVE-2026-1234", false),
    ("csirt", "CVE-2026-1234", false), ("csirt", "CVE-2026-0234567", true), ("capec", "CAPEC-66", true),
    ("capec", "CVE-2026-1234", false), ("CAPEC", "66", false), ("mitre-attack", "CAPEC-66", false),
    ("mitre-attack", "T1059", true), ("", "", true),
  ])
  func `a reference names its register, and nothing else does`(_ source: String, _ id: String, _ isTaken: Bool) {
    #expect(ExternalNumber.isReference(source: source, id: id) == isTaken)
  }

  @Test(arguments: [
    ("kev", "kev/08-a-number-of-seven-digits", "CVE-2026-1234567", "CVE-2026-0234567"),
    ("csaf", "csaf/12-everything", "CVE-2026-1001", "CVE-2026-0234567"),
    ("iodef-json", "iodef-json/12-methods-hashes-and-keys", "CVE-2026-1001", "CVE-2026-0234567"),
    ("iodef-json", "iodef-json/12-methods-hashes-and-keys", "CAPEC-66", "CAPEC-66,,,"),
    // What names an incident may look like a number, or be called as a register is.
    ("iodef-json", "iodef-json/12-methods-hashes-and-keys", #""id":"7""#, #""id":"CVE-2026-1234""#),
    ("iodef-json", "iodef-json/12-methods-hashes-and-keys", #""name":"csirt.example.org""#, #""name":"cve""#),
    (
      "misp", "misp-read/12-galaxy-of-the-event-and-tag-on-an-attribute", #""synonyms":["APT28"]"#,
      #""external_id":["CAPEC-6\u0661"]"#
    ),
  ])
  func `a number that STIX does not take is read to valid STIX and comes back`(
    _ slug: String, _ golden: String, _ old: String, _ new: String
  ) throws {
    let adapter = try #require(FormatID(slug).flatMap { AdapterCatalogue.adapter(for: $0) })
    let format = try #require(FormatCatalogue.format(adapter.format))
    let source = try JSONDocument(try #require(Files.read("\(GoldenFolder.path)/\(golden)/input.json")))
    let text = String(decoding: JCS.canonical(source.root), as: UTF8.self)
    #expect(text.contains(old))
    let parts = text.split(separator: old, omittingEmptySubsequences: false)
    let input = try JSONDocument(Array(parts.joined(separator: new).utf8))
    #expect(format.errors(input) == [])
    let read = try adapter.read(input, origin: Given.origin())
    #expect(FormatCatalogue.format(.stix)?.errors(read.output.document) == [])
    let clean = try adapter.prune(
      input, bundle: read.output, keeping: Array(read.output.objects.indices), replacing: [:])
    let terms = Given.terms(read.output.labels.compactMap(\.strictest).max() ?? (slug == "kev" ? .clear : .amber))
    let written = try adapter.write(read.output, terms: terms)
    // An event of MISP gets what its format asks for.
    let gone = SaidAgain.differences(try JSONDocument(clean.output).root, try JSONDocument(written.output).root)
      .filter { slug != "misp" || !$0.contains(" is new: ") }
    #expect(gone == [])
  }

  @Test func `a vulnerability of MISP whose number STIX does not take has no reference by it, and comes back`() throws {
    let text = #"""
      {"Event":{"uuid":"5f0b0c4e-1c8e-4d52-9d0a-000000000001","info":"x","date":"2026-11-20","timestamp":"1795514400",
       "threat_level_id":"4","analysis":"0","distribution":"1","Tag":[{"name":"tlp:amber"}],
       "Attribute":[{"uuid":"5f0b0c4e-1c8e-4d52-9d0a-000000000002","type":"vulnerability",
        "category":"External analysis","value":"CVE-2026-0234567","to_ids":false,"timestamp":"1795514400"}]}}
      """#
    let input = try JSONDocument(Array(text.utf8))
    let read = try MISPAdapter().read(input, origin: Given.origin())
    #expect(FormatCatalogue.format(.stix)?.errors(read.output.document) == [])
    let vulnerability = try #require(read.output.objects.first { $0.type == "vulnerability" })
    #expect(vulnerability.name == "CVE-2026-0234567")
    #expect(vulnerability.value["external_references"] == nil)
    let attribute = try JSONDocument(try MISPAdapter().write(read.output, terms: Given.terms()).output)
      .root["Event"]?["Attribute"]?[0]
    #expect(attribute?["type"]?.string == "vulnerability")
    #expect(attribute?["value"]?.string == "CVE-2026-0234567")
  }
}
