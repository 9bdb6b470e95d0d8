import Glibc
import JSON

/// The part of a message in which a fault lies, with a mark under it; a text on one line is laid out first.
package struct FaultExcerpt: Sendable, Equatable {
  /// One line of the message, numbered from 1 as shown.
  package struct Line: Sendable, Equatable {
    package var number: Int
    package var text: String
    /// Where the mark stands beneath it, in characters from 0; nil for lines without fault.
    package var mark: Range<Int>?
  }

  package private(set) var lines: [Line] = []
  /// What the mark stands for, or why there is none.
  package private(set) var note: String?
  /// True where the message goes on above or below.
  package private(set) var hasMoreAbove = false
  package private(set) var hasMoreBelow = false

  /// - Parameters:
  ///   - location: a JSON Pointer, `line:column`, the name of a property beside the body, or nil.
  ///   - context: how many lines are shown before and after the fault; nil shows the message whole.
  package init(of body: [UInt8], at location: String?, context: Int? = 5) {
    let place = Place(location, in: body)
    note = place.note
    guard !body.isEmpty else {
      note = "The message has no body."
      return
    }
    var layout = LineLayout(isReflowed: place.isReflowed, target: place.range, context: context)
    layout.run(body)
    lines = layout.lines.map { $0.shown(whole: context == nil) }
    hasMoreAbove = (lines.first?.number ?? 1) > 1
    hasMoreBelow = layout.isCutShort
  }

  /// As lines of at most this width: long ones are cut around the mark.
  package func text(width: Int = PlainText.width) -> [String] {
    let gutter = max(4, String(lines.last?.number ?? 0).count + 2)
    let room = max(20, width - gutter - 3)
    var out: [String] = []
    if hasMoreAbove { out.append(Self.margin("⋮", gutter)) }
    for line in lines {
      let (text, mark) = Self.window(line, room)
      out.append((Self.margin(String(line.number), gutter) + " │ " + text).trimmedAtEnd)
      guard let mark else { continue }
      let caret = String(repeating: " ", count: mark.lowerBound) + String(repeating: "^", count: max(1, mark.count))
      out.append(Self.margin("", gutter) + " │ " + caret)
    }
    if hasMoreBelow { out.append(Self.margin("⋮", gutter)) }
    if let note { out += note.printable.under(String(repeating: " ", count: gutter + 3), width: width) }
    return out
  }

  private static func margin(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
  }

  /// The part of a line that fits, its mark in it.
  private static func window(_ line: Line, _ room: Int) -> (String, Range<Int>?) {
    guard line.text.count > room else { return (line.text, line.mark) }
    guard let mark = line.mark, mark.lowerBound > room / 2 else {
      let shown = line.mark.map { $0.lowerBound..<min($0.upperBound, room - 1) }
      return (line.text.cut(to: room), shown)
    }
    let start = mark.lowerBound - room / 3
    let text = "…" + String(line.text.dropFirst(start)).cut(to: room - 1)
    let shifted = mark.lowerBound - start + 1
    return (text, shifted..<min(shifted + mark.count, room - 1))
  }
}

/// A location as bytes of the text.
private struct Place {
  var range: Range<Int>?
  var note: String?
  /// Laid out anew, since the text as it stands has no lines to speak of.
  var isReflowed = false

  init(_ location: String?, in body: [UInt8]) {
    let isLong = body.count / (LineEnds.count(in: body, from: 0, to: body.count) + 1) > 160
    let limits = JSONLimits(maximumBytes: .max, maximumDepth: 1000)
    let document = isLong || location?.hasPrefix("/") ?? false ? try? JSONDocument(body, limits: limits) : nil
    isReflowed = isLong && document != nil
    guard let location, !location.isEmpty else { return }
    if let offset = Self.offset(of: location, in: body) {
      range = offset..<min(offset + 1, body.count)
      note = "line \(location.split(separator: ":").joined(separator: ", column "))"
    } else if location.hasPrefix("/"), let pointer = try? JSONPointer(location) {
      if let document {
        point(to: pointer, in: document)
      } else {
        note = "\(location) cannot be shown: the text is no JSON now."
      }
    } else {
      note = "The fault lies beside the body, in \(location)."
    }
  }

  /// The value, or the nearest one around it that is there.
  private mutating func point(to pointer: JSONPointer, in document: JSONDocument) {
    var found = pointer
    while document.root.at(found) == nil, !found.tokens.isEmpty {
      found = JSONPointer(tokens: Array(found.tokens.dropLast()))
    }
    guard let value = document.root.at(found) else { return }
    let span = value.span
    range = value.isObject || value.isArray ? span.lowerBound..<(span.lowerBound + 1) : span
    note = found == pointer ? pointer.description : "\(pointer.description) is not there; it belongs in here"
  }

  /// The byte at `line:column`, both from 1, a column being a code point.
  private static func offset(of location: String, in body: [UInt8]) -> Int? {
    let parts = location.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, var line = Int(parts[0]), var column = Int(parts[1]) else { return nil }
    var start = 0
    while line > 1, let end = LineEnds.next(in: body, from: start) {
      start = end + 1
      line -= 1
    }
    guard line == 1 else { return max(0, body.count - 1) }
    for offset in start..<body.count {
      if body[offset] & 0xC0 != 0x80 { column -= 1 }
      if column <= 0 || body[offset] == UInt8(ascii: "\n") { return offset }
    }
    return max(0, body.count - 1)
  }
}

/// Goes through a text once and keeps the lines around a target; lays JSON out anew where asked.
private struct LineLayout {
  struct KeptLine {
    var number: Int
    var bytes: [UInt8]
    var mark: Range<Int>?

    /// The line as text, with the mark in characters. Of a very long line only the part around the mark is taken.
    func shown(whole: Bool) -> FaultExcerpt.Line {
      let from = whole ? 0 : max(0, (mark?.lowerBound ?? 0) - 1000)
      let to = whole ? bytes.count : min(bytes.count, from + 4000)
      let start = from == 0 ? "" : "…"
      func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self).printable }
      let characters = mark.map { mark in
        let before = (start + text(from..<max(from, mark.lowerBound))).count
        return before..<(before + text(max(from, mark.lowerBound)..<max(from, min(to, mark.upperBound))).count)
      }
      return FaultExcerpt.Line(
        number: number, text: start + text(from..<to) + (to == bytes.count ? "" : "…"), mark: characters)
    }
  }

  let isReflowed: Bool
  let target: Range<Int>?
  let context: Int?
  private(set) var lines: [KeptLine] = []
  private(set) var isCutShort = false
  private var line: [UInt8] = []
  private var number = 1
  private var mark: Range<Int>?
  /// The number of the line with the mark.
  private var marked: Int?

  init(isReflowed: Bool, target: Range<Int>?, context: Int?) {
    self.isReflowed = isReflowed
    self.target = target
    self.context = context
  }

  mutating func run(_ body: [UInt8]) {
    if isReflowed { reflow(body) } else { split(body) }
  }

  /// The lines as they stand: those before the target are counted, not looked at.
  private mutating func split(_ body: [UInt8]) {
    var start = 0
    if let target, let context {
      start = LineEnds.last(in: body, before: target.lowerBound)
      for _ in 0..<context where start > 0 { start = LineEnds.last(in: body, before: start - 1) }
      number += LineEnds.count(in: body, from: 0, to: start)
    }
    while start < body.count {
      let end = LineEnds.next(in: body, from: start) ?? body.count
      line = Array(body[start..<end])
      if line.last == UInt8(ascii: "\r") { line.removeLast() }
      if let target, target.lowerBound >= start, target.lowerBound <= end {
        mark = (target.lowerBound - start)..<(min(target.upperBound, end) - start)
        marked = number
      }
      start = end + 1
      guard endLine() else { return isCutShort = start < body.count }
    }
  }

  private mutating func reflow(_ body: [UInt8]) {
    var depth = 0
    var isInString = false
    var isEscaped = false
    for (offset, byte) in body.enumerated() {
      if isInString {
        note(offset)
        line.append(byte)
        isInString = isEscaped || byte != UInt8(ascii: "\"")
        isEscaped = !isEscaped && byte == UInt8(ascii: "\\")
        continue
      }
      switch byte {
      case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"), UInt8(ascii: "\n"): continue
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        depth -= 1
        if !opensOnly { guard newLine(depth) else { return isCutShort = true } }
        note(offset)
        line.append(byte)
        continue
      default: break
      }
      if opensOnly { guard newLine(depth) else { return isCutShort = true } }
      note(offset)
      line.append(byte)
      switch byte {
      case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: ","): guard newLine(depth) else { return isCutShort = true }
      case UInt8(ascii: ":"): line.append(UInt8(ascii: " "))
      case UInt8(ascii: "\""): isInString = true
      default: break
      }
    }
    _ = endLine()
  }

  /// The line ends with an opening bracket: what follows stands on a line of its own, unless it closes it.
  private var opensOnly: Bool { line.last == UInt8(ascii: "{") || line.last == UInt8(ascii: "[") }

  private mutating func newLine(_ depth: Int) -> Bool {
    guard endLine() else { return false }
    line = [UInt8](repeating: UInt8(ascii: " "), count: 2 * max(0, depth))
    return true
  }

  /// Sees whether this byte is in the target, before it is added to the line.
  private mutating func note(_ offset: Int) {
    guard let target, target.contains(offset), marked == nil || marked == number else { return }
    mark = (mark?.lowerBound ?? line.count)..<(line.count + 1)
    marked = number
  }

  /// Keeps the line where it is near the target; false once enough is kept.
  private mutating func endLine() -> Bool {
    if let mark { self.mark = min(mark.lowerBound, line.count)..<min(mark.upperBound, line.count) }
    lines.append(KeptLine(number: number, bytes: line, mark: mark))
    mark = nil
    line = []
    number += 1
    guard let context else { return true }
    if let marked { return number <= marked + context }
    if target == nil { return number <= 2 * context + 1 }
    if lines.count > context { lines.removeFirst() }
    return true
  }
}

/// Finds line ends at the speed of the C library, since a message may have many bytes.
private enum LineEnds {
  /// The next one at or after a place.
  static func next(in body: [UInt8], from start: Int) -> Int? {
    guard start < body.count else { return nil }
    return body.withUnsafeBytes { bytes in
      memchr(bytes.baseAddress! + start, 0x0A, bytes.count - start).map { UnsafeRawPointer($0) - bytes.baseAddress! }
    }
  }

  /// Where the line begins that holds the byte before a place; 0 for the first.
  static func last(in body: [UInt8], before end: Int) -> Int {
    var place = min(end, body.count)
    while place > 0, body[place - 1] != 0x0A { place -= 1 }
    return place
  }

  static func count(in body: [UInt8], from start: Int, to end: Int) -> Int {
    var count = 0
    var place = start
    while let found = next(in: body, from: place), found < end {
      count += 1
      place = found + 1
    }
    return count
  }
}
