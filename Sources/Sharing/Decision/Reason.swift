import Contract

/// Sentences that say why, for people who do not know the code.
enum Reason {
  static func sentence(
    _ rule: DecisionRule, _ submission: Submission, to recipient: AgencyID, arrangement: Arrangement? = nil,
    grant: Grant? = nil, fault: String? = nil, kept: Int = 0, withheld: [WithheldObject] = []
  ) -> String {
    let sender = submission.sender
    let kind = submission.kind.rawValue
    let place = Self.place(arrangement, grant)
    let parties = "\(sender) and \(recipient)"
    switch rule {
    case .granted: return "Everything passes, by \(place)."
    case .partlyGranted: return "\(kept) \(objects(kept)) by \(place); \(causes(withheld))."
    case .residueStays: return "Everything that was read passes, by \(place); a part of the document was not read."
    case .needsApproval:
      let rest = withheld.isEmpty ? "" : "; \(causes(withheld))"
      return "By \(place) it waits until an operator approves it\(rest)."
    case .senderSuspended: return "\(sender) is suspended: nothing of it is passed on."
    case .recipientSuspended: return "\(recipient) is suspended: nothing goes to it."
    case .arrangementSuspended: return "\(place) is suspended, so nothing passes between \(parties)."
    case .notNamed: return "\(sender) named the recipients of this message, and \(recipient) is none of them."
    case .prohibited: return "\(place) prohibits messages of the kind \(kind) from \(sender) to \(recipient)."
    case .purposeProhibited:
      return "\(place) prohibits the purpose \"\(submission.purpose ?? "")\" that the message states."
    case .purposeUnknown:
      return "No arrangement between \(parties) knows the purpose \"\(submission.purpose ?? "")\"."
    case .kindNotAccepted: return "\(recipient) takes messages of the kind \(kind) in no format."
    case .kindReserved: return "Messages of the kind \(kind) are reserved and are not exchanged yet."
    case .cannotBeJudged: return fault ?? "\(sender) or \(recipient) is not an agency of this configuration."
    case .kindNotGranted: return "No grant from \(sender) to \(recipient) is for messages of the kind \(kind)."
    case .arrangementNotYetInForce:
      return "\(place) would cover it, but holds only from \(arrangement?.effectiveFrom.description ?? "")."
    case .arrangementExpired:
      return "\(place) would cover it, but ended at \(arrangement?.expires?.description ?? "")."
    case .legalBasisExpired:
      let expired = arrangement?.legalBases.first {
        $0.concerns(sender, recipient) && !$0.isValid(at: submission.at)
      }
      return "\(place) would cover it, but its legal basis \(expired?.id ?? "") is not valid at this time."
    case .legalBasisUnknown:
      return "The message states the legal basis \"\(submission.legalBasis ?? "")\", which is none of \(place)."
    case .exerciseNotGranted:
      return submission.exercise
        ? "The message is an exercise, and \(place) is for real traffic." : "\(place) is for exercises only."
    case .purposeMissing: return "\(place) is for certain purposes, and the message states none."
    case .purposeNotGranted: return "\(place) is not for the purpose \"\(submission.purpose ?? "")\"."
    case .mustBeNamed: return "\(place) passes only what names \(recipient) among its recipients."
    case .nothingLeft:
      return "Nothing is left that says anything: \(causes(withheld)). The grants looked at begin with \(place)."
    default: return "\(rule.explanation.prefix(1).uppercased())\(rule.explanation.dropFirst())."
    }
  }

  private static func place(_ arrangement: Arrangement?, _ grant: Grant?) -> String {
    guard let arrangement else { return "the arrangement" }
    guard let grant else { return "arrangement \(arrangement.id)" }
    return "grant \(grant.id) of arrangement \(arrangement.id)"
  }

  private static func objects(_ count: Int) -> String { count == 1 ? "object passes" : "objects pass" }

  /// How many objects are withheld, by rule, the most frequent first.
  private static func causes(_ withheld: [WithheldObject]) -> String {
    guard !withheld.isEmpty else { return "no object is withheld" }
    let counts = Dictionary(grouping: withheld, by: \.rule).mapValues(\.count)
    let sorted = counts.sorted { ($1.value, $0.key.rawValue) < ($0.value, $1.key.rawValue) }
    let parts = sorted.map { rule, count in "\(count) since \(rule.explanation)" }
    return "withheld are " + parts.joined(separator: ", ")
  }
}

extension DecisionRule {
  /// Why an object does not pass, as the end of a sentence.
  package var explanation: String {
    switch self {
    case .unknownMarking: "it carries a marking that is not known here"
    case .unmarked: "it carries no marking and the arrangement has no rule for that"
    case .typeNotGranted: "no grant covers objects of its type"
    case .redNotNamed: "it is TLP:RED and the sender did not name this recipient"
    case .aboveGrant: "its label is stricter than the grant allows"
    case .aboveArrangement: "its label is stricter than an arrangement between both allows"
    case .aboveRecipient: "its label is stricter than the recipient can handle"
    case .refersToWithheld: "it cannot stand without an object that is withheld"
    case .mentionsWithheld: "it mentions an object that is withheld"
    case .versionWithheld: "another version of it is withheld"
    case .emptied: "all that it holds is withheld"
    case .notNeeded: "nothing that passes needs it"
    case .prohibited: "an arrangement between both prohibits its type"
    case .cannotBeJudged: "the message contradicts itself about it"
    default: rawValue
    }
  }
}
