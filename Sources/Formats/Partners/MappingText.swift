package import JSON
package import Partners

/// A partner's text as JSON records, and back.
package enum MappingText {
  /// The text as a JSON document: for tables and lines an object `{"records": [...]}`.
  package static func document(
    _ text: [UInt8], _ mapping: Mapping, maximumBytes: Int = 16 << 20
  ) throws(FormatFailure) -> JSONDocument {
    guard text.count <= maximumBytes else {
      throw FormatFailure(.tooLarge, "the text has more than \(maximumBytes) bytes")
    }
    // What lines become is longer than what they were.
    let limits = JSONLimits(maximumBytes: .max)
    do {
      switch mapping.text {
      case .json: return try JSONDocument(text, limits: limits)
      case .csv(let separator): return try JSONDocument(try table(text, separator), limits: limits)
      case .keyValue: return try JSONDocument(try KeyValueText.records(text), limits: limits)
      }
    } catch let error as FormatFailure {
      throw error
    } catch let error as JSONError {
      throw FormatFailure(error)
    } catch {
      throw FormatFailure(.notReadable, "the text cannot be read: \(error)")
    }
  }

  private static func table(_ text: [UInt8], _ separator: Unicode.Scalar) throws(FormatFailure) -> [UInt8] {
    let start = text.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    guard let words = String(validating: text[start...], as: UTF8.self) else {
      throw FormatFailure(.notReadable, "the table is not UTF-8")
    }
    // Lines of remarks before the header, as feeds have them. What stands in quotes is a value.
    let rows = CSVText.rows(words, separator: separator).filter { row in
      !(row.cells[0].hasPrefix("#") && row.cells.count == 1 && !row.beginsInQuotes)
    }
    guard let header = rows.first else { throw FormatFailure(.notReadable, "the table has no header") }
    let names = header.cells.enumerated().map { index, name in
      index == 0 && name.hasPrefix("# ") ? String(name.dropFirst(2)) : name
    }
    guard Set(names).count == names.count else { throw FormatFailure(.notReadable, "two columns have one name") }
    var writer = JSONWriter()
    var wrong: CSVText.Row?
    writer.object { writer in
      writer.member("records") { list in
        list.array { list in
          for row in rows.dropFirst() {
            guard row.cells.count == names.count else {
              wrong = wrong ?? row
              continue
            }
            list.object { record in
              // An empty cell says nothing.
              for (name, cell) in zip(names, row.cells) where !cell.isEmpty { record.member(name, cell) }
            }
          }
        }
      }
    }
    if let wrong {
      throw FormatFailure(
        .notReadable, "line \(wrong.line) has \(wrong.cells.count) cells, and the header \(names.count)")
    }
    return writer.bytes
  }

  /// Records as a text of the partner's.
  package static func text(_ records: [JSONDocument], _ mapping: Mapping) -> [UInt8] {
    switch mapping.text {
    case .json:
      var writer = JSONWriter()
      nest(mapping.records.tokens[...], records, to: &writer)
      return writer.bytes
    case .csv(let separator):
      var names: [String] = []
      for record in records { for (name, _) in record.root.members where !names.contains(name) { names.append(name) } }
      // In a table of one column what begins with # would be a remark.
      let isNarrow = names.count == 1
      func row(_ cells: [String]) -> String {
        cells.map { quoted($0, separator, isNarrow && $0.hasPrefix("#")) }.joined(separator: String(separator)) + "\n"
      }
      var text = row(names)
      for record in records { text += row(names.map { record.root[$0].map(scalar) ?? "" }) }
      return Array(text.utf8)
    case .keyValue:
      let lines = records.map { record in
        record.root.members.map { "\($0.key)=\(KeyValueText.quoted(scalar($0.value)))" }.joined(separator: " ") + "\n"
      }
      return Array(lines.joined().utf8)
    }
  }

  private static func nest(_ tokens: ArraySlice<String>, _ records: [JSONDocument], to writer: inout JSONWriter) {
    if let first = tokens.first {
      writer.object { $0.member(first) { nest(tokens.dropFirst(), records, to: &$0) } }
    } else if records.count == 1, tokens.startIndex == 0 {
      writer.value(records[0].root)
    } else {
      writer.array { list in for record in records { list.value(record.root) } }
    }
  }

  private static func scalar(_ value: JSONValue) -> String { value.string ?? value.description }

  /// By code points: a mark with an accent on it is still a mark to whoever reads the table.
  private static func quoted(_ cell: String, _ mark: Unicode.Scalar, _ always: Bool) -> String {
    guard always || cell.unicodeScalars.contains(where: { $0 == mark || $0 == "\"" || $0 == "\n" || $0 == "\r" }) else {
      return cell
    }
    var quoted = "\""
    for scalar in cell.unicodeScalars {
      if scalar == "\"" { quoted += "\"" }
      quoted.unicodeScalars.append(scalar)
    }
    return quoted + "\""
  }
}
