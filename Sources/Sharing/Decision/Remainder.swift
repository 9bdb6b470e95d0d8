import Contract
import STIX

/// What is left of a message for one recipient after its objects were judged, made into a decision.
struct Remainder {
  private let passage: Passage
  private let objects: ObjectJudgement
  private let findings: MessageFindings
  /// For each class of objects.
  private let own: [ObjectVerdict]
  private let residueFree: Bool
  private let acceptedAt: Instant
  private let at: Instant

  /// - Parameters:
  ///   - verdicts: for each class of objects, one for each passage.
  ///   - place: which of them is the recipient's.
  init(
    passage: Passage, objects: ObjectJudgement, _ submission: Submission, _ findings: MessageFindings,
    verdicts: [[ObjectVerdict]], place: Int
  ) {
    self.passage = passage
    self.objects = objects
    self.findings = findings
    own = verdicts.map { $0[place] }
    residueFree = submission.residueFree
    acceptedAt = submission.acceptedAt
    at = submission.at
  }

  private var graph: ObjectGraph { findings.graph }

  func decision() -> Decision {
    // What is to be changed is asked of the grants that cover anything that passes by itself.
    let covering = covering
    let all = passage.conditions(covering, objects)
    let plan = all.plan
    let outcome = findings.outcome(own, plan)
    if DecisionRule.nothingLeft.fires(outcome.saysNothing) { return nothingLeft(outcome) }

    var key = Conditions.Key()
    for place in outcome.classes {
      key.tlp = max(key.tlp, own[place].label ?? .clear)
      key.covering.formUnion(own[place].covering)
    }
    let conditions = key == covering ? all : passage.conditions(key, objects)
    if !passage.hasHolds, outcome.isWhole, !plan.hidesSource, residueFree {
      var decision = conditions.whole
      decision.keep = outcome.keep
      return decision
    }
    return decision(outcome, conditions, hidesSource: plan.hidesSource)
  }

  private func decision(
    _ outcome: ObjectOutcome, _ conditions: Conditions, hidesSource: Bool
  ) -> Decision {
    var (first, causes) = waiting(outcome)
    if DecisionRule.needsReview.fires(outcome.needsReview) { causes.append(HoldCause(rule: .needsReview)) }
    if DecisionRule.transferCaseByCase.fires(outcome.isCase) { causes.append(HoldCause(rule: .transferCaseByCase)) }
    let holds = HoldCause.sorted(causes)
    let isWhole = outcome.withheld.isEmpty && outcome.removals.isEmpty
    let isChanged = !outcome.redactions.isEmpty || !outcome.rewrites.isEmpty || hidesSource
    let rule: DecisionRule =
      holds.first?.rule
      ?? (!isWhole ? .partlyGranted : isChanged ? .redacted : residueFree ? .granted : .residueStays)
    var duties = conditions.duties
    if hidesSource { duties.attribution = .mustNot }
    let term = objects.terms[first]
    return Decision(
      recipient: passage.recipient, outcome: !holds.isEmpty ? .hold : rule == .granted ? .deliver : .redact,
      rule: rule, arrangement: term.arrangement.id, arrangementVersion: term.arrangement.version,
      grant: term.grant.id,
      reason: Reason.sentence(
        rule, objects.message.form, to: passage.recipient, arrangement: term.arrangement, grant: term.grant,
        kept: outcome.keep.count, withheld: outcome.causes),
      keep: outcome.keep, removals: outcome.removals, redactions: outcome.redactions, rewrites: outcome.rewrites,
      hidesSource: hidesSource, holds: holds, withheld: outcome.withheld, tlp: conditions.whole.tlp,
      obligations: duties)
  }

  /// The first of the grants by which something passes, such as let nothing wait where there are, and what the others
  /// wait for.
  private func waiting(_ outcome: ObjectOutcome) -> (first: Int, causes: [HoldCause]) {
    let waits = passage.hasHolds ? objects.terms.map(waits) : []
    var first: Int?
    var causes: [HoldCause] = []
    for place in outcome.classes {
      guard let lowest = own[place].covering.min else { continue }
      var chosen = lowest
      if !waits.isEmpty {
        if let free = own[place].covering.places.first(where: { waits[$0].isEmpty }) {
          chosen = free
        } else {
          causes += waits[lowest]
        }
      }
      first = min(first ?? chosen, chosen)
    }
    return (first ?? 0, causes)
  }

  private func waits(_ term: Term) -> [HoldCause] {
    HoldCause.of(term, acceptedAt: acceptedAt, at: at)
  }

  /// The strictest label and the grants of what passes by itself, and whether a marking in it asks to hide who is behind.
  private var covering: Conditions.Key {
    var key = Conditions.Key()
    for place in own.indices where own[place].rule == nil {
      key.tlp = max(key.tlp, own[place].label ?? .clear)
      key.covering.formUnion(own[place].covering)
      guard Safeguard.providerConsent.stands else { continue }
      key.hidesSource =
        key.hidesSource || graph.classes[place].handling.hidesSource(in: objects.message.recipient.jurisdiction)
    }
    return key
  }

  private func nothingLeft(_ outcome: ObjectOutcome) -> Decision {
    let first = objects.terms[0]
    return Decision(
      recipient: passage.recipient, outcome: .withhold, rule: .nothingLeft, arrangement: first.arrangement.id,
      arrangementVersion: first.arrangement.version, grant: first.grant.id,
      reason: Reason.sentence(
        .nothingLeft, objects.message.form, to: passage.recipient, arrangement: first.arrangement, grant: first.grant,
        withheld: outcome.causesOfAll),
      withheld: outcome.allWithheld)
  }
}

extension Handling {
  /// Whether a recipient of this country may not be told who provided the object.
  fileprivate func hidesSource(in jurisdiction: String) -> Bool {
    if hidesSource { return true }
    guard let consent else { return false }
    return consent == SourceConsent.none || consent == .usg && jurisdiction != "US"
  }
}
