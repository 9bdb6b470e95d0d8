import JSON

/// What an operator changed in a message, place by place: what stood there before, and what stands there now.
package struct EditDifference: Sendable, Equatable {
  /// One place that is not as it was; nil where nothing stood, or stands.
  package struct Change: Sendable, Equatable {
    package var place: String
    package var before: String?
    package var after: String?

    package init(place: String, before: String?, after: String?) {
      self.place = place
      self.before = before
      self.after = after
    }
  }

  package private(set) var changes: [Change] = []
  /// True where only the spelling differs (spaces, the order of members), and the content is the same.
  package private(set) var isSpelling = false

  /// - Complexity: grows with the sizes of both texts; lists are compared from both of their ends.
  package init(from before: [UInt8], to after: [UInt8]) {
    guard before != after else { return }
    let limits = JSONLimits(maximumBytes: .max)
    if let old = try? JSONDocument(before, limits: limits), let new = try? JSONDocument(after, limits: limits) {
      compare(old.root, new.root, at: "")
      isSpelling = changes.isEmpty
    } else {
      compareLines(Self.lines(before), Self.lines(after))
    }
  }

  /// The changes as lines for a terminal.
  package func lines(width: Int = PlainText.width, limit: Int = 12) -> [String] {
    if isSpelling { return ["  Only its spelling: spaces, or the order of members."] }
    var lines: [String] = []
    for change in changes.prefix(limit) {
      lines.append("  \(change.place.isEmpty ? "the whole" : change.place)".printable.cut(to: width))
      if let before = change.before { lines += before.printable.cut(to: 300).under("    - ", width: width) }
      if let after = change.after { lines += after.printable.cut(to: 300).under("    + ", width: width) }
    }
    if changes.count > limit { lines.append("  and \(PlainText.grouped(changes.count - limit)) more places") }
    return lines
  }

  // MARK: - JSON

  private mutating func compare(_ old: JSONValue, _ new: JSONValue, at place: String) {
    switch (old.kind, new.kind) {
    case (.object, .object):
      for (key, value) in old.members {
        if let other = new[key] {
          compare(value, other, at: place + Self.step(key))
        } else {
          changes.append(Change(place: place + Self.step(key), before: Self.text(value), after: nil))
        }
      }
      for (key, value) in new.members where old[key] == nil {
        changes.append(Change(place: place + Self.step(key), before: nil, after: Self.text(value)))
      }
    case (.array, .array): compare(Array(old.elements), Array(new.elements), at: place)
    default:
      let (before, after) = (Self.text(old), Self.text(new))
      if before != after { changes.append(Change(place: place, before: before, after: after)) }
    }
  }

  /// What is put in or taken out in the middle of a list changes nothing before and after it.
  private mutating func compare(_ old: [JSONValue], _ new: [JSONValue], at place: String) {
    let (before, after) = (old.map(Self.text), new.map(Self.text))
    let head = zip(before, after).prefix { $0 == $1 }.count
    let tail = zip(before.dropFirst(head).reversed(), after.dropFirst(head).reversed()).prefix { $0 == $1 }.count
    let (left, right) = (before.count - tail, after.count - tail)
    for index in head..<max(left, right) {
      let step = "\(place)/\(index)"
      if index < left, index < right {
        compare(old[index], new[index], at: step)
      } else {
        changes.append(
          Change(
            place: step, before: index < left ? before[index] : nil, after: index < right ? after[index] : nil))
      }
    }
  }

  private static func text(_ value: JSONValue) -> String {
    var writer = JSONWriter()
    writer.value(value)
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  private static func step(_ key: String) -> String {
    "/" + key.replacing("~", with: "~0").replacing("/", with: "~1")
  }

  // MARK: - Lines

  private mutating func compareLines(_ old: [String], _ new: [String]) {
    let head = zip(old, new).prefix { $0 == $1 }.count
    let tail = zip(old.dropFirst(head).reversed(), new.dropFirst(head).reversed()).prefix { $0 == $1 }.count
    let (left, right) = (old.count - tail, new.count - tail)
    for index in head..<max(left, right) {
      changes.append(
        Change(
          place: "line \(index + 1)", before: index < left ? old[index] : nil,
          after: index < right ? new[index] : nil))
    }
  }

  private static func lines(_ bytes: [UInt8]) -> [String] {
    bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map {
      String(decoding: $0, as: UTF8.self)
    }
  }
}
