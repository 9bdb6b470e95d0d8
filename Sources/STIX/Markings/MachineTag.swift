/// A tag in MISP's form, `namespace:predicate="value"`, as labels and statements carry it.
struct MachineTag {
  let namespace: String
  let predicate: String
  let value: String?

  /// Reads a tag in any letter case and with spaces around its parts; nil for any other text.
  init?(_ text: some StringProtocol) {
    let lower = text.lowercased()
    guard let colon = lower.firstIndex(of: ":") else { return nil }
    namespace = Self.trimmed(lower[..<colon])
    let rest = lower[lower.index(after: colon)...]
    guard let equal = rest.firstIndex(of: "=") else {
      predicate = Self.trimmed(rest)
      value = nil
      return
    }
    predicate = Self.trimmed(rest[..<equal])
    value = Self.trimmed(rest[rest.index(after: equal)...])
  }

  private static func trimmed(_ text: Substring) -> String {
    let left = text.drop { $0.isWhitespace || $0 == "\"" }
    let right = left.reversed().drop { $0.isWhitespace || $0 == "\"" }
    return String(right.reversed())
  }

  /// Namespaces that say how something is to be handled; a tag of any other says nothing here.
  static let namespaces: Set<String> = ["tlp", "pap", "ais-marking", "acs-marking", "iep", "iep2-policy"]

  /// Whether a text could be a tag of one of these namespaces; exact where it is ASCII, as nearly all labels are.
  static func couldHandle(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    var start = 0
    while start < text.count, isPadding(text[start]) { start += 1 }
    guard start < text.count else { return false }
    // Letters that these namespaces begin with, or what has to be looked at as text.
    switch text[start] | 0x20 {
    case UInt8(ascii: "a"), UInt8(ascii: "i"), UInt8(ascii: "p"), UInt8(ascii: "t"): break
    default: return text[start] >= 0x80
    }
    var end = start
    while end < text.count, text[end] != UInt8(ascii: ":") {
      if text[end] >= 0x80 { return true }
      end += 1
    }
    return end < text.count
  }

  private static func isPadding(_ byte: UInt8) -> Bool {
    byte == 0x20 || (0x09...0x0D).contains(byte) || byte == UInt8(ascii: "\"")
  }
}

extension ObjectMarkings {
  /// What a text says as a tag; nothing where it is none that says how to handle something. A tag that says so in
  /// words that are not known is unknown, never nothing.
  init(tag text: String, id: String) {
    self.init()
    guard let tag = MachineTag(text), MachineTag.namespaces.contains(tag.namespace) else { return }
    let unknown = ObjectMarkings(unknown: id)
    switch tag.namespace {
    case "tlp":
      if tag.predicate == "ex:chr" {
        hidesSource = true
      } else if let tlp = TLP(label: tag.predicate), tag.value == nil {
        // A tag does not tell the generation.
        self = ObjectMarkings(tlp, generation: .two)
      } else {
        self = unknown
      }
    case "pap":
      if let label = PAP(label: "PAP:" + tag.predicate), tag.value == nil { pap = label } else { self = unknown }
    case "ais-marking": self = AISMarking.read(tag) ?? unknown
    case "acs-marking": self = ACSMarking.read(property: tag.predicate, word: tag.value ?? "") ?? unknown
    default: self = IEPPolicy.read(field: tag.predicate, word: tag.value ?? "") ?? unknown
    }
  }
}

/// The marking of the older AIS, which lives on in tags.
enum AISMarking {
  static func read(_ tag: MachineTag) -> ObjectMarkings? {
    var markings = ObjectMarkings()
    switch (tag.predicate, tag.value) {
    case ("tlpmarking", let word?):
      guard let tlp = TLP(label: word) else { return nil }
      // The older AIS is of the time of TLP 1.
      return ObjectMarkings(tlp, generation: .one)
    case ("aisconsent", let word?):
      guard let consent = SourceConsent(rawValue: word) else { return nil }
      markings.consent = consent
    case ("cisa_proprietary", "true"?), ("aismarking", "is_proprietary"?): markings.controls = [.proprietary]
    case ("cisa_proprietary", "false"?), ("aismarking", "not_proprietary"?): break
    default: return nil
    }
    return markings
  }
}
