package import Contract

/// How answers are written for a terminal, a log or a page: plain text, whatever foreign text stands in it.
package enum PlainText {
  /// The width that answers are made for where nobody asks for another.
  package static let width = 100

  /// A number with its thousands apart: `1,826`.
  package static func grouped(_ number: some BinaryInteger) -> String {
    let digits = Array(String(number.magnitude))
    var text = number < 0 ? "-" : ""
    for (place, digit) in digits.enumerated() {
      if place > 0, (digits.count - place) % 3 == 0 { text += "," }
      text.append(digit)
    }
    return text
  }

  /// `1 object`, `1,826 objects`.
  package static func count(_ number: some BinaryInteger, _ one: String, _ many: String? = nil) -> String {
    "\(grouped(number)) \(number == 1 ? one : many ?? one + "s")"
  }

  /// A list in a sentence: `a, b and c`.
  package static func list(_ words: [String], _ joint: String = "and") -> String {
    guard words.count > 1, let last = words.last else { return words.first ?? "" }
    return words.dropLast().joined(separator: ", ") + " \(joint) " + last
  }
}

extension String {
  /// The text without what could move a terminal's cursor, hide a part or turn the direction of reading; line ends and
  /// tabs become spaces.
  package var printable: String {
    guard unicodeScalars.contains(where: { $0.isUnprintable }) else { return self }
    var clean = String.UnicodeScalarView()
    for scalar in unicodeScalars {
      clean.append(!scalar.isUnprintable ? scalar : "\n\r\t".unicodeScalars.contains(scalar) ? " " : "\u{FFFD}")
    }
    return String(clean)
  }

  /// At most so many characters, the last of them `…` where something was cut.
  package func cut(to width: Int) -> String {
    guard width > 0, count > width else { return width > 0 ? self : "" }
    return prefix(width - 1) + "…"
  }

  /// Exactly so many characters.
  package func padded(to width: Int) -> String {
    let text = cut(to: width)
    return text + String(repeating: " ", count: max(0, width - text.count))
  }

  /// The text in lines of at most this width, broken at spaces; words that are longer are broken anywhere.
  package func wrapped(to width: Int) -> [String] {
    let width = max(8, width)
    var lines: [String] = []
    var line = ""
    for word in split(separator: " ") {
      var word = Substring(word)
      if !line.isEmpty, line.count + 1 + word.count > width {
        lines.append(line)
        line = ""
      }
      while line.isEmpty, word.count > width {
        lines.append(String(word.prefix(width)))
        word = word.dropFirst(width)
      }
      line += line.isEmpty ? word : " " + word
    }
    if !line.isEmpty || lines.isEmpty { lines.append(line) }
    return lines
  }

  /// The text behind a label: wrapped, its further lines below the first.
  package func under(_ label: String, width: Int = PlainText.width) -> [String] {
    let space = String(repeating: " ", count: label.count)
    return wrapped(to: width - label.count).enumerated().map { ($0 == 0 ? label : space) + $1 }
  }
}

extension Unicode.Scalar {
  /// Control characters, line and paragraph separators, and marks that turn or hide text.
  fileprivate var isUnprintable: Bool {
    switch value {
    case 0..<0x20, 0x7F..<0xA0, 0xAD, 0x61C, 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0xFEFF, 0xFFF9...0xFFFB,
      0xE0000...0xE007F:
      true
    default: false
    }
  }
}

extension Instant {
  /// To the second, for people: `2026-11-24 06:30:00`, in UTC.
  package var plain: String { "\(day) \(time.prefix(8))" }

  /// `2026-11-24`.
  package var day: String { String(description.prefix(10)) }

  /// `06:30:00.123`.
  package var time: String { String(description.dropFirst(11).dropLast()) }
}

/// Rows of cells under titles, as wide as they need to be.
package struct TextTable: Sendable {
  /// One column; the last one takes the room that is left.
  package struct Column: Sendable {
    package var title: String
    package var isNumber: Bool
    /// Cells are cut to this.
    package var widest: Int

    package init(_ title: String, isNumber: Bool = false, widest: Int = 40) {
      self.title = title
      self.isNumber = isNumber
      self.widest = widest
    }
  }

  package var columns: [Column]
  package var rows: [[String]] = []

  package init(_ columns: [Column]) { self.columns = columns }

  package func lines(width: Int = PlainText.width) -> [String] {
    let all = [columns.map(\.title)] + rows.map { $0.map(\.printable) }
    var widths = columns.indices.map { column in
      min(columns[column].widest, all.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0)
    }
    let taken = widths.dropLast().reduce(0) { $0 + $1 + 2 }
    if let last = widths.indices.last { widths[last] = max(10, width - taken) }
    return all.map { cells in
      let text = columns.indices.map { column in
        let cell = column < cells.count ? cells[column] : ""
        guard columns[column].isNumber else { return cell.padded(to: widths[column]) }
        let number = cell.cut(to: widths[column])
        return String(repeating: " ", count: widths[column] - number.count) + number
      }
      return text.joined(separator: "  ").trimmedAtEnd
    }
  }
}

extension String {
  /// Without spaces at the end.
  package var trimmedAtEnd: String {
    var text = Substring(self)
    while text.last == " " { text.removeLast() }
    return String(text)
  }
}
