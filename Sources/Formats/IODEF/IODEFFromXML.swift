import JSON
import XML

/// Writes a document in XML as the JSON that RFC 8727 makes of it.
///
/// Everything of the text is in it: what IODEF does not know stands under its own name, to be found as residue.
struct IODEFFromXML {
  static let namespace = "urn:ietf:params:xml:ns:iodef-2.0"
  /// The member that says that a document was XML.
  static let mark = "xmlns"
  /// What the schema found wrong.
  static let faults = "faults"
  /// Set where the document has comments or processing instructions.
  static let remarks = "remarks"

  static func json(_ document: XMLDocument, faults found: [XMLFinding]) -> [UInt8] {
    var writer = JSONWriter()
    writer.object { writer in
      writer.member(mark, namespace)
      if document.hasRemarks { writer.member(remarks, "comments or processing instructions") }
      if !found.isEmpty {
        writer.member(faults) { list in
          list.array { list in
            for fault in found {
              list.object { entry in
                entry.member("line", fault.line)
                entry.member("path", fault.path)
                entry.member("message", fault.message)
              }
            }
          }
        }
      }
      members(of: document.root, .document, to: &writer)
    }
    return writer.bytes
  }

  private static func write(_ element: XMLElement, _ made: IODEFClass, to writer: inout JSONWriter) {
    writer.object { members(of: element, made, to: &$0) }
  }

  private static func members(
    of element: XMLElement, _ made: IODEFClass, inherited: [XMLAttribute] = [], to writer: inout JSONWriter
  ) {
    var written = WrittenNames([mark, faults, remarks])
    for attribute in element.attributes + inherited {
      // Where schemas lie says nothing of the content.
      if attribute.namespace == "http://www.w3.org/2001/XMLSchema-instance" { continue }
      guard written.insert(attribute.name) else { continue }
      let isWhole = made.attributes.first { $0.name == attribute.name }?.isWhole ?? false
      number(attribute.name, attribute.value, isNumber: isWhole, to: &writer)
    }
    if let text = made.text {
      let inner = element.children.isEmpty ? element.text : element.inside
      if !inner.isEmpty || made.name != "Extension", written.insert(text.name) {
        number(text.name, inner, isNumber: text.isNumber, to: &writer)
      }
      return
    }
    contents(of: element, made, &written, to: &writer)
  }

  /// The elements inside, those of one name together.
  private static func contents(
    of element: XMLElement, _ made: IODEFClass, _ written: inout WrittenNames, to writer: inout JSONWriter
  ) {
    var found: [String: [(XMLElement, [XMLAttribute])]] = [:]
    var strangers: [String] = []
    for child in element.children {
      let name = child.name
      if let held = made.elements.first(where: { $0.holder == name }) {
        if held.content == .reference {
          found[held.name, default: []].append((child, []))
        } else {
          // What a holder says of its parts, they say themselves in JSON.
          for part in child.children { found[part.name, default: []].append((part, child.attributes)) }
        }
      } else {
        if found[name] == nil, !made.elements.contains(where: { $0.name == name }) { strangers.append(name) }
        found[name, default: []].append((child, []))
      }
    }
    for wanted in made.elements {
      guard let parts = found[wanted.name], written.insert(wanted.name) else { continue }
      writer.key(wanted.name)
      if wanted.isList {
        writer.array { list in for (part, more) in parts { content(part, wanted.content, more, to: &list) } }
      } else {
        content(parts[0].0, wanted.content, parts[0].1, to: &writer)
      }
    }
    for name in strangers where written.insert(name) {
      writer.member(name, (found[name] ?? []).map(\.0.source))
    }
  }

  private static func content(
    _ element: XMLElement, _ content: IODEFClass.Content, _ inherited: [XMLAttribute], to writer: inout JSONWriter
  ) {
    switch content {
    case .object(let name):
      let made = IODEFClass.named(name)
      writer.object { members(of: element, made, inherited: made.text == nil ? inherited : [], to: &$0) }
    case .words:
      let attributes = element.attributes
      guard !attributes.isEmpty else { return writer.string(element.text) }
      writer.object { words in
        words.member("value", element.text)
        var written: Set<String> = ["value"]
        for attribute in attributes where written.insert(attribute.name).inserted {
          words.member(attribute.name, attribute.value)
        }
      }
    case .text: writer.string(element.text)
    case .time: writer.string(trimmed(element.text))
    case .integer, .number: number(trimmed(element.text), to: &writer)
    case .raw: writer.string(Base64.text(Array(element.source.utf8)))
    case .digest: writer.string(element.attribute("Algorithm") ?? element.text)
    case .reference: writer.string(element.attribute("uid-ref") ?? "")
    case .lines:
      writer.array { list in
        for line in element.text.split(whereSeparator: \.isNewline) {
          let line = trimmed(String(line))
          if !line.isEmpty { list.string(line) }
        }
      }
    }
  }

  private static func number(_ name: String, _ text: String, isNumber: Bool, to writer: inout JSONWriter) {
    writer.key(name)
    if isNumber { number(trimmed(text), to: &writer) } else { writer.string(text) }
  }

  /// A number as it is written, where JSON writes it so too.
  private static func number(_ text: String, to writer: inout JSONWriter) {
    if let document = try? JSONDocument(Array(text.utf8)), document.root.number != nil {
      writer.value(document.root)
    } else {
      writer.string(text)
    }
  }

  private static func trimmed(_ text: String) -> String {
    // Nearly always there is nothing to trim.
    if let first = text.utf8.first, let last = text.utf8.last, min(first, last) > 0x20, max(first, last) < 0x7F {
      return text
    }
    guard let start = text.firstIndex(where: { !$0.isWhitespace }),
      let end = text.lastIndex(where: { !$0.isWhitespace })
    else { return "" }
    return String(text[start...end])
  }
}

/// The members of an object so far. Nearly all have few, which are compared faster than hashed.
private struct WrittenNames {
  private var few: [String]
  private var many: Set<String> = []

  init(_ names: [String]) { few = names }

  /// Whether the name is new.
  mutating func insert(_ name: String) -> Bool {
    guard many.isEmpty else { return many.insert(name).inserted }
    guard !few.contains(name) else { return false }
    few.append(name)
    if few.count > 24 { many = Set(few) }
    return true
  }
}

/// Base64 by RFC 4648 section 4.
package enum Base64 {
  private static let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  package static func text(_ bytes: [UInt8]) -> String {
    var text: [UInt8] = []
    text.reserveCapacity((bytes.count + 2) / 3 * 4)
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = bytes[start..<min(start + 3, bytes.count)]
      var bits: UInt32 = 0
      for byte in group { bits = bits << 8 | UInt32(byte) }
      bits <<= UInt32(3 - group.count) * 8
      for place in 0..<4 {
        text.append(place <= group.count ? letters[Int(bits >> UInt32(18 - 6 * place) & 63)] : UInt8(ascii: "="))
      }
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// Nil where it is none; white space is skipped.
  package static func bytes(_ text: String) -> [UInt8]? {
    var bytes: [UInt8] = []
    var bits: UInt32 = 0
    var count = 0
    var padding = 0
    for byte in text.utf8 where byte != 0x0A && byte != 0x0D && byte != 0x20 && byte != 0x09 {
      if byte == UInt8(ascii: "=") {
        padding += 1
        continue
      }
      guard padding == 0, let value = values[byte] else { return nil }
      bits = bits << 6 | value
      count += 1
      if count % 4 == 0 {
        bytes += [UInt8(bits >> 16 & 255), UInt8(bits >> 8 & 255), UInt8(bits & 255)]
        bits = 0
      }
    }
    switch count % 4 {
    case 0: return bytes
    case 2: return bytes + [UInt8(bits >> 4 & 255)]
    case 3: return bytes + [UInt8(bits >> 10 & 255), UInt8(bits >> 2 & 255)]
    default: return nil
    }
  }

  private static let values: [UInt8: UInt32] = Dictionary(
    uniqueKeysWithValues: letters.enumerated().map { ($0.element, UInt32($0.offset)) })
}
