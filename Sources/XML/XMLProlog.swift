/// What stands before the root element, looked at byte by byte: what is refused there is refused before any parser sees
/// the text.
enum XMLProlog {
  static func check(_ text: [UInt8]) throws(XMLError) {
    var at = text.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    if text.count > 1, text[0] == 0 || text[1] == 0 || text[0] == 0xFE || text[0] == 0xFF {
      throw XMLError(.encoding, "the text is not UTF-8; write it in UTF-8", line: 1, column: 1)
    }
    if text[at...].starts(with: "<?xml".utf8) {
      let end = try find("?>", in: text, from: at)
      try checkDeclaration(text[at..<end])
      at = end
    }
    while true {
      while at < text.count, isSpace(text[at]) { at += 1 }
      if text[at...].starts(with: "<!--".utf8) {
        at = try find("-->", in: text, from: at + 4)
      } else if text[at...].starts(with: "<?".utf8) {
        at = try find("?>", in: text, from: at)
      } else {
        break
      }
    }
    guard text[at...].starts(with: "<!DOCTYPE".utf8) else { return }
    let line = text[..<at].count { $0 == 0x0A } + 1
    let column = at - (text[..<at].lastIndex(of: 0x0A) ?? -1)
    throw XMLError(
      .doctype, "the text has a document type, which is not read here: no entities, no files of others; leave it out",
      line: line, column: column)
  }

  private static func checkDeclaration(_ text: ArraySlice<UInt8>) throws(XMLError) {
    let words = String(decoding: text, as: UTF8.self).lowercased()
    guard let name = words.range(ofText: "encoding") else { return }
    let value = words[name...].drop { $0 != "\"" && $0 != "'" }.dropFirst().prefix { $0 != "\"" && $0 != "'" }
    guard ["utf-8", "utf8", "us-ascii", "ascii"].contains(String(value)) else {
      throw XMLError(
        .encoding, "the text says that it is in '\(value.prefix(20))'; write it in UTF-8", line: 1, column: 1)
    }
  }

  /// The place behind the next occurrence.
  private static func find(_ end: StaticString, in text: [UInt8], from start: Int) throws(XMLError) -> Int {
    let mark = end.withUTF8Buffer { Array($0) }
    var at = start
    while at + mark.count <= text.count {
      if text[at..<at + mark.count].elementsEqual(mark) { return at + mark.count }
      at += 1
    }
    throw XMLError(.syntax, "what begins before the root element does not end", line: 1, column: 1)
  }

  private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D }
}

extension String {
  /// Where a text begins in this one.
  fileprivate func range(ofText text: String) -> Index? {
    var at = startIndex
    while at < endIndex {
      if self[at...].hasPrefix(text) { return at }
      at = index(after: at)
    }
    return nil
  }
}
