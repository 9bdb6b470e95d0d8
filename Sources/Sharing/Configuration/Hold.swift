package import Contract

/// What makes a delivery wait, as a grant says it.
package struct Hold: Sendable, Hashable {
  /// Why, in the order in which a decision names one of several.
  package enum Cause: String, Sendable, CaseIterable, Comparable {
    /// Whoever is named approves it.
    case approval
    /// The originator agrees to it.
    case consent
    /// Its free text is read first.
    case review
    /// Somebody judges whether it is appropriate (NIS2 Article 23(6)).
    case whereAppropriate = "where-appropriate"
    /// It is about what is not public yet, until a moment.
    case embargo
    /// It is late on purpose, on cybersecurity grounds (CRA Article 16(2)).
    case delay

    /// Whether time alone ends it: anything else somebody has to end.
    package var endsByItself: Bool { self == .embargo || self == .delay }

    private var place: Int { Self.allCases.firstIndex(of: self) ?? 0 }
    package static func < (left: Cause, right: Cause) -> Bool { left.place < right.place }
  }

  package var cause: Cause
  /// An embargo or a delay ends at this moment.
  package var until: Instant?
  /// An embargo or a delay ends so many hours after the message was accepted.
  package var hours: Int?
  /// The parties that may release it; empty for the hub's operators.
  package var releasedBy: [AgencyID]

  package init(_ cause: Cause, until: Instant? = nil, hours: Int? = nil, releasedBy: [AgencyID] = []) {
    self.cause = cause
    self.until = until
    self.hours = hours
    self.releasedBy = releasedBy
  }

  /// When it ends by itself; nil where somebody has to release it.
  package func end(acceptedAt: Instant) -> Instant? {
    let late = hours.map { acceptedAt.adding(milliseconds: Int64($0) * 3_600_000) }
    return [until, late].compactMap(\.self).max()
  }
}
