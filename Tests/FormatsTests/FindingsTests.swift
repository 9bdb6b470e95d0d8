import Contract
import FoundationEssentials
import JSON
import Testing

@testable import Formats

@Suite struct FindingsTests {
  private func findings(_ text: String, strict: Bool = false) throws -> [Finding] {
    let message = try FormatCatalogue.identify(Array(text.utf8), contentType: nil, hint: nil)
    return FormatCatalogue.findings(in: message, strict: strict)
  }

  private func errors(_ text: String) throws -> [Finding] {
    let message = try FormatCatalogue.identify(Array(text.utf8), contentType: nil, hint: nil)
    let errors = FormatCatalogue.errors(in: message)
    #expect(FormatCatalogue.findings(in: message).filter { $0.severity == .error } == errors)
    return errors
  }

  @Test func `the schemas of every format can be used`() {
    #expect(STIXSchemas.all.trouble == nil)
    #expect(SchemaSet("misp/core").trouble == nil)
    #expect(SchemaSet("nis2/2026.1").trouble == nil)
    #expect(SchemaSet("entente/1").trouble == nil)
  }

  @Test func `a folder without schemas is a finding and no crash`() throws {
    let schemas = SchemaSet("nowhere/1")
    let document = try JSONDocument(Array("{}".utf8))
    let found = schemas.findings("report", in: document.root)
    #expect(found.map(\.rule) == ["schema-missing"])
    #expect(found.map(\.severity) == [.error])
  }

  // MARK: STIX

  @Test func `a good bundle and a good single object have no errors`() throws {
    #expect(try errors(IdentifyTests.bundle) == [])
    #expect(try errors(IdentifyTests.indicator) == [])
  }

  @Test func `a missing property is named with its place`() throws {
    let text = IdentifyTests.bundle.replacing(#""pattern_type":"stix","#, with: "")
    let found = try errors(text)
    #expect(found.contains { $0.location.description.hasPrefix("/objects/0") && $0.message.contains("pattern_type") })
    #expect(found.allSatisfy { $0.rule.hasPrefix("schema") })
  }

  @Test func `a rule beyond the schema is found`() throws {
    let text = IdentifyTests.bundle.replacing(
      #""modified":"2014-05-08T09:00:00.000Z""#, with: #""modified":"2013-05-08T09:00:00.000Z""#)
    #expect(try errors(text).map(\.rule) == ["stix-modified-before-created"])
  }

  @Test func `a pattern that is none is found`() throws {
    let text = IdentifyTests.bundle.replacing("'198.51.100.3'", with: "'198.51.100.3")
    #expect(try errors(text).map(\.rule) == ["stix-pattern"])
  }

  @Test(arguments: [
    #"{"type":"bundle","objects":[]}"#,
    #"{"type":"bundle","id":"bundle--1","objects":[{}]}"#,
    #"{"type":"bundle","id":"bundle--44af6c39-c09b-49c5-9de2-394224b04982","objects":{}}"#,
    #"{"type":"bundle","id":"bundle--44af6c39-c09b-49c5-9de2-394224b04982","objects":[7]}"#,
    #"{"type":"bundle","id":"bundle--44af6c39-c09b-49c5-9de2-394224b04982","objects":[{"type":7}]}"#,
    #"{"type":"bundle","id":"bundle--44af6c39-c09b-49c5-9de2-394224b04982","objects":[{"type":"bundle"}]}"#,
    #"{"type":"x-thing","spec_version":"2.1"}"#,
  ])
  func `what is hardly STIX is an error and no crash`(_ text: String) throws {
    #expect(try findings(text).contains { $0.severity == .error })
  }

  private static func observed(_ observable: String) -> String {
    #"{"type":"observed-data","spec_version":"2.1","id":"observed-data--33fe3b22-0201-47cf-85d0-97c02164528d","#
      + #""created":"2014-05-08T09:00:00.000Z","modified":"2014-05-08T09:00:00.000Z","number_observed":1,"#
      + #""first_observed":"2014-05-08T09:00:00Z","last_observed":"2014-05-08T09:00:00Z","#
      + #""objects":{"0":{"id":"\#(observable)},"1":{"type":"directory","path":"/","#
      + #""id":"directory--33fe3b22-0201-47cf-85d0-97c02164528d"}}}"#
  }

  @Test(arguments: [
    (#"file--33fe3b22-0201-47cf-85d0-97c02164528d","type":"file","size":1"#, "/objects/0"),
    (#"file--33fe3b22-0201-47cf-85d0-97c02164528d","type":"file","name":7"#, "/objects/0/name"),
    (#"url--33fe3b22-0201-47cf-85d0-97c02164528d","type":"url","value":"a b""#, "/objects/0/value"),
    (#"0","type":"url","value":"a:b""#, "/objects/0/id"),
  ])
  func `an observable inside observed-data is judged by its own schema`(_ observable: String, _ place: String) throws {
    let found = try errors(Self.observed(observable))
    #expect(found.map(\.location.description) == [place], "\(found)")
  }

  @Test func `observables inside observed-data refer to one another by key`() throws {
    let file = #"file--33fe3b22-0201-47cf-85d0-97c02164528d","type":"file","name":"n","parent_directory_ref":"1""#
    #expect(try errors(Self.observed(file)) == [])
    #expect(try errors(Self.observed(file.replacing(#"_ref":"1""#, with: #"_ref":"0""#))).count == 1)
  }

  @Test(arguments: ["a", "ab", "Foo", "é_é"])
  func `a property of an extension has a name of three to 250 letters`(_ name: String) throws {
    let definition = "extension-definition--33fe3b22-0201-47cf-85d0-97c02164528d"
    func text(_ name: String) -> String {
      #"{"type":"mutex","spec_version":"2.1","id":"mutex--33fe3b22-0201-47cf-85d0-97c02164528d","name":"n","#
        + #""extensions":{"\#(definition)":{"extension_type":"property-extension","\#(name)":1}}}"#
    }
    #expect(try errors(text(name)).map(\.location.description) == ["/extensions/\(definition)/\(name)"])
    #expect(try errors(text("abc")) == [])
    #expect(try errors(text("id")) == [])
  }

  @Test(arguments: [
    (#""type":"windows-registry-key","key":"HKLM\\Software""#, "/key"),
    (#""type":"windows-registry-key","key":"hkcu""#, "/key"),
    (
      #""type":"file","name":"n","extensions":{"windows-pebinary-ext":{"pe_type":"exe"}}"#,
      "/extensions/windows-pebinary-ext"
    ),
  ])
  func `what one sentence of the specification asks is asked`(_ members: String, _ place: String) throws {
    let type = members.split(separator: "\"")[2]
    let text = "{\"id\":\"\(type)--33fe3b22-0201-47cf-85d0-97c02164528d\",\"spec_version\":\"2.1\",\(members)}"
    #expect(try errors(text).map(\.location.description) == [place])
    let right = text.replacing("HKLM", with: "HKEY_LOCAL_MACHINE").replacing("hkcu", with: "HKEY_CURRENT_USER")
      .replacing(#""pe_type":"exe""#, with: #""pe_type":"exe","number_of_sections":3"#)
    #expect(try errors(right) == [])
  }

  @Test func `an incident with our extension is judged by its schema`() throws {
    let text =
      #"{"type":"incident","spec_version":"2.1","id":"incident--33fe3b22-0201-47cf-85d0-97c02164528d","#
      + #""created":"2014-05-08T09:00:00.000Z","modified":"2014-05-08T09:00:00.000Z","name":"x","extensions":{"#
      + #""\#(RegulatoryExtension.id)":{"extension_type":"property-extension","regime":"nis2","stage":"last_report"}}}"#
    let found = try findings(text)
    #expect(found.contains { $0.location.tokens.last == "stage" })
  }

  // MARK: NIS2

  static let report =
    #"{"format":"nis2","version":"2026.1","stage":"early_warning","reference":"NL-1","title":"Down","#
    + #""member_state":"NL","csirt":{"name":"NCSC"},"reporting_entity":{"name":"Grid","sector":"energy"},"#
    + #""aware_at":"2026-11-24T04:30:00Z","submitted_at":"2026-11-24T09:15:00Z","suspected_malicious":"yes","#
    + #""cross_border":{"suspected":"no"},"tlp":"TLP:AMBER"}"#

  @Test func `a good early warning has no findings`() throws {
    #expect(try findings(Self.report) == [])
  }

  @Test(arguments: [
    (#""aware_at":"2026-11-24T04:30:00Z","#, "aware_at"),
    (#","suspected_malicious":"yes""#, "suspected_malicious"),
    (#""cross_border":{"suspected":"no"},"#, "cross_border"),
    (#""reference":"NL-1","#, "reference"),
    (#""name":"Grid","#, "name"),
  ])
  func `an early warning without what it requires is refused by name`(_ part: String, _ name: String) throws {
    let found = try findings(Self.report.replacing(part, with: ""))
    #expect(found.contains { $0.severity == .error && $0.message.contains(name) }, "\(found)")
  }

  @Test(arguments: [
    "incident_notification", "intermediate_report", "progress_report", "final_report", "voluntary_notification",
  ])
  func `a later stage asks for more than an early warning says`(_ stage: String) throws {
    let found = try findings(Self.report.replacing("early_warning", with: stage))
    #expect(found.contains { $0.severity == .error })
  }

  @Test(arguments: [
    ("2026-11-24T09:15:00Z", "2026-11-24T04:00:00Z", "nis2-times-in-order", Finding.Severity.error),
    ("2026-11-24T09:15:00Z", "2026-11-25T04:30:01Z", "nis2-early-warning-late", .warning),
    ("2026-11-24T04:30:00Z", "2026-02-30T04:30:00Z", "nis2-time-exists", .error),
    (#""suspected":"no""#, #""suspected":"no","member_states":["BE"]"#, "nis2-cross-border-states", .warning),
    (#","tlp":"TLP:AMBER""#, "", "nis2-marking-missing", .warning),
    (#""sector":"energy""#, #""sector":"energy","subsector":"rail""#, "nis2-subsector", .warning),
  ])
  func `a rule across fields is found`(_ old: String, _ new: String, _ rule: String, _ severity: Finding.Severity)
    throws
  {
    let found = try findings(Self.report.replacing(old, with: new))
    #expect(found.map(\.rule) == [rule])
    #expect(found.map(\.severity) == [severity])
    #expect(try findings(Self.report.replacing(old, with: new), strict: true).map(\.severity) == [.error])
  }

  @Test(
    arguments: [
      (2026, 1, 31, 2026, 2, 28), (2028, 1, 31, 2028, 2, 29), (2026, 12, 24, 2027, 1, 24), (2026, 5, 31, 2026, 6, 30),
    ] as [(Int64, Int64, Int64, Int64, Int64, Int64)])
  func `a month later is the same day, or the last of a shorter month`(
    _ year: Int64, _ month: Int64, _ day: Int64, _ nextYear: Int64, _ nextMonth: Int64, _ nextDay: Int64
  ) {
    let noon: Int64 = 43_200_000
    let start = CivilDate(year: year, month: month, day: day).dayNumber * 86_400_000 + noon
    let end = CivilDate(year: nextYear, month: nextMonth, day: nextDay).dayNumber * 86_400_000 + noon
    #expect(Instant(milliseconds: start).addingAMonth() == Instant(milliseconds: end))
  }

  @Test(arguments: [
    ("ipv4", "203.0.113.300"), ("ipv4", "example.com"), ("ipv6", "203.0.113.3"), ("md5", "zz"), ("cve", "2026-1"),
    ("mac", "D2:FB:49:24:37:18"), ("asn", "sixty"), ("email", "nobody"), ("colour", "blue"), ("sha256", "00"),
  ])
  func `an indicator whose value is not of its type is refused`(_ type: String, _ value: String) throws {
    let text = Self.report.dropLast() + #","indicators":[{"type":"\#(type)","value":"\#(value)"}]}"#
    let found = try findings(String(text))
    #expect(found.contains { $0.severity == .error && $0.location.description.hasPrefix("/indicators/0") })
  }

  @Test func `the example of an early warning is valid`() throws {
    let path =
      String(#filePath.dropLast("Tests/FormatsTests/FindingsTests.swift".count))
      + "Examples/transatlantic/messages/early-warning.json"
    let bytes = try #require(FileManager.default.contents(atPath: path).map { Array($0) })
    let message = try FormatCatalogue.identify(bytes, contentType: "application/json", hint: "nis2/early-warning")
    #expect(FormatCatalogue.findings(in: message) == [])
  }

  // MARK: MISP

  static let event =
    #"{"Event":{"uuid":"0b988513-9535-42f0-9ebc-5d6aec2e1c79","info":"x","date":"2026-11-24","timestamp":"1795514400","#
    + #""Attribute":[{"uuid":"91ae0a21-c7ae-4c7f-b84b-b84a7ce53d1f","type":"md5","category":"Payload delivery","#
    + #""value":"8764605c6f388c89096b534d33565802"}]}}"#

  @Test func `a good MISP event has no findings`() throws {
    #expect(try findings(Self.event) == [])
  }

  @Test(arguments: [
    (#""timestamp":"1795514400""#, #""timestamp":1795514400.5"#, "schema-type"),
    (#""date":"2026-11-24","#, "", "schema-required"),
    ("2026-11-24", "2026-02-30", "misp-date-exists"),
    ("8764605c6f388c89096b534d33565802", "8764", "misp-hash-length"),
    ("91ae0a21-c7ae-4c7f-b84b-b84a7ce53d1f\",\"type\":\"md5\"", "91ae0a21\",\"type\":\"md5\"", "schema-pattern"),
    (#""type":"md5""#, #""type":"filename|md5""#, "schema-pattern"),
  ])
  func `a mistake in a MISP event is found`(_ old: String, _ new: String, _ rule: String) throws {
    #expect(try findings(Self.event.replacing(old, with: new)).map(\.rule) == [rule])
  }

  private static func attribute(_ type: String, _ value: String, _ members: String = "") -> String {
    event.replacing(#""type":"md5""#, with: #""type":"\#(type)"\#(members)"#)
      .replacing("8764605c6f388c89096b534d33565802", with: value)
  }

  @Test(arguments: [
    ("ip-dst", "198.51.100.3"), ("ip-src", "2001:db8::/32"), ("ip-dst|port", "198.51.100.3|443"),
    ("ip-src|port", "2001:db8::1|53"), ("domain|ip", "www.example.com|198.51.100.3"), ("hostname|port", "a.example|80"),
    ("port", "65535"), ("AS", "64496"), ("AS", "AS64496"), ("AS", "1.10"), ("mac-address", "D2-FB-49-24-37-18"),
    ("mac-eui-64", "d2:fb:49:ff:fe:24:37:18"), ("size-in-bytes", "0"), ("counter", "3"), ("boolean", "True"),
    ("hex", "00ff"), ("hostname", "_sip._tcp.example.com"), ("domain", "bücher.example"), ("email", "o'n@example.com"),
    ("link", "https://example.com/?a=b|c"), ("url", "hxxp://evil.example/"), ("vulnerability", "CVE-2026-12345"),
    ("vulnerability", "GHSA-jfh8-c2jp-5v3q"), ("weakness", "CWE-79"), ("filename|ssdeep", "a|b|3:ab:cd"),
    ("ssdeep", "96:s4Ud1Lj96tHHlZ:sF1Lj"), ("filename", "any|thing"), ("text", "999.1.1.1"),
    ("filename|md5", "a|b.exe|8764605c6f388c89096b534d33565802"), ("regkey|value", "HKLM\\\\x|y"),
  ])
  func `a value of its type's form is taken`(_ type: String, _ value: String) throws {
    #expect(try findings(Self.attribute(type, value)) == [])
  }

  @Test(arguments: [
    ("ip-dst", "999.1.2.3"), ("ip-dst", "198.51.100.3/33"), ("ip-src", "2001:db8::/129"),
    ("ip-dst|port", "198.51.100.3|70000"), ("ip-dst|port", "198.51.100.0/40|80"), ("ip-src|port", "a|80"),
    ("hostname|port", "a.example|http"), ("port", "443/tcp"), ("port", "-1"),
    ("AS", "ASx"), ("AS", "4294967296"), ("mac-address", "d2:fb:49:24:37"), ("mac-eui-64", "d2:fb:49:24:37:18"),
    ("size-in-bytes", "12 kB"), ("counter", "-2"), ("boolean", "yes"), ("hex", "0xff"),
  ])
  func `a value that is not of its type is refused`(_ type: String, _ value: String) throws {
    let found = try findings(Self.attribute(type, value))
    #expect(found.map(\.rule) == ["misp-value"])
    #expect(found.map(\.location.description) == ["/Event/Attribute/0/value"])
  }

  @Test(arguments: [
    ("ip-dst", "example.com"), ("domain|ip", "example.com|none"), ("domain", "http://example.com/"),
    ("hostname", "SERVER01"), ("email", "nobody"), ("link", "example.com/a"),
    ("url", "not a url"), ("vulnerability", "2026-12345"), ("weakness", "XSS"), ("ssdeep", "abc"),
    ("filename|ssdeep", "a|abc"), ("domain|ip", "a b.example|198.51.100.3"),
  ])
  func `a value of an odd form is taken with a warning`(_ type: String, _ value: String) throws {
    #expect(try findings(Self.attribute(type, value)).map(\.rule) == ["misp-value-form"])
    #expect(try errors(Self.attribute(type, value)) == [])
  }

  @Test(arguments: [
    (#","distribution":"4","sharing_group_id":"7""#, []), (#","distribution":4,"sharing_group_id":7"#, []),
    (#","distribution":"5","sharing_group_id":null"#, []), (#","distribution":"4""#, ["schema-anyOf"]),
    (#","distribution":"4","sharing_group_id":"0""#, ["misp-sharing-group"]),
    (#","distribution":"4","sharing_group_id":null"#, ["misp-sharing-group"]),
    (#","distribution":"3","sharing_group_id":"7""#, ["misp-sharing-group-unused"]),
    (#","distribution":"6""#, ["schema-enum"]),
    (#","first_seen":"2026-01-02T00:00:00+02:00","last_seen":"2026-01-01T23:00:00.5+00:00""#, []),
    (#","first_seen":"2026-01-02T00:00:00+00:00","last_seen":"2026-01-02T00:30:00+01:00""#, ["misp-seen-in-order"]),
  ])
  func `distribution, sharing group and times of an attribute go together`(_ members: String, _ rules: [String]) throws
  {
    #expect(try findings(Self.attribute("md5", "8764605c6f388c89096b534d33565802", members)).map(\.rule) == rules)
  }

  @Test func `a category that the format does not list is a warning`() throws {
    let text = Self.event.replacing("Payload delivery", with: "Payload deliveries")
    #expect(try findings(text).map(\.rule) == ["misp-category"])
  }

  @Test func `two attributes with one UUID are found`() throws {
    let second =
      #"},{"uuid":"91AE0A21-c7ae-4c7f-b84b-b84a7ce53d1f","type":"domain","category":"Network activity","value":"a.b"}]"#
    let text = Self.event.replacing("}]", with: second)
    #expect(try findings(text).map(\.rule) == ["misp-uuid-unique"])
  }

  // MARK: Receipts

  @Test func `a receipt is valid, of no kind, and judged by its schema`() throws {
    let text =
      #"{"receipt":"accepted","message_id":"1","sender":"us-cisa","at":"2026-11-24T06:30:00.000Z","#
      + #""kind":"indicators","lane":"threat"}"#
    #expect(try findings(text) == [])
    let message = try FormatCatalogue.identify(Array(text.utf8), contentType: nil, hint: "entente")
    #expect(FormatCatalogue.kind(of: message) == nil)
    #expect(throws: FormatFailure.self) {
      try FormatCatalogue.identify(Array(text.utf8), contentType: nil, hint: "entente/acknowledgement")
    }
    #expect(try !findings(text.replacing("accepted", with: "perhaps")).isEmpty)
  }

  // MARK: Catalogue

  @Test func `each rule has an id of its own, a statement and a source`() {
    var ids: Set<String> = []
    for format in FormatCatalogue.all {
      for rule in format.rules {
        #expect(ids.insert(rule.id).inserted)
        #expect(rule.id.hasPrefix(format.id.slug + "-"))
        #expect(rule.statement.hasSuffix(".") && !rule.source.isEmpty)
      }
    }
  }
}

extension String {
  /// Foundation's name for this is not at hand here.
  fileprivate func replacing(_ part: String, with other: String) -> String {
    guard let range = firstRange(of: part) else { return self }
    return String(self[..<range.lowerBound]) + other + self[range.upperBound...]
  }
}
