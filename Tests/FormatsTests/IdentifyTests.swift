import Contract
import Formats
import JSON
import Testing

@Suite struct IdentifyTests {
  static let indicator =
    #"{"type":"indicator","spec_version":"2.1","id":"indicator--33fe3b22-0201-47cf-85d0-97c02164528d","#
    + #""created":"2014-05-08T09:00:00.000Z","modified":"2014-05-08T09:00:00.000Z","#
    + #""pattern":"[ipv4-addr:value = '198.51.100.3']","pattern_type":"stix","valid_from":"2014-05-08T09:00:00Z"}"#
  static let bundle =
    #"{"type":"bundle","id":"bundle--44af6c39-c09b-49c5-9de2-394224b04982","objects":[\#(indicator)]}"#

  private func identify(
    _ text: String, contentType: String? = nil, hint: String? = nil, maximumBytes: Int = 1 << 20
  ) throws(FormatFailure) -> IdentifiedMessage {
    try FormatCatalogue.identify(Array(text.utf8), contentType: contentType, hint: hint, maximumBytes: maximumBytes)
  }

  private func failure(_ text: String, contentType: String? = nil, hint: String? = nil) throws -> FormatFailure {
    try #require(throws: FormatFailure.self) { try identify(text, contentType: contentType, hint: hint) }
  }

  // MARK: Bodies that are no message

  @Test(arguments: [
    ("", FormatFailure.Cause.empty),
    (" \n ", .empty),
    ("name,value\n1,2", .notJSON),
    ("<Event/>", .unknownFormat),
    ("<Event>", .notXML),
    ("<!DOCTYPE a><Event/>", .notXML),
    (#"{"type":"bundle""#, .notJSON),
    (#"{"a":1,"a":2}"#, .duplicateKey),
    (#"{"a":"\uD800"}"#, .notUTF8),
    (#"{"a":1e999}"#, .numberOutOfRange),
    (String(repeating: "[", count: 200) + String(repeating: "]", count: 200), .tooDeep),
    ("[]", .unknownFormat),
    ("17", .unknownFormat),
    ("{}", .unknownFormat),
    (#"{"hello":"world"}"#, .unknownFormat),
  ])
  func `a body that is no message is refused with its cause`(_ text: String, _ cause: FormatFailure.Cause) throws {
    #expect(try failure(text).cause == cause)
  }

  @Test func `a body larger than the limit is refused before it is read`() throws {
    let error = try #require(throws: FormatFailure.self) { try identify(Self.bundle, maximumBytes: 100) }
    #expect(error.cause == .tooLarge)
  }

  @Test func `a failure in the text says line and column`() throws {
    let error = try failure("{\n  \"type\": bundle\n}")
    #expect(error.location == .text(line: 2, column: 11))
  }

  @Test func `an unknown format is answered with the formats that are known`() throws {
    let message = try failure(#"{"hello":"world"}"#).message
    for format in ["STIX 2.1 (stix)", "MISP core (misp)", "NIS2 2026.1 (nis2)"] { #expect(message.contains(format)) }
  }

  @Test(arguments: [
    #"{"type":"bundle","id":"bundle--44af6c39-c09b-49c5-9de2-394224b04982","spec_version":"2.0","objects":[]}"#,
    #"{"type":"indicator","spec_version":"2.0","id":"indicator--33fe3b22-0201-47cf-85d0-97c02164528d"}"#,
  ])
  func `STIX 2.0 is recognised and refused by name`(_ text: String) throws {
    let error = try failure(text)
    #expect(error.cause == .unsupportedVersion)
    #expect(error.message.contains("STIX 2.0") && error.message.contains("STIX 2.1"))
  }

  @Test func `another version of the NIS2 template is refused by name`() throws {
    let error = try failure(#"{"format":"nis2","version":"2031.1"}"#)
    #expect(error.cause == .unsupportedVersion)
    #expect(error.message.contains("NIS2 2031.1"))
  }

  // MARK: Hints

  @Test(arguments: ["text/csv", "text/plain", "application/pdf", "x"])
  func `a content type that no format has is refused`(_ contentType: String) throws {
    let error = try failure(Self.bundle, contentType: contentType)
    #expect(error.cause == .contentTypeMismatch)
    #expect(error.location == .property("content_type"))
    #expect(error.message.contains("application/json"))
  }

  @Test func `a content type of another format is refused`() throws {
    #expect(try failure(Self.bundle, contentType: "application/misp+json").cause == .contentTypeMismatch)
  }

  @Test func `a content type with another version is refused`() throws {
    let error = try failure(Self.bundle, contentType: "application/stix+json;version=2.0")
    #expect(error.cause == .contentTypeMismatch)
  }

  @Test(arguments: [
    nil, "", "application/json", "Application/JSON; charset=utf-8", "application/octet-stream",
    "application/taxii+json", "application/stix+json", "application/stix+json;version=2.1",
    #"application/stix+json; version="2.1""#,
  ])
  func `a content type that agrees, says nothing or is absent is taken`(_ contentType: String?) throws {
    #expect(try identify(Self.bundle, contentType: contentType).format == .stix)
  }

  @Test(arguments: [
    "misp/indicators", "nis2/early-warning", "stix/early-warning", "stix/vulnerability", "csv/indicators", "hello",
    "stix/", "misp",
  ])
  func `a type that contradicts the content is refused and told the right one`(_ hint: String) throws {
    let error = try failure(Self.bundle, hint: hint)
    #expect(error.cause == .typeMismatch)
    #expect(error.location == .property("type"))
    #expect(error.message.contains("stix/indicators"))
  }

  @Test(arguments: [nil, "", "stix", "stix/indicators", "stix/bundle"])
  func `a type that agrees or is absent is taken`(_ hint: String?) throws {
    #expect(try identify(Self.bundle, hint: hint).kind == .indicators)
  }

  @Test func `a hint that could flood a receipt is shortened`() throws {
    let error = try failure(Self.bundle, hint: String(repeating: "x", count: 5000))
    #expect(error.message.count < 400)
  }

  // MARK: What is recognised

  @Test func `each format is recognised by its content`() throws {
    #expect(try identify(Self.bundle).version == "2.1")
    #expect(try identify(Self.indicator).format == .stix)
    #expect(try identify(#"{"Event":{"info":"x"}}"#).format == .misp)
    #expect(try identify(#"{"format":"nis2","version":"2026.1","stage":"early_warning"}"#).format == .nis2)
    #expect(try identify(#"{"receipt":"accepted","message_id":"1"}"#).format == .entente)
  }
}
