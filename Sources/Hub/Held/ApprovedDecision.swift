package import Sharing

extension Decision {
  /// True where it lets something out since an operator has approved it: by the rule `needs-approval`.
  package var isApproved: Bool { rule == .needsApproval && (outcome == .deliver || outcome == .redact) }

  /// The decision once its hold is approved: the same objects, whole only where nothing is taken out. Any other decision
  /// is left as it is: an approval widens nothing.
  package func approved(isWholeRead: Bool, reason: String? = nil) -> Decision {
    guard outcome == .hold, rule == .needsApproval else { return self }
    var decision = self
    decision.outcome = isWholeRead && withheld.isEmpty && removals.isEmpty ? .deliver : .redact
    if let reason { decision.reason = reason }
    return decision
  }
}
