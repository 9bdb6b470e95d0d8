/// What bounds a text that is read.
package struct JSONLimits: Sendable, Equatable {
  /// The most bytes that a text may have.
  package var maximumBytes: Int
  /// The most arrays and objects with something in them that may stand inside one another.
  package var maximumDepth: Int

  package init(maximumBytes: Int = 16 << 20, maximumDepth: Int = 100) {
    self.maximumBytes = maximumBytes
    self.maximumDepth = maximumDepth
  }
}

/// Why a text was refused as JSON (RFC 8259), and where. Always permanent: the same bytes fail again.
package struct JSONError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The kinds of refusal.
  package enum Code: String, Sendable, CaseIterable {
    /// Not the grammar of RFC 8259.
    case syntax
    /// Bytes that are not UTF-8.
    case utf8
    /// More levels than the limit.
    case depth
    /// More bytes than the limit, or than memory has room for.
    case size
    /// Nothing but white space.
    case empty
    /// A key twice in one object, compared after decoding its escapes.
    case duplicateKey
    /// A number that neither 64 bits nor a finite double hold.
    case number
    /// An escape `\uD800` to `\uDFFF` that is not half of a pair.
    case surrogate
  }

  package let code: Code
  /// A sentence for people, without the place.
  package let message: String
  /// The byte at fault, from 0.
  package let offset: Int
  /// The line, from 1, and the character in it, from 1.
  package let line: Int
  package let column: Int

  package init(code: Code, message: String, offset: Int, line: Int, column: Int) {
    self.code = code
    self.message = message
    self.offset = offset
    self.line = line
    self.column = column
  }

  package var description: String { "line \(line), column \(column): \(message)" }
}

/// A refusal before its line and column are counted.
struct Fault: Error {
  var code: JSONError.Code
  var message: String
  var offset: Int

  func located(in text: [UInt8]) -> JSONError {
    let place = position(of: offset, in: text)
    return JSONError(code: code, message: message, offset: offset, line: place.line, column: place.column)
  }
}

/// Line and column of a byte, both from 1; a column is a character (a code point), not a byte.
func position(of offset: Int, in text: [UInt8]) -> (line: Int, column: Int) {
  var line = 1
  var column = 1
  for byte in text.prefix(max(0, offset)) {
    if byte == UInt8(ascii: "\n") {
      line += 1
      column = 1
    } else if byte & 0xC0 != 0x80 {
      column += 1
    }
  }
  return (line, column)
}
