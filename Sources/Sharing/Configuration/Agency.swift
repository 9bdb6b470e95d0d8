package import Contract
package import STIX

/// A participant, from `agencies/<id>.yaml`.
package struct Agency: Sendable, Equatable {
  /// What takes part under the name.
  package enum Kind: String, Sendable, CaseIterable {
    case agency
    /// Another hub: what it brings comes from agencies of its own.
    case hub
  }

  package let id: AgencyID
  package var kind: Kind
  package var name: String
  /// ISO 3166-1 alpha-2, or `EU`.
  package var jurisdiction: String
  /// The id of the STIX identity that speaks for the agency, where it has one.
  package var identity: String?
  /// The sectors that the agency works for, in words of NIS2.
  package var sectors: [String]
  /// Whom it serves, in its own words.
  package var constituency: String?
  /// Communities that it belongs to.
  package var groups: Set<String>
  /// The formats that the agency may publish.
  package var sends: [FormatID]
  /// Of a format that it may publish for certain kinds only, these.
  package var sentKinds: [FormatID: Set<MessageKind>]
  /// What the agency wants to get, in its order of preference: the first line that fits a kind decides the format.
  package var accepts: [AcceptedFormat]
  /// The strictest label that the agency is able to handle.
  package var maximumTLP: TLP
  /// The handling controls beyond TLP that it is cleared for: `pcii`, `les`.
  package var clearance: Set<HandlingControl>
  package var keys: [AgencyKey]
  package var contacts: [Contact]
  /// After so many hours without a message something may be wrong.
  package var quietAlarmHours: Int?
  package var rateLimits: RateLimits
  /// What it wants of what it may have; empty where it wants all of it.
  package var subscriptions: [Subscription]
  /// Nothing is taken from it and nothing goes to it.
  package var isSuspended: Bool

  package init(
    id: AgencyID, name: String, kind: Kind = .agency, jurisdiction: String = "EU", identity: String? = nil,
    sectors: [String] = [], constituency: String? = nil, groups: Set<String> = [], sends: [FormatID] = [.stix],
    sentKinds: [FormatID: Set<MessageKind>] = [:],
    accepts: [AcceptedFormat] = [AcceptedFormat(format: .stix)], maximumTLP: TLP = .amberStrict,
    clearance: Set<HandlingControl> = [], keys: [AgencyKey] = [], contacts: [Contact] = [],
    quietAlarmHours: Int? = nil, rateLimits: RateLimits = RateLimits(), subscriptions: [Subscription] = [],
    isSuspended: Bool = false
  ) {
    self.id = id
    self.kind = kind
    self.sectors = sectors
    self.constituency = constituency
    self.groups = groups
    self.sentKinds = sentKinds
    self.clearance = clearance
    self.keys = keys
    self.quietAlarmHours = quietAlarmHours
    self.rateLimits = rateLimits
    self.subscriptions = subscriptions
    self.name = name
    self.jurisdiction = jurisdiction
    self.identity = identity
    self.sends = sends
    self.accepts = accepts
    self.maximumTLP = maximumTLP
    self.contacts = contacts
    self.isSuspended = isSuspended
  }

  /// The format in which the agency gets messages of this kind; nil where it wants none of them.
  package func format(for kind: MessageKind) -> FormatID? {
    accepts.first { $0.kinds?.contains(kind) ?? true }?.format
  }

  /// Whether the agency may publish messages of this kind in this format.
  package func maySend(_ format: FormatID, _ kind: MessageKind) -> Bool {
    sends.contains(format) && sentKinds[format]?.contains(kind) ?? true
  }
}

/// How much the hub takes from an agency; what is not given has no limit.
package struct RateLimits: Sendable, Equatable {
  package var messagesPerMinute: Int?
  package var bytesPerMinute: Int?

  package init(messagesPerMinute: Int? = nil, bytesPerMinute: Int? = nil) {
    self.messagesPerMinute = messagesPerMinute
    self.bytesPerMinute = bytesPerMinute
  }
}

/// One line of what an agency wants; a part that is not given stands for all.
package struct Subscription: Sendable, Equatable {
  package var kinds: Set<MessageKind>?
  package var objectTypes: ObjectTypes?
  /// The message must be about one of these.
  package var sectors: Set<String>?
  /// The message must be about one of these, ISO 3166-1 alpha-2.
  package var countries: Set<String>?
  /// Objects that say less, or nothing, of how sure their author is are not wanted.
  package var minimumConfidence: Int?

  package init(
    kinds: Set<MessageKind>? = nil, objectTypes: ObjectTypes? = nil, sectors: Set<String>? = nil,
    countries: Set<String>? = nil, minimumConfidence: Int? = nil
  ) {
    self.kinds = kinds
    self.objectTypes = objectTypes
    self.sectors = sectors
    self.countries = countries
    self.minimumConfidence = minimumConfidence
  }
}

/// A public key that is registered for an agency.
package struct AgencyKey: Sendable, Equatable {
  package enum Use: String, Sendable, CaseIterable {
    /// It signs arrangements.
    case policy
    /// It signs messages.
    case message
  }

  package var id: String
  package var use: Use
  /// The 32 bytes of an Ed25519 public key.
  package var publicKey: [UInt8]
  package var validFrom: Instant?
  /// The first moment at which it is not valid any more.
  package var validTo: Instant?

  package init(
    id: String, use: Use, publicKey: [UInt8], validFrom: Instant? = nil, validTo: Instant? = nil
  ) {
    self.id = id
    self.use = use
    self.publicKey = publicKey
    self.validFrom = validFrom
    self.validTo = validTo
  }

  package func isValid(at time: Instant) -> Bool {
    (validFrom.map { time >= $0 } ?? true) && (validTo.map { time < $0 } ?? true)
  }
}

/// One line of what an agency wants to get.
package struct AcceptedFormat: Sendable, Equatable {
  package var format: FormatID
  /// The kinds that this line is for; nil for all.
  package var kinds: Set<MessageKind>?

  package init(format: FormatID, kinds: Set<MessageKind>? = nil) {
    self.format = format
    self.kinds = kinds
  }
}

/// Whom to reach at an agency, by function.
package struct Contact: Sendable, Equatable {
  /// What the contact is for: `operations`, `policy`.
  package var function: String
  package var email: String?
  package var phone: String?
  /// When somebody answers: `24x7`, `office-hours`.
  package var availability: String?
  /// Of the key that mail to the contact is encrypted with.
  package var keyFingerprint: String?

  package init(
    function: String, email: String? = nil, phone: String? = nil, availability: String? = nil,
    keyFingerprint: String? = nil
  ) {
    self.keyFingerprint = keyFingerprint
    self.function = function
    self.email = email
    self.phone = phone
    self.availability = availability
  }
}
