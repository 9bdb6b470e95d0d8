package import Contract

/// Sentences that say why, for people who do not know the code.
enum Reason {
  static func sentence(
    _ rule: DecisionRule, _ form: MessageForm, to recipient: AgencyID, arrangement: Arrangement? = nil,
    grant: Grant? = nil, fault: String? = nil, kept: Int = 0, withheld causes: String? = nil
  ) -> String {
    let sender = form.sender
    let kind = form.kind.rawValue
    let place = Self.place(arrangement, grant)
    let parties = "\(sender) and \(recipient)"
    switch rule {
    case .granted: return "Everything passes, by \(place)."
    case .partlyGranted: return "\(kept) \(objects(kept)) by \(place); \(causes ?? noCauses)."
    case .residueStays: return "Everything that was read passes, by \(place); a part of the document was not read."
    case .needsApproval:
      let rest = causes.map { "; \($0)" } ?? ""
      return "By \(place) it waits until an operator approves it\(rest)."
    case .redacted: return "Every object passes, by \(place), with details taken out or replaced."
    case .needsConsent, .needsReview, .whereAppropriate, .embargoed, .delayed, .transferCaseByCase:
      let rest = causes.map { "; \($0)" } ?? ""
      return "By \(place) it waits \(rule.waiting(for: sender))\(rest)."
    case .senderSuspended: return "\(sender) is suspended: nothing of it is passed on."
    case .recipientSuspended: return "\(recipient) is suspended: nothing goes to it."
    case .arrangementSuspended: return "\(place) is suspended, so nothing passes between \(parties)."
    case .partySuspended:
      let left = arrangement?.restrictions.first {
        $0.isSuspended && $0.concerns(sender, recipient, at: form.at)
      }
      let why = left.map { $0.reason.isEmpty ? "" : " (\($0.reason))" } ?? ""
      return "\(left?.party.slug ?? "A party") took back \(place)\(why), so nothing passes between \(parties)."
    case .backToOrigin: return "The message came from \(recipient) in the first place."
    case .loop:
      return "The message has been in this hub before, by the names of the hubs that it went through; where this is "
        + "another hub of the same name, one of them needs another name in hub.yaml."
    case .hopsExhausted:
      return "The message has changed hands \(form.provenance.hops) times, which is as often as it may."
    case .arrangementNotSigned:
      let missing = (arrangement?.parties ?? []).filter { arrangement?.signatures.holding[$0] == nil }
      let faults = missing.compactMap { party in
        arrangement?.signatures.faults[party].map { "the one of \(party) does not hold, since \($0)" }
      }
      return "\(place) would cover it, but the signature of \(missing.map(\.slug).joined(separator: ", ")) is missing"
        + (faults.isEmpty ? "." : ": " + faults.joined(separator: "; ") + ".")
    case .groupNotGranted: return "\(place) is for members of a group that \(recipient) does not belong to."
    case .sectorMissing: return "\(place) is for certain sectors, and the message states none."
    case .sectorNotGranted: return "\(place) is for other sectors than the message states."
    case .notNamed: return "\(sender) named the recipients of this message, and \(recipient) is none of them."
    case .prohibited: return "\(place) prohibits messages of the kind \(kind) from \(sender) to \(recipient)."
    case .purposeProhibited:
      return "\(place) prohibits the purpose \"\(form.purpose ?? "")\" that the message states."
    case .purposeUnknown:
      return "No arrangement between \(parties) knows the purpose \"\(form.purpose ?? "")\"."
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
        $0.concerns(sender, recipient) && !$0.isValid(at: form.at)
      }
      return "\(place) would cover it, but its legal basis \(expired?.id ?? "") is not valid at this time."
    case .legalBasisUnknown:
      return "The message states the legal basis \"\(form.legalBasis ?? "")\", which is none of \(place)."
    case .exerciseNotGranted:
      return form.exercise
        ? "The message is an exercise, and \(place) is for real traffic." : "\(place) is for exercises only."
    case .purposeMissing: return "\(place) is for certain purposes, and the message states none."
    case .purposeNotGranted: return "\(place) is not for the purpose \"\(form.purpose ?? "")\"."
    case .mustBeNamed: return "\(place) passes only what names \(recipient) among its recipients."
    case .nothingLeft:
      return "Nothing is left that says anything: \(causes ?? noCauses). The grants looked at begin with \(place)."
    default: return "\(rule.explanation.prefix(1).uppercased())\(rule.explanation.dropFirst())."
    }
  }

  private static func place(_ arrangement: Arrangement?, _ grant: Grant?) -> String {
    guard let arrangement else { return "the arrangement" }
    guard let grant else { return "arrangement \(arrangement.id)" }
    return "grant \(grant.id) of arrangement \(arrangement.id)"
  }

  private static func objects(_ count: Int) -> String { count == 1 ? "object passes" : "objects pass" }

  private static let noCauses = "no object is withheld"

  /// How many objects are withheld, by rule, the most frequent first; nil where none is.
  static func causes(_ withheld: [WithheldObject]) -> String? {
    guard !withheld.isEmpty else { return nil }
    var counts: [DecisionRule: Int] = [:]
    for object in withheld { counts[object.rule, default: 0] += 1 }
    let sorted = counts.sorted { ($1.value, $0.key.rawValue) < ($0.value, $1.key.rawValue) }
    let parts = sorted.map { rule, count in "\(count) since \(rule.explanation)" }
    return "withheld are " + parts.joined(separator: ", ")
  }
}

extension DecisionRule {
  /// What a delivery waits for, after the words "it waits".
  package func waiting(for sender: AgencyID) -> String {
    switch self {
    case .needsConsent: "until \(sender) agrees"
    case .needsReview: "until somebody has read its free text"
    case .whereAppropriate: "until somebody has judged whether passing it on is appropriate"
    case .embargoed: "for the end of an embargo"
    case .delayed: "since it is to be late on cybersecurity grounds"
    case .transferCaseByCase: "until somebody has decided whether this personal data may leave the European Union"
    default: "until an operator approves it"
    }
  }

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
    case .papAboveGrant: "its marking allows less to be done with it than the grant is for"
    case .handlingNotGranted: "its marking asks for handling that the grant or the recipient's clearance does not cover"
    case .notReleasable: "its marking does not release it to the recipient's country"
    case .classified: "it is classified, and this hub carries nothing that is"
    case .onwardNotAllowed: "another agency made it and did not let the sender pass it on"
    case .backToOrigin: "the recipient made it"
    case .returned: "it left this hub before and comes back"
    case .notSubscribed: "the recipient did not ask for objects like it"
    case .sourceHidden: "it says who the originator is, which the recipient may not be told"
    case .personalData: "it is personal data that may not pass"
    case .mayNotBeChanged: "something in it would have to be changed, and nothing may be"
    case .notNeeded: "nothing that passes needs it"
    case .prohibited: "an arrangement between both prohibits its type"
    case .cannotBeJudged: "the message contradicts itself about it"
    default: rawValue
    }
  }
}
