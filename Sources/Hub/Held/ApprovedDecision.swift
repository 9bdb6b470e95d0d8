package import Sharing

extension Decision {
  /// True where it lets something out since somebody has released it: by the rule that it was held by.
  package var isApproved: Bool { rule.isHold && (outcome == .deliver || outcome == .redact) }

  /// The decision once its hold is approved: the same objects, whole only where nothing is taken out. Any other decision
  /// is left as it is: an approval widens nothing.
  package func approved(isWholeRead: Bool, reason: String? = nil) -> Decision {
    guard outcome == .hold, rule.isHold else { return self }
    var decision = self
    decision.outcome = isWholeRead && isWhole ? .deliver : .redact
    if let reason { decision.reason = reason }
    return decision
  }
}
