extension JSONValue {
  /// The bytes of the document's text that are this value: a string with its quotes, a number to its last digit.
  /// The first call for a document costs one walk over its tape.
  package var span: Range<Int> {
    let start = document.offset(of: index)
    switch tape.tag(index) {
    case JSONTape.Tag.object, JSONTape.Tag.array:
      return start..<(document.offset(of: tape.close(index)) + 1)
    case JSONTape.Tag.string:
      return start..<document.text.endOfString(start)
    default:
      return start..<document.text.endOfScalar(start)
    }
  }

  /// The bytes of this value as they stand in the text, to be handed on untouched.
  package var source: ArraySlice<UInt8> { document.text[span] }
}

extension [UInt8] {
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
