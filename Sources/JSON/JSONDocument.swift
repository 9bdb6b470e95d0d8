import CSimdJSON
import Synchronization

/// A JSON text, checked and parsed once, and what its views point into.
///
/// The tape stays in the parser that made it; the parser goes back to a pool when the document ends. A text with at
/// least 64 bytes of spare capacity is parsed in place, any other is copied once.
package final class JSONDocument: @unchecked Sendable {
  // Nothing is written after init, save the table of offsets, which is set once through an atomic.

  /// The text as given.
  package let text: [UInt8]
  /// The tape, for loops that cannot afford views.
  package let tape: JSONTape
  private let parser: Parser
  /// Where the tokens begin, once somebody asks: memory of this document's own.
  private let offsets = Atomic<UnsafeMutablePointer<UInt32>?>(nil)

  /// Reads a text, or says why it is refused: not UTF-8, a byte order mark, bad syntax, lone surrogates, a key twice
  /// in one object, a number that cannot be held, too deep, too large. A whole number that needs more than 64 bits is
  /// held as the nearest double, as any other number that is not whole; its source keeps its digits.
  package init(_ text: [UInt8], limits: JSONLimits = .init()) throws(JSONError) {
    self.text = text
    do {
      (parser, tape) = try Self.parse(text, limits)
    } catch {
      throw error.located(in: text)
    }
  }

  deinit {
    offsets.load(ordering: .relaxed)?.deallocate()
    ParserPool.give(back: parser)
  }

  /// The value that the text is.
  package var root: JSONValue { JSONValue(document: self, index: 1) }

  /// Line and column of a byte of the text, both from 1; a column is a character, not a byte. Counts from the start.
  package func position(of offset: Int) -> (line: Int, column: Int) {
    JSON.position(of: offset, in: text)
  }

  private static func parse(_ text: [UInt8], _ limits: JSONLimits) throws(Fault) -> (Parser, JSONTape) {
    if text.count > limits.maximumBytes {
      throw Fault(
        code: .size, message: "the text has \(text.count) bytes, more than the \(limits.maximumBytes) allowed",
        offset: 0)
    }
    if text.starts(with: [0xEF, 0xBB, 0xBF]) {
      throw Fault(
        code: .syntax, message: "the text begins with a byte order mark, which JSON does not allow", offset: 0)
    }
    guard let parser = ParserPool.take(length: text.count, depth: limits.maximumDepth + 1) else {
      throw outOfMemory(text)
    }
    let padded = text.capacity - text.count >= Int(CSIMDJSON_PADDING)
    var outcome = text.withUnsafeBufferPointer { csimdjson_parse(parser.handle, $0.baseAddress, $0.count, padded) }
    if outcome == CSIMDJSON_REFUSED {
      do {
        let respelled = LargeNumbers.respelled(text, try FaultFinder.largeNumbers(in: text, limits))
        outcome = respelled.withUnsafeBufferPointer { csimdjson_parse(parser.handle, $0.baseAddress, $0.count, false) }
      } catch {
        ParserPool.give(back: parser)
        throw error
      }
    }
    guard outcome == CSIMDJSON_PARSED, let words = csimdjson_tape(parser.handle),
      let strings = csimdjson_strings(parser.handle)
    else {
      ParserPool.give(back: parser)
      throw outcome == CSIMDJSON_OUT_OF_MEMORY
        ? outOfMemory(text) : Fault(code: .syntax, message: "the text is not JSON", offset: 0)
    }
    let tape = JSONTape(words: words, strings: strings)
    if let repeated = DuplicateKeys.first(in: tape) {
      defer { ParserPool.give(back: parser) }
      let offsets = TokenOffsets.table(tape, parser)
      defer { offsets.deallocate() }
      throw duplicate(repeated, text, tape, offsets)
    }
    return (parser, tape)
  }

  private static func outOfMemory(_ text: [UInt8]) -> Fault {
    Fault(code: .size, message: "there is no memory for a text of \(text.count) bytes", offset: 0)
  }

  private static func duplicate(
    _ repeated: DuplicateKeys.Repeated, _ text: [UInt8], _ tape: JSONTape,
    _ offsets: UnsafeMutablePointer<UInt32>
  ) -> Fault {
    let place = JSON.position(of: Int(offsets[repeated.first]), in: text)
    let key = quoted(tape.bytes(repeated.second))
    let message = "the key \(key) stands twice in one object, first at line \(place.line), column \(place.column)"
    return Fault(code: .duplicateKey, message: message, offset: Int(offsets[repeated.second]))
  }

  /// Where in the text the token of a tape word begins.
  func offset(of index: Int) -> Int {
    if let known = offsets.load(ordering: .acquiring) { return Int(known[index]) }
    // The first and the last token need no table.
    if index == 1 || index == Int(truncatingIfNeeded: tape.words[0] & 0xFFFF_FFFF) - 2,
      let structurals = csimdjson_structurals(parser.handle)
    {
      return Int(structurals[index == 1 ? 0 : csimdjson_structural_count(parser.handle) - 1])
    }
    return Int(tokens[index])
  }

  /// For each word of the tape, where its token begins; as long as the document lives.
  var tokens: UnsafePointer<UInt32> {
    if let known = offsets.load(ordering: .acquiring) { return UnsafePointer(known) }
    let made = TokenOffsets.table(tape, parser)
    let (isFirst, known) = offsets.compareExchange(expected: nil, desired: made, ordering: .acquiringAndReleasing)
    guard !isFirst, let known else { return UnsafePointer(made) }
    made.deallocate()
    return UnsafePointer(known)
  }
}
