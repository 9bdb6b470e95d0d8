import Formats
import JSON
import STIX

/// Carries parts of a document into our extension: products and groups by reference, residue left out.
struct CSAFFragments {
  private let reading: NativeReading
  private let trackingID: String
  /// The label of all observables of the document, which is part of their ids.
  private let markingWord: String
  private let residue: Set<Int>

  init(
    _ root: JSONValue, _ reading: NativeReading, _ trackingID: String, _ marking: TLP?, _ residue: [JSONPointer]
  ) {
    self.reading = reading
    markingWord = marking?.word ?? ""
    self.trackingID = trackingID
    self.residue = Set(residue.compactMap { root.at($0)?.index })
  }

  func software(_ product: JSONValue) -> String? {
    product.string.map { reading.id("software", [trackingID, $0, markingWord]) }
  }

  func grouping(_ name: String) -> String { reading.id("grouping", [trackingID, name]) }

  /// The note that becomes the description: the first that describes, summarises or details.
  func describing(_ notes: JSONValue?) -> JSONValue? {
    guard let notes else { return nil }
    for category in ["description", "summary", "details", "general"] {
      if let note = notes.elements.first(where: { $0["category"]?.string == category }) { return note }
    }
    return nil
  }

  /// Whether anything is left of an object without these members.
  func isAnything(of value: JSONValue, without names: Set<String>) -> Bool {
    value.members.contains { !names.contains($0.key) && !residue.contains($0.value.index) }
  }

  /// Writes an object without these members; the note whose text stands elsewhere is written without it.
  func write(_ value: JSONValue, without names: Set<String>, textless: JSONValue? = nil, to writer: inout JSONWriter) {
    writer.object { writer in
      for (key, member) in value.members where !names.contains(key) && !residue.contains(member.index) {
        write(key, member, textless, to: &writer)
      }
    }
  }

  private func write(_ key: String, _ value: JSONValue, _ textless: JSONValue?, to writer: inout JSONWriter) {
    switch key {
    case "product_ids", "products":
      writer.member("\(key)_refs", value.elements.compactMap { software($0) })
    case "group_ids":
      writer.member("\(key)_refs", value.elements.compactMap { $0.string.map { grouping($0) } })
    case "product_reference", "relates_to_product_reference", "beginning_product_reference", "next_product_reference":
      writer.member("\(key)_ref", software(value) ?? "")
    case "product_status":
      writer.member(key) { writer in
        writer.object { writer in
          for (name, list) in value.members where !residue.contains(list.index) {
            writer.member("\(name)_refs", list.elements.compactMap { software($0) })
          }
        }
      }
    default:
      writer.member(key) { write(value, textless, to: &$0) }
    }
  }

  private func write(_ value: JSONValue, _ textless: JSONValue?, to writer: inout JSONWriter) {
    if value.isObject {
      write(value, without: value.index == textless?.index ? ["text"] : [], textless: textless, to: &writer)
    } else if value.isArray {
      writer.array { writer in for element in value.elements { write(element, textless, to: &writer) } }
    } else {
      writer.value(value)
    }
  }

  /// References as STIX has them; the category is the name of the source.
  func writeReferences(_ references: JSONValue?, more: [(source: String, id: String)], to object: inout JSONWriter) {
    guard references?.count ?? 0 > 0 || !more.isEmpty else { return }
    object.member("external_references") { list in
      list.array { list in
        for (source, id) in more { ExternalNumber.reference(source: source, id: id, to: &list) }
        for entry in references?.elements.map({ $0 }) ?? [] {
          list.object { reference in
            reference.member("source_name", entry["category"]?.string ?? "reference")
            if let text = entry["summary"]?.string { reference.member("description", text) }
            if let url = entry["url"]?.string { reference.member("url", url) }
          }
        }
      }
    }
  }
}
