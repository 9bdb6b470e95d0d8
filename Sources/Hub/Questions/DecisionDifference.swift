package import Contract
package import STIX
package import Sharing

/// What one recipient would get of a message under other terms, compared with what it gets now.
package struct DecisionDifference: Sendable, Equatable {
  package enum Direction: String, Sendable {
    case more, less, other
  }

  package let recipient: AgencyID
  package let before: String
  package let after: String
  /// Why, in the words of the other terms.
  package let reason: String
  package let direction: Direction

  /// The differences between two sets of decisions on one message, by recipient; none where all is as it was.
  package static func between(
    _ before: [Decision], _ after: [Decision], of bundle: STIXBundle
  ) -> [DecisionDifference] {
    let old = Dictionary(before.map { ($0.recipient, $0) }) { first, _ in first }
    let new = Dictionary(after.map { ($0.recipient, $0) }) { first, _ in first }
    return Set(old.keys).union(new.keys).sorted().compactMap { recipient in
      difference(recipient, old[recipient], new[recipient], bundle.objects.count)
    }
  }

  private static func difference(
    _ recipient: AgencyID, _ old: Decision?, _ new: Decision?, _ count: Int
  ) -> DecisionDifference? {
    let (was, becomes) = (Shape(old), Shape(new))
    guard was != becomes else { return nil }
    let direction: Direction =
      becomes.isWithin(was) ? .less : was.isWithin(becomes) ? .more : .other
    let gone = new == nil ? "No grant in force names \(recipient) any more." : ""
    return DecisionDifference(
      recipient: recipient, before: was.words(count, withDuties: was.obligations != becomes.obligations),
      after: becomes.words(count, withDuties: was.obligations != becomes.obligations), reason: new?.reason ?? gone,
      direction: direction)
  }

  /// All of a decision that a recipient notices.
  private struct Shape: Equatable {
    var isHeld = false
    var kept: Set<Int> = []
    var cuts: [Removal] = []
    var rewrites: [Rewrite] = []
    var hidesSource = false
    var obligations = Obligations()
    var tlp = TLP.clear

    init(_ decision: Decision?) {
      guard let decision, decision.outcome != .withhold else { return }
      isHeld = decision.outcome == .hold
      kept = Set(decision.keep)
      cuts = decision.removals + decision.redactions
      rewrites = decision.rewrites
      hidesSource = decision.hidesSource
      obligations = decision.obligations
      tlp = decision.tlp
    }

    /// Whether nothing in it is more than in the other.
    func isWithin(_ other: Shape) -> Bool {
      kept.isSubset(of: other.kept) && (isHeld || !other.isHeld || kept.isEmpty)
        && (hidesSource || !other.hidesSource || kept.isEmpty)
        && other.rewrites.allSatisfy { rewrite in !kept.contains(rewrite.object) || rewrites.contains(rewrite) }
        && other.cuts.allSatisfy { cut in !kept.contains(cut.object) || cuts.contains(cut) }
    }

    func words(_ count: Int, withDuties: Bool) -> String {
      guard !kept.isEmpty else { return "nothing" }
      var words = kept.count == count ? "everything" : "\(kept.count) of \(PlainText.count(count, "object"))"
      let changes = cuts.count + rewrites.count
      if changes > 0 { words += ", \(PlainText.count(changes, "place")) changed" }
      if hidesSource { words += ", without its source" }
      if isHeld { words += ", held" }
      let duties = withDuties ? obligations.sentence : ""
      return duties.isEmpty ? words : words + " (\(duties))"
    }
  }
}
