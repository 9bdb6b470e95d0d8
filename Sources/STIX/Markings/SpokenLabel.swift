/// What a text says of handling where STIX has no place for a marking: in tags and labels, in custom properties, at the
/// beginning of a description. It can narrow, and never marks what is unmarked.
enum SpokenLabel {
  /// Where the text stands.
  enum Place {
    /// Among labels: every word counts.
    case tag
    /// In a custom property or an extension.
    case custom
    /// In what somebody wrote, where a label stands first or is part of the prose.
    case prose
  }

  /// Nothing where the text does not speak of handling; unknown where it does in words that cannot be read.
  static func read(_ text: FoldedText, _ place: Place, id: @autoclosure () -> String) -> ObjectMarkings {
    var found = ObjectMarkings()
    let words = text.words
    for (index, word) in words.enumerated() {
      if place == .prose, index > 0 { break }
      if word.hasPrefix("tlp") {
        let rest = Array(word == "tlp" ? words[(index + 1)...] : [String(word.dropFirst(3))] + words[(index + 1)...])
        if let (tlp, count) = label(rest) {
          found.add(place == .tag && count < rest.count ? ObjectMarkings(unknown: id()) : ObjectMarkings(spoken: tlp))
        } else if rest.starts(with: ["ex", "chr"]) {
          found.hidesSource = true
        } else if place == .tag || place == .custom && index == 0 && words.count <= 3 {
          found.add(ObjectMarkings(unknown: id()))
        }
      } else if word.hasPrefix("pap") {
        let rest = Array(word == "pap" ? words[(index + 1)...] : [String(word.dropFirst(3))] + words[(index + 1)...])
        if let first = rest.first, let label = PAP(label: "PAP:" + first) {
          var spoken = ObjectMarkings()
          spoken.pap = label
          found.add(spoken)
        } else if word == "pap", index == 0, rest.count == 1, place != .prose {
          found.add(ObjectMarkings(unknown: id()))
        }
      }
    }
    return found
  }

  /// The label that stands first among words, and how many of them it takes; a version may stand before it.
  static func label(_ words: [String]) -> (TLP, words: Int)? {
    guard let start = words.firstIndex(where: { !fillers.contains($0) }), start <= 4 else { return nil }
    let rest = words[start...]
    guard let first = rest.first else { return nil }
    if first == "amberstrict" { return (.amberStrict, start + 1) }
    guard let tlp = TLP(label: first) else { return nil }
    if tlp == .amber, rest.dropFirst().first == "strict" { return (.amberStrict, start + 2) }
    return (tlp, start + 1)
  }

  private static let fillers: Set<String> = [
    "v1", "v2", "0", "1", "2", "20", "label", "level", "marking", "color", "colour", "is",
  ]
}

/// Names of members that hold a label and nothing else: `x_tlp`, `tlp_2_0`, `x_misp_pap`.
enum SpokenName {
  enum Kind {
    case tlp
    case pap
    /// Handling that this cannot read: AIS, ACS, IEP, CUI.
    case other
    case consent
  }

  /// What the member's value says by its name; nil for nearly all.
  static func kind(of name: UnsafeBufferPointer<UInt8>) -> Kind? {
    guard (3...64).contains(name.count), couldMatter(name) else { return nil }
    let words = FoldedText(name).words
    for (word, kind) in [("tlp", Kind.tlp), ("pap", .pap)] {
      guard let place = words.lastIndex(of: word) else { continue }
      return words[(place + 1)...].allSatisfy(after.contains) ? kind : nil
    }
    let whole = words.joined()
    if whole.hasSuffix("aisconsent") { return .consent }
    if whole.hasSuffix("tlpmarking") || whole.hasSuffix("tlplabel") || whole.hasSuffix("tlplevel") { return .tlp }
    return others.contains { whole.hasSuffix($0) } ? .other : nil
  }

  private static let after: Set<String> = [
    "2", "0", "20", "v2", "v1", "1", "label", "level", "marking", "markings", "color", "colour", "tag", "tags", "value",
    "name",
  ]
  private static let others = [
    "aismarking", "acsmarking", "isamarking", "isamarkings", "ieppolicy", "cuimarking", "cisaproprietary",
  ]

  /// Whether a name could be one of these: it holds `tlp`, `pap`, `cons`, `mark`, `poli` or `opri`.
  private static func couldMatter(_ name: UnsafeBufferPointer<UInt8>) -> Bool {
    func has(_ second: UInt8, _ third: UInt8, _ at: Int) -> Bool {
      name[at + 1] | 0x20 == second && name[at + 2] | 0x20 == third
    }
    func has(_ second: UInt8, _ third: UInt8, _ fourth: UInt8, _ at: Int) -> Bool {
      at + 3 < name.count && has(second, third, at) && name[at + 3] | 0x20 == fourth
    }
    for at in 0..<(name.count - 2) {
      switch name[at] | 0x20 {
      case 0x74: if has(0x6C, 0x70, at) { return true }
      case 0x70: if has(0x61, 0x70, at) || has(0x6F, 0x6C, 0x69, at) { return true }
      case 0x63: if has(0x6F, 0x6E, 0x73, at) { return true }
      case 0x6D: if has(0x61, 0x72, 0x6B, at) { return true }
      case 0x6F: if has(0x70, 0x72, 0x69, at) { return true }
      case 0x80...: return true
      default: break
      }
    }
    return false
  }
}
