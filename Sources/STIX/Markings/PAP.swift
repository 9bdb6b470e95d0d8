/// The Permissible Actions Protocol: what may be done with it, the least last.
package enum PAP: String, Sendable, CaseIterable, Comparable {
  case clear = "PAP:CLEAR"
  case green = "PAP:GREEN"
  case amber = "PAP:AMBER"
  case red = "PAP:RED"

  private var strictness: Int { Self.allCases.firstIndex(of: self) ?? 0 }
  package static func < (left: PAP, right: PAP) -> Bool { left.strictness < right.strictness }

  /// Reads a label in any letter case; WHITE is the old name of CLEAR.
  package init?(label text: some StringProtocol) {
    let upper = text.uppercased()
    guard let known = upper == "PAP:WHITE" ? .clear : Self(rawValue: upper) else { return nil }
    self = known
  }
}
