import STIX

/// What is left of a message for one recipient after its objects were judged, made into a decision.
struct Remainder {
  let judgement: MessageJudgement
  let graph: ObjectGraph
  /// The grants that match the message.
  let terms: [Term]
  /// For each class of objects.
  let verdicts: [ObjectVerdict]

  func decision() -> Decision {
    let closure = ReferenceClosure(graph, withheld: graph.classOf.map { verdicts[$0].rule })
    let keep = closure.withheld.indices.filter { closure.withheld[$0] == nil }
    let withheld = closure.withheld.enumerated().compactMap { index, rule in
      rule.map { WithheldObject(object: index, rule: $0) }
    }
    let kept = Set(keep.map { graph.classOf[$0] }).sorted()
    guard kept.contains(where: { graph.classes[$0].role == .content }) else { return nothingLeft(withheld) }

    var tlp = TLP.clear
    var covering: Set<Int> = []
    var chosen: Set<Int> = []
    var isHeld = false
    for case .pass(let label, let places) in kept.map({ verdicts[$0] }) where !places.isEmpty {
      tlp = max(tlp, label ?? .clear)
      covering.formUnion(places)
      let free = places.first { !terms[$0].grant.needsApproval }
      isHeld = isHeld || free == nil
      chosen.insert(free ?? places[0])
    }
    let first = terms[chosen.min() ?? 0]
    let isWhole = withheld.isEmpty && closure.removals.isEmpty
    let rule: DecisionRule =
      isHeld ? .needsApproval : !isWhole ? .partlyGranted : judgement.submission.residueFree ? .granted : .residueStays
    return Decision(
      recipient: judgement.recipient.id, outcome: isHeld ? .hold : rule == .granted ? .deliver : .redact, rule: rule,
      arrangement: first.arrangement.id, arrangementVersion: first.arrangement.version, grant: first.grant.id,
      reason: Reason.sentence(
        rule, judgement.submission, to: judgement.recipient.id, arrangement: first.arrangement, grant: first.grant,
        kept: keep.count, withheld: withheld),
      keep: keep, removals: closure.removals, withheld: withheld, tlp: tlp,
      obligations: obligations(tlp, covering: covering))
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
    for arrangement in judgement.binding { sum = sum.adding(arrangement.obligations) }
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
