import JSON

/// Replaces in texts what is replaced as a value elsewhere: addresses, names, ids.
struct TextRewriting {
  private let words: [String: String]
  /// Words that hold more than one part, and are looked for everywhere; the longest first.
  private let phrases: [(old: String, new: String)]
  /// The phrases by their first bytes, so that a text is looked through once for all of them.
  private let starts: [UInt32: [Int]]
  /// Phrases that may be written in more than one way, which are looked for one by one.
  private let others: [Int]
  private let ids: [String: String]
  private let uuids: [String: String]

  init(words: [String: String], ids: [String: String]) {
    self.words = words
    phrases = words.filter { !$0.key.allSatisfy(Self.isPart) }.map { ($0.key, $0.value) }
      .sorted { ($1.0.count, $0.0) < ($0.0.count, $1.0) }
    var starts: [UInt32: [Int]] = [:]
    var others: [Int] = []
    for (place, phrase) in phrases.enumerated() {
      let bytes = Array(phrase.old.utf8)
      if bytes.count >= 3, bytes.allSatisfy({ $0 < 0x80 }) {
        starts[Self.start(bytes[0], bytes[1], bytes[2]), default: []].append(place)
      } else {
        others.append(place)
      }
    }
    self.starts = starts
    self.others = others
    self.ids = Dictionary(ids.map { ($0.key.lowercased(), $0.value) }) { first, _ in first }
    uuids = Dictionary(ids.map { (String($0.key.lowercased().suffix(36)), String($0.value.suffix(36))) }) { first, _ in
      first
    }
  }

  /// Calls back with each text below a value that changes, and what it becomes.
  func visit(_ value: JSONValue, _ body: (JSONPointer, String) -> Void) { visit(value, .root, body) }

  private func visit(_ value: JSONValue, _ pointer: JSONPointer, _ body: (JSONPointer, String) -> Void) {
    switch value.kind {
    case .object: for (key, member) in value.members { visit(member, pointer.appending(key), body) }
    case .array: for (place, element) in value.elements.enumerated() { visit(element, pointer.appending(place), body) }
    case .string:
      guard let old = value.string, let new = rewritten(old) else { return }
      body(pointer, new)
    default: break
    }
  }

  private static func isPart(_ character: Character) -> Bool {
    character.isLetter || character.isNumber || "._-".contains(character)
  }

  /// The text with every word and id replaced; nil where none stands in it.
  func rewritten(_ text: String) -> String? {
    var result = ""
    var didChange = false
    var rest = Substring(text)
    // A word in its parts: `user@host.example` is one, and so is each of its sides.
    while let first = rest.first {
      guard Self.isPart(first) || first == ":" || first == "@" else {
        result.append(first)
        rest.removeFirst()
        continue
      }
      let token = rest.prefix { Self.isPart($0) || $0 == ":" || $0 == "@" }
      rest = rest[token.endIndex...]
      if let new = replaced(token) {
        result += new
        didChange = true
      } else {
        result += token
      }
    }
    for place in candidates(in: result) {
      let replaced = Self.replacing(phrases[place].old, with: phrases[place].new, in: result)
      didChange = didChange || replaced != result
      result = replaced
    }
    return didChange ? result : nil
  }

  private static func start(_ first: UInt8, _ second: UInt8, _ third: UInt8) -> UInt32 {
    UInt32(first) << 16 | UInt32(second) << 8 | UInt32(third)
  }

  /// The phrases that may stand in a text, in their order.
  private func candidates(in text: String) -> [Int] {
    guard !phrases.isEmpty else { return [] }
    var found: Set<Int> = []
    if !starts.isEmpty {
      let bytes = Array(text.lowercased().utf8)
      for at in 0..<max(0, bytes.count - 2) {
        guard let places = starts[Self.start(bytes[at], bytes[at + 1], bytes[at + 2])] else { continue }
        for place in places where bytes[at...].starts(with: phrases[place].old.utf8) { found.insert(place) }
      }
    }
    return (found + others).sorted()
  }

  private func replaced(_ token: Substring) -> String? {
    let lower = token.lowercased()
    if let new = words[lower] ?? ids[lower] ?? uuids[lower] { return new }
    if lower.hasSuffix(".") || lower.hasSuffix(":") {
      return replaced(token.dropLast()).map { $0 + String(token.suffix(1)) }
    }
    // `type--UUID`, whatever the type.
    if lower.count > 38, lower.dropLast(36).hasSuffix("--"), let new = uuids[String(lower.suffix(36))] {
      return lower.dropLast(36) + new
    }
    for separator in [Character("@"), ":"] where lower.contains(separator) {
      let parts = token.split(separator: separator, omittingEmptySubsequences: false)
      let new = parts.map { $0.isEmpty ? nil : replaced($0) }
      if new.contains(where: { $0 != nil }) {
        return zip(parts, new).map { $1 ?? String($0) }.joined(separator: String(separator))
      }
    }
    return nil
  }

  private static func replacing(_ old: String, with new: String, in text: String) -> String {
    guard text.lowercased().contains(old) else { return text }
    var result = ""
    var rest = Substring(text)
    while !rest.isEmpty {
      if rest.count >= old.count, rest.prefix(old.count).lowercased() == old {
        result += new
        rest = rest.dropFirst(old.count)
      } else {
        result.append(rest.removeFirst())
      }
    }
    return result
  }
}
