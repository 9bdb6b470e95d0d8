/// Why a text is refused as XML.
package struct XMLError: Error, Sendable, Equatable, CustomStringConvertible {
  package enum Code: String, Sendable, CaseIterable {
    case empty, size, encoding
    /// A document type: entities of its own, and files of others. None of it is ever read.
    case doctype
    case syntax, depth
    /// It is a schema, and no usable one.
    case schema
  }

  package var code: Code
  package var message: String
  /// Both from 1; 0 where it concerns the text as a whole.
  package var line: Int
  package var column: Int

  package init(_ code: Code, _ message: String, line: Int = 0, column: Int = 0) {
    self.code = code
    self.message = message
    self.line = line
    self.column = column
  }

  package var description: String { line > 0 ? "\(line):\(column): \(message)" : message }
}

/// How much XML is read.
package struct XMLLimits: Sendable, Equatable {
  package var maximumBytes: Int
  package var maximumDepth: Int

  package init(maximumBytes: Int = 16 << 20, maximumDepth: Int = 100) {
    self.maximumBytes = maximumBytes
    self.maximumDepth = maximumDepth
  }
}
