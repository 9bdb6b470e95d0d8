import Contract
import Partners
import Testing

@testable import Sharing

/// Descriptions of partners' formats as part of the configuration.
@Suite struct PartnerPagesTests {
  private static let mapping = """
    mapping: acme-feed
    text: csv
    required: [ip]
    objects:
      - type: ipv4-addr
        set: {value: {from: ip}}
    examples:
      - input: "ip\\n198.51.100.7\\n"
        gives: [{type: ipv4-addr}]

    """
  private static let converter = """
    converter: acme-xml
    kind: indicators
    script: acme.py
    sha256: "\(String(repeating: "0", count: 64))"

    """

  private func folder(_ files: [String: String] = [:], sends: String = "[stix]", accepts: String = "stix") throws
    -> TestFolder
  {
    var all = [
      "hub.yaml": ConfigurationLoadTests.hub,
      "agencies/alpha.yaml": ConfigurationLoadTests.alpha.replacing("[stix]", with: sends)
        .replacing("format: stix", with: "format: \(accepts)"),
    ]
    for (name, text) in files { all[name] = text }
    return try TestFolder(all)
  }

  static let wrong: [(String, String, String)] = [
    ("mappings/acme-feed.yaml", mapping.replacing("text: csv", with: "text: xml"), "mappings/acme-feed.yaml:2: /text"),
    ("mappings/acme-feed.yaml", mapping.replacing("{from: ip}", with: "{form: ip}"), "mappings/acme-feed.yaml:6: "),
    ("mappings/acme-feed.yaml", mapping + "kind: spaceship\n", "mappings/acme-feed.yaml:10: /kind"),
    ("mappings/other.yaml", mapping, "by the file's name it is \"other\""),
    ("mappings/csaf.yaml", mapping.replacing("acme-feed", with: "csaf"), "every exchange has"),
    ("mappings/acme-feed.yaml", "mapping: [", "mappings/acme-feed.yaml:"),
    ("mappings/acme-feed.yml", mapping, "files end in .yaml here"),
    (
      "converters/acme-xml.yaml", converter.replacing("acme.py", with: "../acme.py"),
      "converters/acme-xml.yaml:3: /script"
    ),
    (
      "converters/acme-xml.yaml", converter.replacing("kind: indicators", with: "kind: x"),
      "converters/acme-xml.yaml:2: "
    ),
    ("converters/acme-xml.yaml", converter + "interpreter: [python3]\n", "whole path"),
    ("converters/acme-xml.yaml", converter + "seconds: 600\n", "from 1 to 60"),
    ("converters/acme-xml.yaml", converter + "network: true\n", "no word here"),
  ]

  @Test(arguments: wrong)
  func `with a fault refuses the whole folder, and names file and line`(name: String, text: String, finding: String)
    throws
  {
    let findings = try folder([name: text]).findings()
    #expect(findings.contains { $0.contains(finding) }, "\(findings)")
  }

  @Test func `of one name are one too many`() throws {
    let twin = Self.converter.replacing("acme-xml", with: "acme-feed")
    let findings = try folder(["mappings/acme-feed.yaml": Self.mapping, "converters/acme-feed.yaml": twin]).findings()
    #expect(findings.contains { $0.contains("described a second time") })
  }

  @Test func `that are not there cannot be sent or accepted, nor what cannot be read or written`() throws {
    #expect(try folder(sends: "[acme-feed]").findings().first?.contains("agencies/alpha.yaml:4: ") == true)
    #expect(try folder(accepts: "acme-feed").findings().first?.contains("no page in mappings") == true)
    #expect(try folder(accepts: "stix20").findings().first?.contains("it is read only") == true)
    #expect(
      try folder(["converters/acme-xml.yaml": Self.converter], accepts: "acme-xml").findings().first?
        .contains("it is read only") == true)
    let writer = Self.converter + "directions: [write]\n"
    #expect(
      try folder(["converters/acme-xml.yaml": writer], sends: "[acme-xml]").findings().first?
        .contains("it is written only") == true)
  }

  @Test func `are part of the version`() throws {
    let files = ["mappings/acme-feed.yaml": Self.mapping, "converters/acme-xml.yaml": Self.converter]
    let configuration = try folder(files, sends: "[stix, acme-feed, acme-xml, stix20]", accepts: "acme-feed").load()
    #expect(configuration.partners.formats.map(\.slug) == ["acme-feed", "acme-xml"])
    #expect(configuration.partners.mappings[try #require(FormatID("acme-feed"))]?.kind == .bundle)
    let other = try folder(
      ["mappings/acme-feed.yaml": Self.mapping + "version: \"2\"\n"], sends: "[stix, acme-feed]"
    ).load()
    #expect(other.digest != configuration.digest)
  }
}
