package import Contract
package import STIX

/// A machine-readable sharing agreement, from `arrangements/<id>.yaml`.
package struct Arrangement: Sendable, Equatable {
  /// Where an arrangement stands on its way to being agreed.
  package enum Status: String, Sendable, CaseIterable {
    /// Written down and not agreed: it passes nothing.
    case draft
    /// Applied without the parties' signatures, and shown as such everywhere.
    case trial
    /// Agreed: it passes something only while each party's signature over these very terms is there.
    case active
    /// Ended by the parties: it passes nothing.
    case terminated
  }

  package let id: String
  package var title: String
  package var version: Int
  package var parties: [AgencyID]
  package var status: Status
  /// The first moment at which the grants hold.
  package var effectiveFrom: Instant
  /// The first moment at which they do not hold any more; nil where it was agreed without an end.
  package var expires: Instant?
  /// When the parties look at it again; nothing ends by it.
  package var reviewBy: Instant?
  package var legalBases: [LegalBasis]
  /// What may be done with what is shared; empty where nothing was agreed.
  package var purposes: [String]
  package var prohibitedPurposes: [String]
  /// How an object without any marking is handled; nil withholds it.
  package var unmarked: TLP?
  /// TLP 1's AMBER is read as AMBER+STRICT unless every arrangement between two agencies says AMBER.
  package var readsOldAmberLiterally: Bool
  /// The strictest label that may pass between parties under any arrangement; nil for none.
  package var maximumTLP: TLP?
  package var prohibitions: [Prohibition]
  package var grants: [Grant]
  /// Duties that come with everything that passes under this arrangement.
  package var obligations: Obligations
  /// What it says of personal data; nil where it says nothing, so that none is agreed.
  package var personalData: PersonalData?
  /// Nothing passes between its parties, under whatever arrangement.
  package var isSuspended: Bool
  /// What single parties took back of it, each by itself.
  package var restrictions: [Restriction]
  /// Whose signatures over these very terms are there and hold.
  package var signatures: SignatureState

  package init(
    id: String, title: String = "", version: Int = 1, parties: [AgencyID], status: Status = .trial,
    effectiveFrom: Instant = Instant(milliseconds: 0), expires: Instant? = nil, reviewBy: Instant? = nil,
    legalBases: [LegalBasis] = [],
    purposes: [String] = [], prohibitedPurposes: [String] = [], unmarked: TLP? = nil,
    readsOldAmberLiterally: Bool = false, maximumTLP: TLP? = nil, prohibitions: [Prohibition] = [],
    grants: [Grant] = [], obligations: Obligations = Obligations(), personalData: PersonalData? = nil,
    isSuspended: Bool = false, restrictions: [Restriction] = [], signatures: SignatureState = SignatureState()
  ) {
    self.id = id
    self.title = title
    self.version = version
    self.parties = parties
    self.status = status
    self.effectiveFrom = effectiveFrom
    self.expires = expires
    self.legalBases = legalBases
    self.purposes = purposes
    self.prohibitedPurposes = prohibitedPurposes
    self.unmarked = unmarked
    self.readsOldAmberLiterally = readsOldAmberLiterally
    self.maximumTLP = maximumTLP
    self.prohibitions = prohibitions
    self.grants = grants
    self.obligations = obligations
    self.isSuspended = isSuspended
    self.reviewBy = reviewBy
    self.personalData = personalData
    self.restrictions = restrictions
    self.signatures = signatures
  }

  /// Whether its status lets anything pass: on trial, or signed by all.
  package var isAgreed: Bool {
    switch status {
    case .trial: true
    case .active: signatures.areComplete(for: parties)
    case .draft, .terminated: false
    }
  }

  /// True from `effective-from` until `expires`.
  package func isInForce(at time: Instant) -> Bool {
    time >= effectiveFrom && (expires.map { time < $0 } ?? true)
  }
}

/// The law that an exchange rests on, for as long as it is in force.
package struct LegalBasis: Sendable, Equatable {
  package var id: String
  package var title: String
  /// The parties that rest on it; nil for all of the arrangement.
  package var parties: [AgencyID]?
  package var validFrom: Instant?
  /// The first moment at which it is not valid any more.
  package var validTo: Instant?

  package init(
    id: String, title: String = "", parties: [AgencyID]? = nil, validFrom: Instant? = nil, validTo: Instant? = nil
  ) {
    self.id = id
    self.title = title
    self.parties = parties
    self.validFrom = validFrom
    self.validTo = validTo
  }

  func isValid(at time: Instant) -> Bool {
    (validFrom.map { time >= $0 } ?? true) && (validTo.map { time < $0 } ?? true)
  }

  func concerns(_ sender: AgencyID, _ recipient: AgencyID) -> Bool {
    parties.map { $0.contains(sender) || $0.contains(recipient) } ?? true
  }
}

/// What must not pass, whatever any grant says. A part that is not given stands for all.
package struct Prohibition: Sendable, Equatable {
  package var from: [AgencyID]?
  package var to: [AgencyID]?
  package var kinds: Set<MessageKind>?
  package var objectTypes: ObjectTypes?
  /// Recipients that belong to one of these groups.
  package var groups: Set<String>?

  package init(
    from: [AgencyID]? = nil, to: [AgencyID]? = nil, kinds: Set<MessageKind>? = nil, objectTypes: ObjectTypes? = nil,
    groups: Set<String>? = nil
  ) {
    self.groups = groups
    self.from = from
    self.to = to
    self.kinds = kinds
    self.objectTypes = objectTypes
  }

  func concerns(_ sender: AgencyID, _ recipient: Agency, _ kind: MessageKind) -> Bool {
    (from?.contains(sender) ?? true) && (to?.contains(recipient.id) ?? true) && (kinds?.contains(kind) ?? true)
      && (groups.map { !$0.isDisjoint(with: recipient.groups) } ?? true)
  }
}
