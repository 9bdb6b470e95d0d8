import Contract
import STIX
import Synchronization

/// What one recipient may have of messages of one form: the grants that match, or why none does, and what comes with
/// what they cover. Nothing in it depends on a message's objects, so that it is summed up once for many.
final class Passage: Sendable {
  /// What is left to do for a message; in a box, so that looking at it copies no decision.
  indirect enum Way: Sendable {
    /// Nothing, since one of the two is no agency that is known.
    case unknown(Decision)
    /// Nothing passes, whatever the message holds.
    case closed(Decision)
    /// Objects are looked at, each class of them alone.
    case open(ObjectJudgement)
  }

  let recipient: AgencyID
  let way: Way
  /// Whether a grant among those that match lets anything wait.
  let hasHolds: Bool
  private let conditions = Mutex<[Conditions.Key: Conditions]>([:])
  /// What is summed up for so many different sets of grants; whatever comes beyond is summed up each time.
  private static let mostConditions = 64

  init(
    _ form: MessageForm, _ naming: MessageForm.Naming, to recipient: AgencyID, topics: Topics, _ terms: Configuration
  ) {
    self.recipient = recipient
    func close(_ rule: DecisionRule, _ arrangement: Arrangement? = nil, _ grant: Grant? = nil) -> Decision {
      Decision(
        recipient: recipient, outcome: .withhold, rule: rule, arrangement: arrangement?.id,
        arrangementVersion: arrangement?.version, grant: grant?.id,
        reason: Reason.sentence(rule, form, to: recipient, arrangement: arrangement, grant: grant))
    }
    guard let sender = terms.agencies[form.sender], let agency = terms.agencies[recipient] else {
      (way, hasHolds) = (.unknown(close(.cannotBeJudged)), false)
      return
    }
    let route = terms.routes.from(form.sender)[recipient] ?? RouteTable.Route()
    let judgement = MessageJudgement(
      form, naming, from: sender, to: agency, binding: route.arrangements, terms: route.terms)
    if let (rule, arrangement) = judgement.obstacle() {
      (way, hasHolds) = (.closed(close(rule, arrangement)), false)
      return
    }
    let (matching, nearest) = judgement.matches(topics)
    guard !matching.isEmpty else {
      way = .closed(close(nearest?.rule ?? .kindNotGranted, nearest?.term.arrangement, nearest?.term.grant))
      hasHolds = false
      return
    }
    way = .open(ObjectJudgement(judgement, terms: matching, topics: topics, onward: terms))
    hasHolds = matching.contains { $0.grant.needsApproval || !$0.grant.holds.isEmpty }
  }

  /// For each class of objects; where nothing is looked at, what nobody asks for.
  func verdict(_ object: ObjectClass) -> ObjectVerdict {
    if case .open(let objects) = way { objects.verdict(object) } else { .withhold(.nothingLeft) }
  }

  /// What comes with what passes under this label by these grants.
  func conditions(_ key: Conditions.Key, _ objects: ObjectJudgement) -> Conditions {
    if let known = conditions.withLock({ $0[key] }) { return known }
    let found = Conditions(key, objects)
    conditions.withLock { if $0.count < Self.mostConditions { $0[key] = found } }
    return found
  }
}

/// What comes with what passes: duties, and what has to be changed.
final class Conditions: Sendable {
  struct Key: Hashable, Sendable {
    /// The strictest label of what passes.
    var tlp = TLP.clear
    /// The grants that cover something of it.
    var covering = TermSet()
    /// A marking of it asks that its provider is not named.
    var hidesSource = false
  }

  /// The duties of the grants, of every arrangement that binds both, of whoever passed it on, and of the label itself.
  let duties: Obligations
  let plan: RedactionPlan
  /// The decision where everything passes as it is, but for the objects.
  let whole: Decision

  init(_ key: Key, _ objects: ObjectJudgement) {
    let message = objects.message
    let places = key.covering.places
    var sum = Obligations.implied(by: key.tlp)
    if Safeguard.duties.stands {
      sum = sum.adding(message.bindingObligations).adding(message.form.provenance.duties)
    }
    for place in places {
      var duties = objects.terms[place].grant.obligations
      duties.purposes = objects.terms[place].purposes
      sum = sum.adding(duties)
    }
    if let stated = message.form.comparablePurpose { sum.purposes = [stated] }
    plan = RedactionPlan(
      message, covering: places.map { objects.terms[$0] }, duties: sum, hidesSource: key.hidesSource)
    duties = sum
    let first = objects.terms[places.first ?? 0]
    whole = Decision(
      recipient: message.recipient.id, outcome: .deliver, rule: .granted, arrangement: first.arrangement.id,
      arrangementVersion: first.arrangement.version, grant: first.grant.id,
      reason: Reason.sentence(
        .granted, message.form, to: message.recipient.id, arrangement: first.arrangement, grant: first.grant),
      tlp: key.tlp, obligations: sum)
  }
}
