package import Contract
package import STIX

/// A participant, from `agencies/<id>.yaml`.
package struct Agency: Sendable, Equatable {
  package let id: AgencyID
  package var name: String
  /// ISO 3166-1 alpha-2, or `EU`.
  package var jurisdiction: String
  /// The id of the STIX identity that speaks for the agency, where it has one.
  package var identity: String?
  /// The formats that the agency may publish.
  package var sends: [FormatID]
  /// What the agency wants to get, in its order of preference: the first line that fits a kind decides the format.
  package var accepts: [AcceptedFormat]
  /// The strictest label that the agency is able to handle.
  package var maximumTLP: TLP
  package var contacts: [Contact]
  /// Nothing is taken from it and nothing goes to it.
  package var isSuspended: Bool

  package init(
    id: AgencyID, name: String, jurisdiction: String = "EU", identity: String? = nil, sends: [FormatID] = [.stix],
    accepts: [AcceptedFormat] = [AcceptedFormat(format: .stix)], maximumTLP: TLP = .amberStrict,
    contacts: [Contact] = [], isSuspended: Bool = false
  ) {
    self.id = id
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

  package init(function: String, email: String? = nil, phone: String? = nil, availability: String? = nil) {
    self.function = function
    self.email = email
    self.phone = phone
    self.availability = availability
  }
}
