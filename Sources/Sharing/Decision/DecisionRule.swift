/// The rules by which a message or an object passes or not. The raw values stand in the ledger and never change.
package enum DecisionRule: String, Sendable, CaseIterable {
  // The message passes.
  /// A grant covers every object.
  case granted
  /// Grants cover some of the objects; the others are withheld.
  case partlyGranted = "partly-granted"
  /// Grants cover every object that was read, and a part of the document was not read.
  case residueStays = "residue-stays"
  /// A grant covers every object, and details in some of them are taken out or replaced.
  case redacted
  /// A grant covers it once an operator has approved it.
  case needsApproval = "needs-approval"
  /// It waits until the originator agrees.
  case needsConsent = "needs-consent"
  /// It waits until somebody has read its free text.
  case needsReview = "needs-review"
  /// It waits until somebody judged whether passing it on is appropriate.
  case whereAppropriate = "where-appropriate"
  /// It waits for the end of an embargo.
  case embargoed
  /// It is late on purpose.
  case delayed
  /// It holds personal data whose transfer is decided each time anew.
  case transferCaseByCase = "transfer-case-by-case"

  // The message is withheld, whatever the grants say.
  /// The sender is suspended.
  case senderSuspended = "sender-suspended"
  /// The recipient is suspended.
  case recipientSuspended = "recipient-suspended"
  /// An arrangement that binds both is suspended.
  case arrangementSuspended = "arrangement-suspended"
  /// A party took the arrangement back, for itself and at once.
  case partySuspended = "party-suspended"
  /// It came from the recipient itself.
  case backToOrigin = "back-to-origin"
  /// It has been in this hub before.
  case loop
  /// It has changed hands as often as it may.
  case hopsExhausted = "hops-exhausted"
  /// The sender named recipients, and this is none of them.
  case notNamed = "not-named"
  /// An arrangement that binds both prohibits it: the message, or an object of this type.
  case prohibited
  /// An arrangement that binds both prohibits the purpose that the message states.
  case purposeProhibited = "purpose-prohibited"
  /// No arrangement that binds both knows the purpose that the message states.
  case purposeUnknown = "purpose-unknown"
  /// The recipient takes messages of this kind in no format.
  case kindNotAccepted = "kind-not-accepted"
  /// The kind is reserved and has no meaning yet.
  case kindReserved = "kind-reserved"
  /// It is not in the form that decisions are made on: an id or a type that is none, an agency that is unknown.
  case cannotBeJudged = "cannot-be-judged"

  // The message is withheld since no grant matches: the condition that failed last, in this order.
  /// No grant is for this kind of message.
  case kindNotGranted = "kind-not-granted"
  /// The arrangement is not in force yet.
  case arrangementNotYetInForce = "arrangement-not-yet-in-force"
  /// The arrangement has expired.
  case arrangementExpired = "arrangement-expired"
  /// A party's signature over the arrangement is missing or does not hold.
  case arrangementNotSigned = "arrangement-not-signed"
  /// A legal basis of the arrangement is not valid at that time.
  case legalBasisExpired = "legal-basis-expired"
  /// The legal basis that the message states is none of the arrangement's.
  case legalBasisUnknown = "legal-basis-unknown"
  /// The grant is for a group that the recipient does not belong to.
  case groupNotGranted = "group-not-granted"
  /// The grant is for certain sectors and the message states none.
  case sectorMissing = "sector-missing"
  /// The grant is for other sectors.
  case sectorNotGranted = "sector-not-granted"
  /// The message is an exercise and the grant is for real traffic, or the other way round.
  case exerciseNotGranted = "exercise-not-granted"
  /// The grant is for certain purposes and the message states none.
  case purposeMissing = "purpose-missing"
  /// The grant is for other purposes.
  case purposeNotGranted = "purpose-not-granted"
  /// The grant wants the recipient named, and the sender named none.
  case mustBeNamed = "must-be-named"

  // An object is withheld.
  /// It carries a marking that is not known here.
  case unknownMarking = "unknown-marking"
  /// It carries no marking, and the arrangement has no rule for that.
  case unmarked
  /// No grant covers objects of its type.
  case typeNotGranted = "type-not-granted"
  /// It is TLP:RED, and the sender did not name this recipient.
  case redNotNamed = "red-not-named"
  /// Its label is stricter than the grant allows.
  case aboveGrant = "tlp-above-grant"
  /// Its label is stricter than an arrangement that binds both allows.
  case aboveArrangement = "tlp-above-arrangement"
  /// Its label is stricter than what the recipient is able to handle.
  case aboveRecipient = "tlp-above-recipient"
  /// Its marking allows less to be done with it than the grant's recipients are held to.
  case papAboveGrant = "pap-above-grant"
  /// Its marking asks for handling that the grant does not cover, or that the recipient is not cleared for.
  case handlingNotGranted = "handling-not-granted"
  /// It is not releasable to the recipient's country.
  case notReleasable = "not-releasable"
  /// It is classified: this hub carries nothing that is.
  case classified
  /// It is of another agency that did not let the sender pass it on.
  case onwardNotAllowed = "onward-not-allowed"
  /// It left this hub before, for a peer, and comes back.
  case returned
  /// The recipient did not subscribe to objects like it.
  case notSubscribed = "not-subscribed"
  /// It says who the originator is, and the recipient may not be told.
  case sourceHidden = "source-hidden"
  /// It is personal data that may not pass, or nothing is left of it without that.
  case personalData = "personal-data"
  /// Something in it would have to be changed, and nothing may be.
  case mayNotBeChanged = "may-not-be-changed"
  /// It cannot stand without an object that is withheld.
  case refersToWithheld = "refers-to-withheld"
  /// Its texts or custom properties mention an object that is withheld.
  case mentionsWithheld = "mentions-withheld"
  /// Another version of it, under the same id, is withheld.
  case versionWithheld = "version-withheld"
  /// All that it holds is withheld.
  case emptied
  /// Nothing that is delivered needs it.
  case notNeeded = "not-needed"

  /// The message is withheld: none of its objects passes but such as say nothing alone.
  case nothingLeft = "nothing-left"
}

extension DecisionRule {
  /// The rules by which what passes waits.
  package static let holds: Set<DecisionRule> = [
    .needsApproval, .needsConsent, .needsReview, .whereAppropriate, .embargoed, .delayed, .transferCaseByCase,
  ]

  package var isHold: Bool { Self.holds.contains(self) }

  init(_ cause: Hold.Cause) {
    self =
      switch cause {
      case .approval: .needsApproval
      case .consent: .needsConsent
      case .review: .needsReview
      case .whereAppropriate: .whereAppropriate
      case .embargo: .embargoed
      case .delay: .delayed
      }
  }
}
