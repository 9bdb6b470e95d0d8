import Contract
import STIX
import Synchronization

/// What was summed up of a configuration's terms, for messages to come.
///
/// A form of message is summed up when the first one of it comes, for the time between two moments at which something
/// begins or ends: an arrangement, a legal basis, a restriction. Forgetting costs time and nothing else.
final class DecisionMemory: Sendable {
  /// All that a sum depends on; a message whose way before its sender was told is summed up by itself.
  private struct Key: Hashable {
    let kind: MessageKind
    let purpose: String?
    let legalBasis: String?
    let exercise: Bool
    let namesRecipients: Bool
    let topics: Topics
    /// The number of moments that have passed.
    let period: Int
    #if DEBUG
      let broken = Safeguard.broken
    #endif
  }

  private let known = Mutex<[AgencyID: [Key: Passages]]>([:])
  /// Rising, each once.
  private let moments: [Instant]
  /// Of one sender, which is an agency of the configuration; with the next one all of its own are forgotten, since a sender can write any purpose.
  private static let mostForms = 16

  init(_ arrangements: [Arrangement]) {
    var moments: Set<Instant> = []
    for arrangement in arrangements {
      moments.insert(arrangement.effectiveFrom)
      moments.formUnion([arrangement.expires].compactMap(\.self))
      moments.formUnion(arrangement.legalBases.flatMap { [$0.validFrom, $0.validTo] }.compactMap(\.self))
      moments.formUnion(arrangement.restrictions.compactMap(\.from))
    }
    self.moments = moments.sorted()
  }

  /// How many moments at which something changes have come by then.
  func period(at time: Instant) -> Int {
    var low = 0
    var high = moments.count
    while low < high {
      let middle = (low + high) / 2
      if moments[middle] <= time { low = middle + 1 } else { high = middle }
    }
    return low
  }

  func passages(for submission: Submission, topics: Topics, _ terms: Configuration) -> Passages {
    let names = submission.named != nil
    guard submission.provenance.isPlain else {
      return Passages(MessageForm(submission), namesRecipients: names, topics: topics, terms)
    }
    let key = Key(
      kind: submission.kind, purpose: submission.purpose, legalBasis: submission.legalBasis,
      exercise: submission.exercise, namesRecipients: names, topics: topics, period: period(at: submission.at))
    if let found = known.withLock({ $0[submission.sender]?[key] }) { return found }
    let found = Passages(MessageForm(submission), namesRecipients: names, topics: topics, terms)
    known.withLock { known in
      var forms = known[submission.sender] ?? [:]
      if forms.count >= Self.mostForms { forms.removeAll() }
      forms[key] = found
      known[submission.sender] = forms
    }
    return found
  }
}

/// What every considered recipient may have of messages of one form.
final class Passages: Sendable {
  /// Sorted by recipient.
  let recipients: [AgencyID]
  /// For each recipient; where the sender named some, first as if it were named, then as if it were not.
  let passages: [Passage]
  private let verdicts = Mutex<[ObjectClass: [ObjectVerdict]]>([:])
  /// Senders choose types and creators freely; what comes beyond so many verdicts is judged each time.
  private static let mostVerdicts = 40_000

  init(_ form: MessageForm, namesRecipients: Bool, topics: Topics, _ terms: Configuration) {
    let recipients = terms.considered(from: form.sender, at: form.at)
    let namings: [MessageForm.Naming] = namesRecipients ? [.recipient, .others] : [.nobody]
    self.recipients = recipients
    passages = namings.flatMap { naming in
      recipients.map { Passage(form, naming, to: $0, topics: topics, terms) }
    }
  }

  /// For each class, a verdict for each passage.
  func verdicts(on classes: [ObjectClass]) -> [[ObjectVerdict]] {
    var found = verdicts.withLock { known in classes.map { known[$0] } }
    var new: [(ObjectClass, [ObjectVerdict])] = []
    for (place, object) in classes.enumerated() where found[place] == nil {
      let verdicts = passages.map { $0.verdict(object) }
      found[place] = verdicts
      new.append((object, verdicts))
    }
    if !new.isEmpty {
      verdicts.withLock { known in
        let most = Self.mostVerdicts / max(1, passages.count)
        for (object, verdicts) in new where known.count < most { known[object] = verdicts }
      }
    }
    return found.compactMap(\.self)
  }

  /// One decision for each recipient, or for one of them.
  func decisions(on submission: Submission, _ findings: MessageFindings, to only: AgencyID? = nil) -> [Decision] {
    let isUnjudged = DecisionRule.cannotBeJudged.fires(findings.graph.fault != nil)
    let verdicts = isUnjudged ? [] : verdicts(on: findings.graph.classes)
    var decisions: [Decision] = []
    decisions.reserveCapacity(only == nil ? recipients.count : 1)
    for (place, recipient) in recipients.enumerated() where only == nil || recipient == only {
      let isOther = submission.named.map { !$0.contains(recipient) } ?? false
      let place = isOther ? place + recipients.count : place
      decisions.append(passages[place].decision(on: submission, findings, verdicts: verdicts, at: place))
    }
    return decisions
  }
}

extension Passage {
  fileprivate func decision(
    on submission: Submission, _ findings: MessageFindings, verdicts: [[ObjectVerdict]], at place: Int
  ) -> Decision {
    if case .unknown(let decision) = way { return decision }
    if let fault = findings.graph.fault, Safeguard.rule(.cannotBeJudged).stands {
      return Decision(recipient: recipient, outcome: .withhold, rule: .cannotBeJudged, reason: fault)
    }
    switch way {
    case .unknown(let decision), .closed(let decision): return decision
    case .open(let objects):
      return Remainder(passage: self, objects: objects, submission, findings, verdicts: verdicts, place: place)
        .decision()
    }
  }
}
