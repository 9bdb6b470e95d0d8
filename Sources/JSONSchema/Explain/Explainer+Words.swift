import JSON

// What findings say.
extension Explainer {
  /// The value at fault, by name: `"severity"`, `element 2 of "labels"`, `the key "x"`.
  func name(_ spot: Spot) -> String {
    if let subject = spot.subject { return subject }
    return named(spot.instance[...])
  }

  private func named(_ path: ArraySlice<String>) -> String {
    guard let last = path.last else { return "the value" }
    guard isPlace(path) else { return quoted(last) }
    let list = path.dropLast()
    return list.isEmpty ? "element \(last)" : "element \(last) of \(named(list))"
  }

  /// Whether the last token of a path leads into an array.
  private func isPlace(_ path: ArraySlice<String>) -> Bool {
    guard let last = path.last, !last.isEmpty, last.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
      return false
    }
    var index = 1
    for token in path.dropLast() {
      let next = tape.tag(index) == JSONTape.Tag.array ? element(index, Int(token) ?? 0) : member(index, token)
      guard let next else { return true }
      index = next
    }
    return tape.tag(index) == JSONTape.Tag.array
  }

  private func element(_ index: Int, _ place: Int) -> Int? {
    let elements = elements(index)
    return place < elements.count ? elements[place] : nil
  }

  /// ` from "contact"`, or nothing at the root.
  func within(_ spot: Spot) -> String { spot.instance.isEmpty ? "" : " from \(name(spot))" }
  func withinObject(_ spot: Spot) -> String { spot.instance.isEmpty ? "" : " of \(name(spot))" }

  /// ` in "contact"`, or nothing at the root.
  func inside(_ spot: Spot) -> String { spot.instance.isEmpty ? "" : " in \(name(spot))" }

  /// What was found, shortened and escaped; what had to be cut says how long it is.
  func shown(_ index: Int, withType: Bool = false) -> String { shown(tape, index, withType: withType) }

  func shown(_ value: JSONValue) -> String { shown(value.document.tape, value.index, withType: false) }

  private func shown(_ tape: JSONTape, _ index: Int, withType: Bool) -> String {
    switch tape.tag(index) {
    case JSONTape.Tag.string:
      let bytes = tape.bytes(index)
      let length = bytes.count { $0 & 0xC0 != 0x80 }
      let cut = length > 60 ? " (\(length) characters)" : ""
      let text = quoted(shortened(String(decoding: bytes.prefix(400), as: UTF8.self), 60)) + cut
      return withType ? "the string \(text)" : text
    case JSONTape.Tag.object: return tape.count(index) == 0 ? "an empty object" : "an object"
    case JSONTape.Tag.array: return tape.count(index) == 0 ? "an empty array" : "an array"
    case JSONTape.Tag.yes: return "true"
    case JSONTape.Tag.no: return "false"
    case JSONTape.Tag.null: return "null"
    default: return (withType ? "the number " : "") + (ExactNumber(tape, index)?.words ?? "")
    }
  }

  /// `one of "a", "b"`, or the one value that it is.
  func oneOf(_ values: [JSONValue]) -> String {
    var words: [String] = []
    for value in values {
      let shown = shown(value)
      if !words.contains(shown) { words.append(shown) }
    }
    if words.count == 1 { return words[0] }
    let most = 20
    let rest = words.count > most ? " and \(words.count - most) more" : ""
    return "one of \(words.prefix(most).joined(separator: ", "))\(rest)"
  }

  func quoted(_ text: String) -> String {
    var writer = JSONWriter()
    writer.string(shortened(text, 100))
    return writer.text
  }

  func shortened(_ text: String, _ longest: Int) -> String {
    let scalars = text.unicodeScalars
    guard scalars.count > longest else { return text }
    return String(String.UnicodeScalarView(scalars.prefix(longest))) + "..."
  }

  func count(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }

  func ordinal(_ number: Int) -> String {
    switch number {
    case 1: "first"
    case 2: "second"
    case 3: "third"
    default: "\(number)th"
    }
  }

  /// A known key that differs by a slip of the pen: another case, or one letter more, less or else.
  func nearKey(_ key: String, _ known: [String]) -> String? {
    guard key.utf8.count < 60 else { return nil }
    return known.first { $0.lowercased() == key.lowercased() }
      ?? known.first { differByOne(Array($0.utf8), Array(key.utf8)) }
  }

  private func differByOne(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    guard abs(left.count - right.count) <= 1, min(left.count, right.count) > 2 else { return false }
    let prefix = zip(left, right).prefix { $0 == $1 }.count
    let suffix = zip(left.reversed(), right.reversed()).prefix { $0 == $1 }.count
    return prefix + suffix >= max(left.count, right.count) - 1
  }
}

extension ExactNumber {
  /// The number as JSON writes it.
  var words: String {
    switch self {
    case .integer(let value): return String(value)
    case .unsigned(let value): return String(value)
    case .double(let value):
      var writer = JSONWriter()
      writer.number(value)
      return writer.text
    }
  }
}
