/// What a marking asks beyond TLP and PAP: each keeps the object from whoever no arrangement lets have it by name.
package enum HandlingControl: String, Sendable, CaseIterable, Hashable, Comparable {
  /// Not releasable to foreign nationals.
  case noForeign = "nf"
  /// Classified above unclassified.
  case classified
  /// Protected critical infrastructure information.
  case pcii
  /// Law-enforcement sensitive.
  case les
  /// Foreign intelligence surveillance.
  case fisa
  /// Intelligence.
  case int
  /// Proprietary to its submitter.
  case proprietary
  /// It may hold personal data.
  case personalData = "pii"

  package static func < (left: HandlingControl, right: HandlingControl) -> Bool { left.rawValue < right.rawValue }

  /// Those that an arrangement can cover and an agency be cleared for; the others are never passed, or go by
  /// nationality, or by what is agreed of personal data.
  package static let named: [HandlingControl] = [.pcii, .les, .fisa, .int, .proprietary]
}

/// With whom the identity of a submitter may be shared (CISA's AISConsent).
package enum SourceConsent: String, Sendable, CaseIterable, Comparable {
  case everyone
  /// The government of the United States alone.
  case usg
  case none

  private var strictness: Int { Self.allCases.firstIndex(of: self) ?? 0 }
  package static func < (left: SourceConsent, right: SourceConsent) -> Bool { left.strictness < right.strictness }
}
