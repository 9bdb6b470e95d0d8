package import Contract
import JSON
import STIX

extension Configuration {
  /// Asks the decision itself, for one agency or for all but the sender.
  package func explain(_ submission: Submission, to agency: AgencyID? = nil) -> Explanation {
    let findings = findings(in: submission)
    let graph = findings.graph
    let decisions = Dictionary(
      decide(submission, findings, to: agency).map { ($0.recipient, $0) }, uniquingKeysWith: { first, _ in first })
    let asked = agency.map { [$0] } ?? agencies.keys.filter { $0 != submission.sender }.sorted()
    return Explanation(
      sender: submission.sender, kind: submission.kind, objectCount: graph.objects.count,
      isExercise: submission.exercise,
      recipients: asked.map { recipient in
        guard let decision = decisions[recipient] else {
          return ExplainedRecipient(
            agency: recipient, decision: nil, reason: whyNotConsidered(submission, recipient), isOnTrial: false,
            passing: [], withheld: [], cutOut: [])
        }
        return explained(decision, graph)
      })
  }

  private func explained(_ decision: Decision, _ graph: ObjectGraph) -> ExplainedRecipient {
    ExplainedRecipient(
      agency: decision.recipient, decision: decision, reason: decision.reason,
      isOnTrial: decision.arrangement.map { onTrial.contains($0) } ?? false,
      passing: decision.keep.map { graph.explained($0, rule: nil) },
      withheld: decision.withheld.map { graph.explained($0.object, rule: $0.rule) },
      cutOut: decision.removals.map { ExplainedCut(id: graph.objects[$0.object].id, pointer: $0.pointer) })
  }

  private func whyNotConsidered(_ submission: Submission, _ recipient: AgencyID) -> String {
    let sender = submission.sender
    guard agencies[sender] != nil else { return "\(sender) is not an agency of this configuration." }
    guard agencies[recipient] != nil else { return "\(recipient) is not an agency of this configuration." }
    guard sender != recipient else { return "A message is not sent back to its sender." }
    let shared = arrangements.filter { $0.parties.contains(sender) && $0.parties.contains(recipient) }
    guard !shared.isEmpty else { return "There is no arrangement between \(sender) and \(recipient)." }
    let names = shared.map(\.id).joined(separator: ", ")
    guard let route = routes.from(sender)[recipient], let first = route.grants.first else {
      return "No grant of \(names) lets \(sender) pass anything to \(recipient)."
    }
    let arrangement = arrangements[first.arrangement]
    let rule: DecisionRule =
      submission.at < arrangement.effectiveFrom ? .arrangementNotYetInForce : .arrangementExpired
    return Reason.sentence(
      rule, MessageForm(submission), to: recipient, arrangement: arrangement, grant: arrangement.grants[first.grant])
  }
}

extension ObjectGraph {
  fileprivate func explained(_ index: Int, rule: DecisionRule?) -> ExplainedObject {
    let object = objects[index]
    let marking =
      switch classes[classOf[index]].label {
      case .unknown: "marked unknown"
      case .unmarked: "unmarked"
      case .known(let strict, _): strict.label
      }
    return ExplainedObject(
      id: object.id, type: object.type, name: object.value["name"]?.string, marking: marking, rule: rule)
  }
}
