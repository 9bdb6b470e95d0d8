extension JSONValue {
  /// The bytes of the document's text that are this value: a string with its quotes, a number to its last digit.
  /// The first call for a document costs one walk over its tape.
  package var span: Range<Int> {
    document.text.withUnsafeBufferPointer { span(in: $0) }
  }

  /// Calls `body` with the bytes of this value as they stand in the text.
  package func withSource<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
    document.text.withUnsafeBufferPointer { text in body(UnsafeBufferPointer(rebasing: text[span(in: text)])) }
  }

  private func span(in text: UnsafeBufferPointer<UInt8>) -> Range<Int> {
    let start = document.offset(of: index)
    let isContainer = tape.isContainer(index)
    return tape.span(index, from: start, isContainer ? document.offset(of: tape.close(index)) : start, in: text)
  }

  /// The bytes of this value as they stand in the text, to be handed on untouched.
  package var source: ArraySlice<UInt8> { document.text[span] }
}

extension JSONTape {
  func isContainer(_ index: Int) -> Bool { tag(index) == Tag.object || tag(index) == Tag.array }

  /// Where the value at `index` stands in the text; `tokens` says where tokens begin.
  func span(_ index: Int, in text: UnsafeBufferPointer<UInt8>, _ tokens: UnsafePointer<UInt32>) -> Range<Int> {
    span(index, from: Int(tokens[index]), isContainer(index) ? Int(tokens[close(index)]) : 0, in: text)
  }

  /// The same of a value whose token begins at `start`, and the token that closes it at `close`.
  func span(_ index: Int, from start: Int, _ close: Int, in text: UnsafeBufferPointer<UInt8>) -> Range<Int> {
    switch tag(index) {
    case Tag.object, Tag.array: return start..<(close + 1)
    case Tag.string:
      let decoded = bytes(index)
      let end = start + 1 + decoded.count
      // Without a backslash in it the string stands there as it is. (With one it is longer there: what follows is no
      // quote, or what precedes is not the same.)
      if end < text.count, text[end] == UInt8(ascii: "\""),
        sameBytes(UnsafeBufferPointer(rebasing: text[(start + 1)..<end]), decoded)
      {
        return start..<(end + 1)
      }
      return start..<text.endOfString(start)
    default: return start..<text.endOfScalar(start)
    }
  }
}

extension UnsafeBufferPointer<UInt8> {
  /// The byte after the closing quote of the string whose opening quote is at `start`, in a text known to be JSON.
  fileprivate func endOfString(_ start: Int) -> Int {
    var at = start + 1
    while self[at] != UInt8(ascii: "\"") {
      at += self[at] == UInt8(ascii: "\\") ? 2 : 1
    }
    return at + 1
  }

  /// The byte after the number or word that begins at `start`.
  fileprivate func endOfScalar(_ start: Int) -> Int {
    var at = start
    while at < count {
      switch self[at] {
      case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"), UInt8(ascii: "\n"), UInt8(ascii: ","),
        UInt8(ascii: "]"), UInt8(ascii: "}"):
        return at
      default: at += 1
      }
    }
    return at
  }
}
