import Contract
package import Sharing

extension Decision {
  /// True where it lets something out since somebody has released it: by the rule that it was held by.
  package var isApproved: Bool { rule.isHold && (outcome == .deliver || outcome == .redact) }

  /// The decision once these have released it: the same objects, whole only where nothing is taken out. What they may
  /// not release, and what time alone ends, holds it still. Any other decision is left as it is: a release widens
  /// nothing.
  package func released(by releases: [Release], isWholeRead: Bool, reason: String? = nil) -> Decision {
    guard outcome == .hold, rule.isHold, !releases.isEmpty else { return self }
    var decision = self
    decision.releases = Set(releases).sorted { ($0.party?.slug ?? "") < ($1.party?.slug ?? "") }
    if let reason { decision.reason = reason }
    guard let open = decision.openHolds.first else {
      decision.outcome = isWholeRead && isWhole ? .deliver : .redact
      return decision
    }
    decision.rule = open.rule
    return decision
  }

  /// What it comes to once all who may release it have done so.
  package func releasedByAll(isWholeRead: Bool) -> Decision {
    released(by: [Release()] + holds.flatMap(\.releasedBy).map(Release.init(by:)), isWholeRead: isWholeRead)
  }
}
