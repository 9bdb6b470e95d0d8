package import JSON
import XML

/// Writes a document that is JSON as XML.
package struct IODEFToXML {
  /// What XML has no way to say, with the reason.
  package private(set) var losses: [(place: JSONPointer, why: String)] = []

  package init() {}

  package mutating func xml(_ root: JSONValue) -> [UInt8] {
    var writer = XMLWriter()
    var losses: [(place: JSONPointer, why: String)] = []
    let made = IODEFClass.document
    var attributes = [("xmlns", IODEFFromXML.namespace), ("version", "2.00")]
    if let lang = root["lang"]?.string { attributes.append(("xml:lang", lang)) }
    for name in ["format-id", "private-enum-name", "private-enum-id"] {
      if let value = root[name]?.string { attributes.append((name, value)) }
    }
    writer.element("IODEF-Document", attributes) { writer in
      Self.elements(of: root, made, .root, &losses, to: &writer)
    }
    self.losses = losses
    return writer.bytes
  }

  private typealias Losses = [(place: JSONPointer, why: String)]

  private static func element(
    _ name: String, _ value: JSONValue, _ made: IODEFClass, _ place: JSONPointer, _ losses: inout Losses,
    to writer: inout XMLWriter
  ) {
    var lost: Losses = []
    let isStructured = made.name == "Structured"
    let name = isStructured ? "sci:" + name : made.name == "ReferenceName" ? "enum:" + name : name
    var attributes: [(String, String)] = []
    if isStructured { attributes.append(("xmlns:sci", "urn:ietf:params:xml:ns:iodef-sci-1.0")) }
    if made.name == "ReferenceName" { attributes.append(("xmlns:enum", "urn:ietf:params:xml:ns:iodef-enum-1.0")) }
    for attribute in made.attributes {
      let earlier = isStructured ? ["SpecID": "specID", "ContentID": "contentID"][attribute.name] : nil
      guard let member = value[attribute.name] ?? earlier.flatMap({ value[$0] }) else { continue }
      attributes.append((attribute.name == "lang" ? "xml:lang" : attribute.name, scalar(member)))
    }
    if made.name == "Extension", value["dtype"] == nil { attributes.append(("dtype", "string")) }
    writer.element(name, attributes) { writer in
      if let text = made.text {
        guard let member = value[text.name] else { return }
        let isXML = made.name == "Extension" && value["dtype"]?.isString("xml") ?? false
        let inner = scalar(member)
        if isXML, (try? XMLDocument(Array("<a>\(inner)</a>".utf8))) != nil {
          writer.raw(inner)
        } else {
          writer.text(inner)
        }
      } else {
        elements(of: value, made, place, &lost, to: &writer)
      }
    }
    losses += lost
  }

  private static func elements(
    of value: JSONValue, _ made: IODEFClass, _ place: JSONPointer, _ losses: inout Losses, to writer: inout XMLWriter
  ) {
    for wanted in made.elements {
      let earlier = wanted.name == "Nameservers" ? value["NameServers"] : nil
      guard let member = value[wanted.name] ?? earlier else { continue }
      let here = place.appending(wanted.name)
      // Drafts wrote a single text where the list has one.
      let entries = member.isArray && wanted.content != .lines ? member.elements.map { $0 } : [member]
      guard !entries.isEmpty else { continue }
      var lost: Losses = []
      func each(_ writer: inout XMLWriter) {
        for (index, entry) in entries.enumerated() {
          content(wanted, entry, made, member.isArray ? here.appending(index) : here, &lost, to: &writer)
        }
      }
      if let holder = wanted.holder, wanted.content != .reference {
        var inner = writer
        inner.element(holder, []) { each(&$0) }
        writer = inner
      } else {
        each(&writer)
      }
      losses += lost
    }
  }

  private static func content(
    _ wanted: IODEFClass.Element, _ value: JSONValue, _ made: IODEFClass, _ place: JSONPointer,
    _ losses: inout Losses, to writer: inout XMLWriter
  ) {
    switch wanted.content {
    case .object(let name): element(wanted.name, value, .named(name), place, &losses, to: &writer)
    case .words:
      var attributes: [(String, String)] = []
      if let lang = value["lang"]?.string { attributes.append(("xml:lang", lang)) }
      if let id = value["translation-id"]?.string { attributes.append(("translation-id", id)) }
      writer.element(wanted.name, attributes) { $0.text(scalar(value["value"] ?? value)) }
    case .text:
      let isOfEnum = made.name == "ReferenceName"
      let isDigest = wanted.name == "DigestValue"
      let prefix = isOfEnum ? "enum:" : isDigest ? "ds:" : ""
      writer.element(prefix + wanted.name, isDigest ? [signatures] : []) { $0.text(scalar(value)) }
    case .time: writer.element(wanted.name) { $0.text(time(scalar(value))) }
    case .integer, .number: writer.element(wanted.name) { $0.text(scalar(value)) }
    case .digest: writer.element("ds:" + wanted.name, [signatures, ("Algorithm", scalar(value))])
    case .reference: writer.element(wanted.holder ?? wanted.name, [("uid-ref", scalar(value))])
    case .lines:
      let lines = value.isArray ? value.elements.compactMap(\.string) : [scalar(value)]
      writer.element(wanted.name) { $0.text(lines.joined(separator: "\n")) }
    case .raw: raw(wanted.name, scalar(value), place, &losses, to: &writer)
    }
  }

  private static let signatures = ("xmlns:ds", "http://www.w3.org/2000/09/xmldsig#")

  /// What JSON has as base64: an element of another namespace, or a certificate.
  private static func raw(
    _ name: String, _ text: String, _ place: JSONPointer, _ losses: inout Losses, to writer: inout XMLWriter
  ) {
    if let bytes = Base64.bytes(text), let document = try? XMLDocument(bytes), document.root.name == name {
      writer.raw(document.root.source)
    } else if name == "X509Data" {
      writer.element("ds:X509Data", [signatures]) { $0.element("ds:X509Certificate") { $0.text(text) } }
    } else {
      losses.append((place, "it is no XML that could stand in XML"))
    }
  }

  /// XML wants the letter between day and time, and an offset.
  private static func time(_ text: String) -> String {
    var bytes = Array(text.utf8)
    guard bytes.count > 18 else { return text }
    bytes[10] = UInt8(ascii: "T")
    let tail = bytes[19...]
    let hasOffset = tail.contains { $0 == 0x5A || $0 == 0x7A || $0 == 0x2B || $0 == 0x2D }
    if let last = bytes.last, last == 0x7A { bytes[bytes.count - 1] = 0x5A }
    return String(decoding: bytes, as: UTF8.self) + (hasOffset ? "" : "Z")
  }

  private static func scalar(_ value: JSONValue) -> String { value.string ?? value.description }
}
