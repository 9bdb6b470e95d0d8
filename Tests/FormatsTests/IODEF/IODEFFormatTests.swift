import Contract
import JSON
import Schemas
import Testing

@testable import Formats

@Suite struct IODEFFormatTests {
  private static let head = #"<IODEF-Document version="2.00" xmlns="urn:ietf:params:xml:ns:iodef-2.0">"#
  private static let contact = #"<Contact role="creator" type="organization"><ContactName>C</ContactName></Contact>"#

  private static func xml(_ inner: String, attributes: String = #"purpose="reporting""#) -> String {
    head + "<Incident \(attributes)><IncidentID name=\"a.example\">1</IncidentID>" + inner
      + "</Incident></IODEF-Document>"
  }

  private static let time = "<GenerationTime>2026-11-24T06:00:00Z</GenerationTime>"

  private func identify(_ text: String) throws -> IdentifiedMessage {
    try FormatCatalogue.identify(Array(text.utf8), contentType: nil, hint: nil)
  }

  @Test func `a document in XML is known by its root, and right by its schema`() throws {
    let message = try identify(Self.xml(Self.time + Self.contact))
    #expect(message.format == .iodef && message.version == "2.0" && message.kind == .alert)
    #expect(FormatCatalogue.findings(in: message) == [])
    let incident = message.document.root["Incident"]?[0]
    #expect(incident?["IncidentID"]?["id"]?.string == "1" && incident?["IncidentID"]?["name"]?.string == "a.example")
  }

  @Test(arguments: [
    ("<GenerationTime>2026-11-24T06:00:00Z</GenerationTime>", "Missing child element"),
    (contact + time, "not expected"),
    (time + contact + "<Mood>bad</Mood>", "not expected"),
    ("<GenerationTime>yesterday</GenerationTime>" + contact, "yesterday"),
    (time + #"<Contact role="king" type="organization"/>"#, "king"),
    (time + #"<Contact role="creator"/>"#, "required"),
    (time + contact + "text", "not allowed"),
  ]) func `what the schema does not allow is told with its line and place`(_ inner: String, _ words: String) throws {
    let message = try identify(Self.xml(inner))
    let errors = FormatCatalogue.errors(in: message)
    #expect(errors.contains { $0.rule == "schema-xsd" && $0.message.contains(words) }, "\(errors)")
    #expect(errors.allSatisfy { $0.rule != "schema-xsd" || $0.message.hasPrefix("line 1, /") })
  }

  @Test(arguments: [
    ("<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><a>&x;</a>", FormatFailure.Cause.notXML),
    ("<a>", .notXML), ("<a/>", .unknownFormat),
    (#"<IODEF-Document xmlns="urn:ietf:params:xml:ns:iodef-1.0"/>"#, .unknownFormat),
    ("<?xml version='1.0' encoding='latin1'?><a/>", .notUTF8),
    (String(repeating: "<a>", count: 200) + String(repeating: "</a>", count: 200), .tooDeep),
  ]) func `what is no document of IODEF is refused by its reason`(_ text: String, _ cause: FormatFailure.Cause) {
    do throws(FormatFailure) {
      _ = try FormatCatalogue.identify(Array(text.utf8), contentType: nil, hint: nil)
      Issue.record("it was taken")
    } catch {
      #expect(error.cause == cause, "\(error)")
    }
  }

  @Test func `JSON that says it was XML is no XML`() throws {
    let text = #"{"xmlns":"urn:ietf:params:xml:ns:iodef-2.0","version":"2.00"}"#
    #expect(throws: FormatFailure.self) { try self.identify(text) }
  }

  private static func json(_ more: String) -> String {
    #"{"version":"2.0","Incident":[{"purpose":"reporting","IncidentID":{"id":"1","name":"a.example"},"#
      + #""GenerationTime":"2026-11-24T06:00:00Z","Contact":[{"role":"creator","type":"person"}]\#(more)}]}"#
  }

  @Test(arguments: [
    (#","status":"asleep""#, "schema-enum"),
    (#","StartTime":"2026-02-30T00:00:00Z""#, "iodef-json-time-exists"),
    (#","StartTime":"2026-02-20T00:00:00Z","EndTime":"2026-02-19T00:00:00Z""#, "iodef-json-times-in-order"),
    (
      #","Indicator":[{"IndicatorID":{"id":"a","name":"b","version":"1"}},{"IndicatorID":{"id":"a","name":"b","version":"1"}}]"#,
      "iodef-json-indicator-once"
    ),
    (#","restriction":"ext-value""#, "iodef-json-ext-value"),
    (
      #","EventData":[{"System":[{"Node":{"Address":[{"category":"ipv4-addr","value":"1.2.3.400"}]}}]}]"#,
      "iodef-json-address"
    ),
    (#","mood":"bad""#, "iodef-json-member-unknown"),
    (#","Description":7"#, "schema-anyOf"),
    (#","EventData":{}"#, "schema-type"),
  ]) func `a mistake in JSON is told by its rule`(_ more: String, _ rule: String) throws {
    let message = try identify(Self.json(more))
    #expect(message.format == .iodefJSON)
    #expect(FormatCatalogue.findings(in: message).map(\.rule) == [rule])
  }

  @Test func `what to watch for is no alert`() throws {
    let text = Self.json(#","Indicator":[{"IndicatorID":{"id":"a","name":"b","version":"1"}}]"#)
    let watch = String(text.split(separator: "reporting").joined(separator: "watch"))
    #expect(try identify(watch).kind == .indicators)
    #expect(try identify(text).kind == .alert)
  }

  /// The table of classes, the schema in JSON and the schema in XML say the same of every class.
  @Test func `both schemas know every class and every member of the table`() throws {
    let schema = try #require(try? JSONDocument(SchemaFiles.read("iodef/2.0/document.json")))
    let xsd = String(decoding: try SchemaFiles.read("iodef/2.0/iodef.xsd"), as: UTF8.self)
    var names = ["IODEF-Document"]
    var seen: Set<String> = []
    while let name = names.popLast() {
      guard seen.insert(name).inserted else { continue }
      let made = IODEFClass.named(name)
      let properties = name == "IODEF-Document" ? schema.root["properties"] : schema.root["$defs"]?[name]?["properties"]
      for element in made.elements {
        #expect(properties?[element.name] != nil, "\(name) \(element.name)")
        let isOfOurs =
          element.content != .raw && element.content != .digest && name != "Hash" && name != "ReferenceName"
        let word = element.holder ?? element.name
        if isOfOurs, element.content != .object("Structured"), name != "Structured", element.name != "ReferenceName" {
          #expect(xsd.contains("name=\"\(word)\""), "\(name) \(word)")
        }
        if case .object(let inner) = element.content { names.append(inner) }
      }
      for attribute in made.attributes where attribute.name != "lang" {
        #expect(properties?[attribute.name] != nil, "\(name) \(attribute.name)")
      }
    }
    #expect(seen.count > 55)
  }

  @Test(arguments: ["", "f", "fo", "foo", "foob", "fooba", "foobar", "\u{0}\u{FF}é"])
  func `base64 goes there and back`(_ text: String) {
    #expect(Base64.bytes(Base64.text(Array(text.utf8))) == Array(text.utf8))
    #expect(Base64.text(Array("foobar".utf8)) == "Zm9vYmFy" && Base64.text(Array("fooba".utf8)) == "Zm9vYmE=")
    #expect(Base64.bytes("a") == nil && Base64.bytes("a=b") == nil && Base64.bytes("!!!!") == nil)
  }
}
