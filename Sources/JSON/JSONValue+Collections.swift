extension JSONValue {
  /// The members of an object in the order of the text; empty for anything else.
  package var members: Members { Members(self) }
  /// The elements of an array; empty for anything else.
  package var elements: Elements { Elements(self) }

  /// The members of an object, each with its key decoded.
  package struct Members: Sequence, Sendable {
    private let value: JSONValue

    fileprivate init(_ value: JSONValue) { self.value = value }

    package var underestimatedCount: Int { value.isObject ? value.count : 0 }

    package func makeIterator() -> Iterator { Iterator(value) }

    package struct Iterator: IteratorProtocol {
      private let document: JSONDocument
      private var at: Int
      private let end: Int

      fileprivate init(_ value: JSONValue) {
        document = value.document
        at = value.index + 1
        end = value.isObject ? value.tape.close(value.index) : at
      }

      package mutating func next() -> (key: String, value: JSONValue)? {
        guard at < end else { return nil }
        let key = String(decoding: document.tape.bytes(at), as: UTF8.self)
        let value = JSONValue(document: document, index: at + 1)
        at = document.tape.next(at + 1)
        return (key, value)
      }
    }
  }

  /// The elements of an array.
  package struct Elements: Sequence, Sendable {
    private let value: JSONValue

    fileprivate init(_ value: JSONValue) { self.value = value }

    package var underestimatedCount: Int { value.isArray ? value.count : 0 }

    package func makeIterator() -> Iterator { Iterator(value) }

    package struct Iterator: IteratorProtocol {
      private let document: JSONDocument
      private var at: Int
      private let end: Int

      fileprivate init(_ value: JSONValue) {
        document = value.document
        at = value.index + 1
        end = value.isArray ? value.tape.close(value.index) : at
      }

      package mutating func next() -> JSONValue? {
        guard at < end else { return nil }
        let value = JSONValue(document: document, index: at)
        at = document.tape.next(at)
        return value
      }
    }
  }
}
