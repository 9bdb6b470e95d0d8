import JSON

/// JSON texts on lines: a batch of events in one message.
enum JSONLines {
  static let mediaTypes: Set<String> = [
    "application/x-ndjson", "application/ndjson", "application/jsonl", "application/x-jsonlines",
  ]

  /// The lines as one JSON array; nil where the text does not look like lines of objects.
  ///
  /// A message is one document everywhere else: the line 3 is the element 2 of the list.
  static func array(_ body: [UInt8]) -> [UInt8]? {
    let lines = body.split(whereSeparator: { $0 == 0x0A || $0 == 0x0D })
    guard lines.count > 1, lines.allSatisfy({ $0.first == UInt8(ascii: "{") && Self.end($0) == UInt8(ascii: "}") })
    else {
      return nil
    }
    var text: [UInt8] = [UInt8(ascii: "[")]
    text.reserveCapacity(body.count + 66)
    for (place, line) in lines.enumerated() {
      if place > 0 { text.append(UInt8(ascii: ",")) }
      text.append(contentsOf: line)
    }
    text.append(UInt8(ascii: "]"))
    return text
  }

  private static func end(_ line: ArraySlice<UInt8>) -> UInt8? { line.last { $0 != 0x20 && $0 != 0x09 } }
}
