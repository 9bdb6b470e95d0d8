import JSON

/// Lines of `key=value key="more words"`, one record each. All by code points: a quote or a space with an accent on it
/// is still one to whoever reads the line.
enum KeyValueText {
  /// The records as a JSON text `{"records": [...]}`; empty lines and those that begin with `#` are none.
  static func records(_ text: [UInt8]) throws(FormatFailure) -> [UInt8] {
    guard let words = String(validating: text, as: UTF8.self) else {
      throw FormatFailure(.notReadable, "the text is not UTF-8")
    }
    var writer = JSONWriter()
    var wrong: Int?
    writer.object { writer in
      writer.member("records") { list in
        list.array { list in
          let lines = words.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
          for (number, line) in lines.enumerated() where wrong == nil {
            let line = line.last == "\r" ? line.dropLast() : line
            if line.isEmpty || line.first == "#" { continue }
            guard let pairs = pairs(line) else {
              wrong = number + 1
              continue
            }
            list.object { record in for (key, value) in pairs { record.member(key, value) } }
          }
        }
      }
    }
    if let wrong {
      throw FormatFailure(.notReadable, "line \(wrong) is no list of key=value, or has a key twice")
    }
    return writer.bytes
  }

  /// The value in quotes where it has to be; a value has one line.
  static func quoted(_ value: String) -> String {
    let marks: Set<Unicode.Scalar> = [" ", "\t", "\"", "\\", "=", "\n", "\r"]
    guard value.unicodeScalars.contains(where: { marks.contains($0) }) else { return value }
    var text = "\""
    for scalar in value.unicodeScalars {
      if scalar == "\"" || scalar == "\\" { text += "\\" }
      text.unicodeScalars.append(scalar == "\n" || scalar == "\r" ? " " : scalar)
    }
    return text + "\""
  }

  /// Nil where the line is none.
  private static func pairs(_ line: Substring.UnicodeScalarView) -> [(String, String)]? {
    var pairs: [(String, String)] = []
    var keys: Set<String> = []
    var rest = line.drop(while: isSpace)
    while !rest.isEmpty {
      guard let equals = rest.firstIndex(of: "=") else { return nil }
      let key = String(rest[..<equals])
      guard !key.isEmpty, !rest[..<equals].contains(" "), keys.insert(key).inserted else { return nil }
      rest = rest[rest.index(after: equals)...]
      var value = String.UnicodeScalarView()
      if rest.first == "\"" {
        rest = rest.dropFirst()
        var isClosed = false
        while let scalar = rest.popFirst() {
          if scalar == "\\", let next = rest.popFirst() {
            value.append(next)
          } else if scalar == "\"" {
            isClosed = true
            break
          } else {
            value.append(scalar)
          }
        }
        guard isClosed, rest.first.map(isSpace) ?? true else { return nil }
      } else {
        value.append(contentsOf: rest.prefix { !isSpace($0) })
        rest = rest.drop { !isSpace($0) }
      }
      if !value.isEmpty { pairs.append((key, String(value))) }
      rest = rest.drop(while: isSpace)
    }
    return pairs.isEmpty ? nil : pairs
  }

  private static func isSpace(_ scalar: Unicode.Scalar) -> Bool { scalar == " " || scalar == "\t" }
}
