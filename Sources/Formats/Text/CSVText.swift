/// Tables in text: cells with a mark between them, in quotes where they have to be (RFC 4180).
package enum CSVText {
  package struct Row: Sendable, Equatable {
    package var cells: [String]
    /// The line on which the row begins, from 1.
    package var line: Int
    /// Whether the first cell stands in quotes.
    package var beginsInQuotes = false
  }

  /// The rows; empty lines are none.
  package static func rows(_ text: String, separator: Unicode.Scalar = ",") -> [Row] {
    var rows: [Row] = []
    var cells: [String] = []
    var cell = String.UnicodeScalarView()
    var line = 1
    var start = 1
    var isQuoted = false
    var wasQuoted = false
    var beginsInQuotes = false
    let scalars = Array(text.unicodeScalars)
    var at = 0
    func isLast(_ place: Int) -> Bool { place + 1 >= scalars.count }
    func endCell() {
      if cells.isEmpty { beginsInQuotes = wasQuoted }
      cells.append(String(cell))
      cell.removeAll()
      wasQuoted = false
    }
    func endRow() {
      let isEmpty = cells.isEmpty && cell.isEmpty && !wasQuoted
      if !isEmpty {
        endCell()
        rows.append(Row(cells: cells, line: start, beginsInQuotes: beginsInQuotes))
        cells = []
      }
      start = line
    }
    while at < scalars.count {
      let scalar = scalars[at]
      if isQuoted {
        if scalar == "\"" {
          if !isLast(at), scalars[at + 1] == "\"" {
            cell.append(scalar)
            at += 1
          } else {
            isQuoted = false
          }
        } else {
          if scalar == "\n" { line += 1 }
          cell.append(scalar)
        }
      } else if scalar == "\"", cell.isEmpty {
        isQuoted = true
        wasQuoted = true
      } else if scalar == separator {
        endCell()
      } else if scalar == "\n" || scalar == "\r" {
        if scalar == "\r", !isLast(at), scalars[at + 1] == "\n" { at += 1 }
        line += 1
        endRow()
      } else {
        cell.append(scalar)
      }
      at += 1
    }
    endRow()
    return rows
  }
}
