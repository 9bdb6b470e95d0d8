import Contract
import JSON
import STIX

/// One thing that what passes has to wait for.
struct HoldCause: Sendable, Equatable {
  var rule: DecisionRule
  /// When it ends by itself.
  var until: Instant?
  var releasedBy: [AgencyID] = []

  init(rule: DecisionRule, until: Instant? = nil, releasedBy: [AgencyID] = []) {
    self.rule = rule
    self.until = until
    self.releasedBy = releasedBy
  }

  /// What a grant lets wait at the moment.
  static func of(_ term: Term, _ submission: Submission) -> [HoldCause] {
    var causes: [HoldCause] =
      DecisionRule.needsApproval.fires(term.grant.needsApproval) ? [HoldCause(rule: .needsApproval)] : []
    for hold in term.grant.holds {
      let end = hold.end(acceptedAt: submission.acceptedAt)
      if let end, submission.at >= end || !Safeguard.holdUntilEnd.stands { continue }
      guard Safeguard.rule(DecisionRule(hold.cause)).stands else { continue }
      causes.append(HoldCause(rule: DecisionRule(hold.cause), until: end, releasedBy: hold.releasedBy))
    }
    return causes
  }

  /// The one that is named, of several: what somebody has to do before what ends by itself, and of these the last.
  static func first(_ causes: [HoldCause]) -> HoldCause? {
    let order: [DecisionRule] = [
      .needsConsent, .transferCaseByCase, .needsReview, .whereAppropriate, .needsApproval, .embargoed, .delayed,
    ]
    func place(_ cause: HoldCause) -> Int { order.firstIndex(of: cause.rule) ?? 0 }
    let human = causes.filter { $0.until == nil }
    guard human.isEmpty else { return human.min { place($0) < place($1) } }
    return causes.max { ($0.until?.milliseconds ?? 0) < ($1.until?.milliseconds ?? 0) }
  }
}

/// What is sensitive in a message, looked for once, when the first recipient needs it.
final class LazyFields {
  private let graph: ObjectGraph
  private(set) lazy var scan = FieldScan(graph)
  /// Identities that some object names as its creator.
  private(set) lazy var creators: Set<Int> = {
    var ids: Set<String> = []
    for object in graph.objects {
      if let id = object.value["created_by_ref"]?.string { ids.insert(id.lowercased()) }
    }
    return Set(graph.objects.filter { $0.type == "identity" && ids.contains($0.id.lowercased()) }.map(\.index))
  }()

  init(_ graph: ObjectGraph) { self.graph = graph }
}
