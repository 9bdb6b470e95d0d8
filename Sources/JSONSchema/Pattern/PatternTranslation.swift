/// Writes a pattern for PCRE2, so that it means what it means in ECMA-262: sets are spelled out, `^` and `$` are the
/// ends of the text, and only groups that something refers to capture.
///
/// One difference is left: in ECMA-262 a repeated group forgets in each round what it captured in the last.
struct PatternTranslation {
  private var text = ""
  /// The new numbers of the groups that something refers to.
  private var numbers: [Int: Int] = [:]
  private static let longest = 1 << 18
  /// A look-behind may have so many alternatives, each of one length.
  private static let mostAlternatives = 64

  mutating func translate(_ tree: PatternTree) throws(PatternError) -> String {
    var referred: Set<Int> = []
    Self.collect(tree, &referred)
    for (place, group) in referred.sorted().enumerated() { numbers[group] = place + 1 }
    try write(tree)
    return text
  }

  private static func collect(_ tree: PatternTree, _ referred: inout Set<Int>) {
    switch tree {
    case .characters, .assertion: break
    case .sequence(let parts), .choice(let parts): for part in parts { collect(part, &referred) }
    case .repeated(let part, _, _, _), .group(_, let part), .look(_, let part): collect(part, &referred)
    case .reference(let number): referred.insert(number)
    }
  }

  private mutating func write(_ tree: PatternTree) throws(PatternError) {
    guard text.utf8.count <= Self.longest else { throw PatternError(message: "the pattern is too large", offset: 0) }
    switch tree {
    case .characters(let set): write(set)
    case .sequence(let parts): for part in parts { try write(part) }
    case .choice(let branches):
      text += "(?:"
      try write(branches)
      text += ")"
    case .repeated(let part, let least, let most, let isLazy):
      // A set alone repeats without steps that count.
      if case .characters = part {
        try write(part)
      } else {
        text += "(?:"
        try write(part)
        text += ")"
      }
      text += "{\(least),\(most.map(String.init) ?? "")}\(isLazy ? "?" : "")"
    case .assertion(let assertion):
      switch assertion {
      case .begin: text += "\\A"
      case .end: text += "\\z"
      case .wordBoundary: text += "\\b"
      case .noWordBoundary: text += "\\B"
      }
    case .group(let number, let part):
      text += numbers[number] == nil ? "(?:" : "("
      try write(part)
      text += ")"
    case .reference(let number): text += "\\g{\(numbers[number] ?? 0)}"
    case .look(let look, let part):
      text += "(?\(look.isBehind ? "<" : "")\(look.isNegative ? "!" : "=")"
      try write(look.isBehind ? try alternatives(beginningFreed(part)) : [part])
      text += ")"
    }
  }

  private mutating func write(_ branches: [PatternTree]) throws(PatternError) {
    for (place, branch) in branches.enumerated() {
      if place > 0 { text += "|" }
      try write(branch)
    }
  }

  private mutating func write(_ set: CharacterSet) {
    // Surrogates have no spelling in UTF-8.
    let ranges = set.ranges.flatMap { range in
      [0...0xD7FF, 0xE000...0x10FFFF].filter(range.overlaps).map { range.clamped(to: $0) }
    }
    guard !ranges.isEmpty else {
      text += "(?!)"
      return
    }
    text += "["
    for range in ranges {
      text += "\\x{\(String(range.lowerBound, radix: 16))}"
      if range.count > 1 { text += "-\\x{\(String(range.upperBound, radix: 16))}" }
    }
    text += "]"
  }
}

// MARK: - Look-behind

extension PatternTranslation {
  /// A repetition with which a look-behind begins need be met only as often as it must be: what stands before its last
  /// rounds is looked at by nobody.
  private func beginningFreed(_ tree: PatternTree) -> PatternTree {
    switch tree {
    case .sequence(let parts):
      guard let first = parts.first else { return tree }
      return .sequence([beginningFreed(first)] + parts.dropFirst())
    case .choice(let branches): return .choice(branches.map(beginningFreed))
    case .repeated(let part, let least, _, _): return .repeated(part, least: least, most: least)
    case .group(let number, let part) where numbers[number] == nil: return beginningFreed(part)
    default: return tree
    }
  }

  /// The tree as alternatives that PCRE2 takes in a look-behind: each of one length.
  private func alternatives(_ tree: PatternTree) throws(PatternError) -> [PatternTree] {
    switch tree {
    case .characters, .assertion, .look: return [tree]
    case .sequence(let parts): return try product(parts)
    case .choice(let branches):
      var all: [PatternTree] = []
      for branch in branches { all += try alternatives(branch) }
      return try bounded(all)
    case .repeated(let part, let least, let most, _):
      guard let most else { throw refusal }
      var all: [PatternTree] = []
      for count in least...max(least, min(most, least + Self.mostAlternatives)) {
        guard count <= 1_000 else { throw refusal }
        all = try bounded(all + product([PatternTree](repeating: part, count: count)))
      }
      return all
    case .group(let number, let part):
      let inner = try alternatives(part)
      guard numbers[number] != nil else { return inner }
      guard inner.count == 1 else { throw refusal }
      return [.group(number, inner[0])]
    case .reference: throw refusal
    }
  }

  private func product(_ parts: [PatternTree]) throws(PatternError) -> [PatternTree] {
    var all: [[PatternTree]] = [[]]
    for part in parts {
      let next = try alternatives(part)
      guard all.count * next.count <= Self.mostAlternatives else { throw refusal }
      all = all.flatMap { before in next.map { before + [$0] } }
    }
    return all.map { .sequence($0) }
  }

  private func bounded(_ trees: [PatternTree]) throws(PatternError) -> [PatternTree] {
    guard trees.count <= Self.mostAlternatives else { throw refusal }
    return trees
  }

  private var refusal: PatternError {
    PatternError(message: "this pattern needs a look-behind of no bounded length, which is not supported", offset: 0)
  }
}
