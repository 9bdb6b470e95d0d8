import Contract
import STIX

extension Configuration {
  /// Decides, recipient by recipient, what passes of a message: one decision for each considered agency, sorted.
  ///
  /// Pure: equal configurations and submissions give equal decisions. In this order, for each recipient:
  ///
  ///     obstacles   what withholds the message whatever the grants say
  ///     grants      those whose conditions on the message all match
  ///     objects     each alone: type, label, ceilings
  ///     closure     what falls with what is withheld, and what is cut out of the rest
  ///     remainder   whether what is left says anything
  package func decide(_ submission: Submission) -> [Decision] {
    let graph = ObjectGraph(
      submission.bundle, floor: submission.tlp, asks: asks, returned: submission.provenance.returned)
    let fields = LazyFields(graph)
    return considered(from: submission.sender, at: submission.at).map { decide(submission, graph, fields, to: $0) }
  }

  func decide(
    _ submission: Submission, _ graph: ObjectGraph, _ fields: LazyFields, to recipient: AgencyID
  ) -> Decision {
    guard let judgement = judgement(of: submission, to: recipient) else {
      return Decision(
        recipient: recipient, outcome: .withhold, rule: .cannotBeJudged,
        reason: Reason.sentence(.cannotBeJudged, submission, to: recipient))
    }
    if let (rule, arrangement) = judgement.obstacle(graph) {
      return Decision(
        recipient: recipient, outcome: .withhold, rule: rule, arrangement: arrangement?.id,
        arrangementVersion: arrangement?.version,
        reason: Reason.sentence(rule, submission, to: recipient, arrangement: arrangement, fault: graph.fault))
    }
    let (matching, nearest) = judgement.matches(graph.topics)
    guard !matching.isEmpty else {
      let rule = nearest?.rule ?? .kindNotGranted
      return Decision(
        recipient: recipient, outcome: .withhold, rule: rule, arrangement: nearest?.term.arrangement.id,
        arrangementVersion: nearest?.term.arrangement.version, grant: nearest?.term.grant.id,
        reason: Reason.sentence(
          rule, submission, to: recipient, arrangement: nearest?.term.arrangement, grant: nearest?.term.grant))
    }
    let objects = ObjectJudgement(judgement, terms: matching, topics: graph.topics, onward: self)
    let verdicts = graph.classes.map(objects.verdict)
    return Remainder(judgement: judgement, graph: graph, terms: matching, verdicts: verdicts, fields: fields).decision()
  }

  /// Nil where one of the two agencies is unknown.
  func judgement(of submission: Submission, to recipient: AgencyID) -> MessageJudgement? {
    guard let sender = agencies[submission.sender], let agency = agencies[recipient] else { return nil }
    let route = routes.from(submission.sender)[recipient] ?? RouteTable.Route()
    return MessageJudgement(
      submission: submission, recipient: agency, sender: sender, binding: route.arrangements, terms: route.terms)
  }
}
