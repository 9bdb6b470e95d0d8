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
      case .keyValue: return try JSONDocument(try pairs(text), limits: limits)
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
    // Lines of remarks before the header, as feeds have them.
    let rows = CSVText.rows(words, separator: separator).filter { !($0.cells[0].hasPrefix("#") && $0.cells.count == 1) }
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

  /// One record a line: `key=value key="more words"`.
  private static func pairs(_ text: [UInt8]) throws(FormatFailure) -> [UInt8] {
    guard let words = String(validating: text, as: UTF8.self) else {
      throw FormatFailure(.notReadable, "the text is not UTF-8")
    }
    var records: [[(String, String)]] = []
    for (number, line) in words.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      let line = line.hasSuffix("\r") ? line.dropLast() : line
      if line.isEmpty || line.hasPrefix("#") { continue }
      guard let pairs = pairs(ofLine: line) else {
        throw FormatFailure(.notReadable, "line \(number + 1) is no list of key=value, or has a key twice")
      }
      records.append(pairs)
    }
    var writer = JSONWriter()
    writer.object { writer in
      writer.member("records") { list in
        list.array { list in
          for pairs in records { list.object { record in for (key, value) in pairs { record.member(key, value) } } }
        }
      }
    }
    return writer.bytes
  }

  private static func pairs(ofLine line: Substring) -> [(String, String)]? {
    var pairs: [(String, String)] = []
    var rest = line.drop { $0 == " " || $0 == "\t" }
    while !rest.isEmpty {
      guard let equals = rest.firstIndex(of: "=") else { return nil }
      let key = String(rest[..<equals])
      guard !key.isEmpty, !key.contains(" "), !pairs.contains(where: { $0.0 == key }) else { return nil }
      rest = rest[rest.index(after: equals)...]
      var value = ""
      if rest.first == "\"" {
        rest = rest.dropFirst()
        var isClosed = false
        while let character = rest.first {
          rest = rest.dropFirst()
          if character == "\\", let next = rest.first {
            value.append(next)
            rest = rest.dropFirst()
          } else if character == "\"" {
            isClosed = true
            break
          } else {
            value.append(character)
          }
        }
        guard isClosed, rest.isEmpty || rest.first == " " || rest.first == "\t" else { return nil }
      } else {
        value = String(rest.prefix { $0 != " " && $0 != "\t" })
        rest = rest.dropFirst(value.count)
      }
      if !value.isEmpty { pairs.append((key, value)) }
      rest = rest.drop { $0 == " " || $0 == "\t" }
    }
    return pairs.isEmpty ? nil : pairs
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
      let mark = String(separator)
      var text = names.map { quoted($0, mark) }.joined(separator: mark) + "\n"
      for record in records {
        text += names.map { name in quoted(record.root[name].map(scalar) ?? "", mark) }.joined(separator: mark) + "\n"
      }
      return Array(text.utf8)
    case .keyValue:
      let lines = records.map { record in
        record.root.members.map { "\($0.key)=\(pairValue(scalar($0.value)))" }.joined(separator: " ") + "\n"
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

  private static func quoted(_ cell: String, _ mark: String) -> String {
    guard cell.contains(mark) || cell.contains("\"") || cell.contains(where: \.isNewline) else { return cell }
    return "\"" + cell.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
  }

  private static func pairValue(_ value: String) -> String {
    guard value.contains(where: { " \t\"\\=\n\r".contains($0) }) else { return value }
    var text = "\""
    for character in value {
      if character == "\"" || character == "\\" { text.append("\\") }
      text.append(character.isNewline ? " " : character)
    }
    return text + "\""
  }
}
