import STIX

/// What is left of a message for one recipient after its objects were judged, made into a decision.
struct Remainder {
  let judgement: MessageJudgement
  let graph: ObjectGraph
  /// The grants that match the message.
  let terms: [Term]
  /// For each class of objects.
  let verdicts: [ObjectVerdict]

  /// Made once for the message, where some recipient needs it.
  let fields: LazyFields

  func decision() -> Decision {
    let plan = plan
    let rules = verdicts.map(\.rule)
    var direct = graph.classOf.map { rules[$0] }
    var steps: [Int: RedactionPlan.Steps] = [:]
    if !plan.isEmpty {
      let creators = plan.hidesSource ? fields.creators : []
      for index in direct.indices where direct[index] == nil {
        let step = plan.steps(
          for: index, graph.classes[graph.classOf[index]], fields.scan, creators: creators, sender: judgement.sender)
        if let rule = step.withheld { direct[index] = rule } else { steps[index] = step }
      }
    }
    var closure = ReferenceClosure(graph, withheld: direct)
    while DecisionRule.mayNotBeChanged.fires(plan.forbidsEdits && !closure.removals.isEmpty) {
      for removal in closure.removals { direct[removal.object] = .mayNotBeChanged }
      closure = ReferenceClosure(graph, withheld: direct)
    }
    let keep = closure.withheld.indices.filter { closure.withheld[$0] == nil }
    let withheld = closure.withheld.enumerated().compactMap { index, rule in
      rule.map { WithheldObject(object: index, rule: $0) }
    }
    var isKept = [Bool](repeating: false, count: graph.classes.count)
    for index in keep { isKept[graph.classOf[index]] = true }
    let kept = isKept.indices.filter { isKept[$0] }
    let saysNothing = !kept.contains { graph.classes[$0].role == .content }
    if DecisionRule.nothingLeft.fires(saysNothing) { return nothingLeft(withheld) }

    var tlp = TLP.clear
    var covering: Set<Int> = []
    var chosen: Set<Int> = []
    var causes: [HoldCause] = []
    for case .pass(let label, let places) in kept.map({ verdicts[$0] }) where !places.isEmpty {
      tlp = max(tlp, label ?? .clear)
      covering.formUnion(places)
      let free = places.first { HoldCause.of(terms[$0], judgement.submission).isEmpty }
      if free == nil { causes += HoldCause.of(terms[places[0]], judgement.submission) }
      chosen.insert(free ?? places[0])
    }
    let changing = steps.isEmpty ? [] : keep.compactMap { steps[$0] }
    let needsReview = changing.contains(where: \.needsReview)
    if DecisionRule.needsReview.fires(needsReview) { causes.append(HoldCause(rule: .needsReview)) }
    if DecisionRule.transferCaseByCase.fires(changing.contains(where: \.isCase)) {
      causes.append(HoldCause(rule: .transferCaseByCase))
    }
    let first = terms[chosen.min() ?? 0]
    let redactions = changing.flatMap(\.removals)
    let rewrites = changing.flatMap(\.rewrites)
    let isChanged = !redactions.isEmpty || !rewrites.isEmpty || plan.hidesSource
    let isWhole = withheld.isEmpty && closure.removals.isEmpty
    let holds = HoldCause.sorted(causes)
    let hold = holds.first
    let rule: DecisionRule =
      hold?.rule
      ?? (!isWhole
        ? .partlyGranted : isChanged ? .redacted : judgement.submission.residueFree ? .granted : .residueStays)
    var duties = obligations(tlp, covering: covering)
    if plan.hidesSource { duties.attribution = .mustNot }
    return Decision(
      recipient: judgement.recipient.id, outcome: hold != nil ? .hold : rule == .granted ? .deliver : .redact,
      rule: rule, arrangement: first.arrangement.id, arrangementVersion: first.arrangement.version,
      grant: first.grant.id,
      reason: Reason.sentence(
        rule, judgement.submission, to: judgement.recipient.id, arrangement: first.arrangement, grant: first.grant,
        kept: keep.count, withheld: withheld),
      keep: keep, removals: closure.removals, redactions: redactions, rewrites: rewrites,
      hidesSource: plan.hidesSource, holds: holds, withheld: withheld,
      tlp: tlp, obligations: duties)
  }

  /// What is to be changed, from the grants that cover anything that passes by itself.
  private var plan: RedactionPlan {
    var covering: Set<Int> = []
    var tlp = TLP.clear
    var hidesSource = false
    for (place, verdict) in verdicts.enumerated() {
      guard case .pass(let label, let places) = verdict else { continue }
      tlp = max(tlp, label ?? .clear)
      covering.formUnion(places)
      let handling = graph.classes[place].handling
      let consent = handling.consent ?? .everyone
      guard Safeguard.providerConsent.stands else { continue }
      hidesSource =
        hidesSource || handling.hidesSource || consent == SourceConsent.none
        || consent == .usg && judgement.recipient.jurisdiction != "US"
    }
    return RedactionPlan(
      judgement, covering: covering.sorted().map { terms[$0] }, duties: obligations(tlp, covering: covering),
      hidesSource: hidesSource)
  }

  private func nothingLeft(_ withheld: [WithheldObject]) -> Decision {
    let first = terms[0]
    let told = Set(withheld.map(\.object))
    let rest = graph.objects.indices.filter { !told.contains($0) }
    let all = (withheld + rest.map { WithheldObject(object: $0, rule: .notNeeded) }).sorted { $0.object < $1.object }
    return Decision(
      recipient: judgement.recipient.id, outcome: .withhold, rule: .nothingLeft, arrangement: first.arrangement.id,
      arrangementVersion: first.arrangement.version, grant: first.grant.id,
      reason: Reason.sentence(
        .nothingLeft, judgement.submission, to: judgement.recipient.id, arrangement: first.arrangement,
        grant: first.grant, withheld: all),
      withheld: all)
  }

  /// The duties of the grants that cover what passes, of every arrangement that binds both, and of the label itself.
  private func obligations(_ tlp: TLP, covering: Set<Int>) -> Obligations {
    var sum = Obligations.implied(by: tlp)
    if Safeguard.duties.stands {
      sum = sum.adding(judgement.bindingObligations).adding(judgement.submission.provenance.duties)
    }
    for place in covering.sorted() {
      var duties = terms[place].grant.obligations
      duties.purposes = terms[place].purposes
      sum = sum.adding(duties)
    }
    if let stated = judgement.submission.comparablePurpose { sum.purposes = [stated] }
    return sum
  }
}

extension ObjectVerdict {
  fileprivate var rule: DecisionRule? { if case .withhold(let rule) = self { rule } else { nil } }
}
