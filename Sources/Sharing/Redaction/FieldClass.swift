/// What kind of detail a value is, for the rules on personal data and on victims.
package enum FieldClass: String, Sendable, CaseIterable, Comparable {
  /// Addresses, host names and the like that are not known to be an attacker's.
  case victimInfrastructure = "victim-infrastructure"
  /// What names a person who is not known to be an attacker: e-mail addresses, accounts, names.
  case person
  /// What names a person on the attacker's side.
  case attackerPerson = "attacker-person"
  /// How to reach whoever reported or created something.
  case reporterContact = "reporter-contact"
  /// The organisation that was attacked.
  case victimOrganisation = "victim-organisation"
  /// Descriptions, notes, comments: nobody knows what they hold.
  case freeText = "free-text"
  /// What follows the question mark of a URL.
  case urlQuery = "url-query"
  /// Files, bodies of mail, captured traffic.
  case payload

  package static func < (left: FieldClass, right: FieldClass) -> Bool { left.rawValue < right.rawValue }

  /// What becomes of the class where personal data leaves the area of its law and no clause says otherwise.
  package var treatmentOnTransfer: Treatment {
    switch self {
    case .victimInfrastructure, .victimOrganisation: .pseudonymise
    case .person, .reporterContact, .urlQuery, .payload: .drop
    case .freeText: .review
    case .attackerPerson: .pass
    }
  }

  /// What an arrangement may say of the class.
  package var treatments: Set<Treatment> {
    switch self {
    case .victimInfrastructure: [.pass, .truncate, .pseudonymise, .drop]
    case .person, .attackerPerson, .victimOrganisation: [.pass, .pseudonymise, .drop]
    case .freeText: [.pass, .review, .drop]
    case .reporterContact, .urlQuery, .payload: [.pass, .drop]
    }
  }
}

/// What is done to a value before it leaves, the strictest last.
package enum Treatment: String, Sendable, CaseIterable, Comparable {
  case pass
  /// An address keeps the part that names its network: 24 bits, or 48 of version 6.
  case truncate
  /// A word in its place that only the hub can lead back, another one for each recipient.
  case pseudonymise
  /// It waits until somebody has read it.
  case review
  case drop

  private var strictness: Int { Self.allCases.firstIndex(of: self) ?? 0 }
  package static func < (left: Treatment, right: Treatment) -> Bool { left.strictness < right.strictness }
}

/// On what personal data leaves the European Union (GDPR chapter V; Regulation (EU) 2018/1725 chapter V).
package enum TransferTool: String, Sendable, CaseIterable {
  /// The Commission decided that the recipient's law is adequate.
  case adequacy
  /// A binding instrument between public authorities.
  case bindingInstrument = "article-46-2-a"
  /// Provisions in an administrative arrangement, authorised by the supervisory authority.
  case administrativeArrangement = "article-46-3-b"
  /// Important reasons of public interest: each time anew.
  case publicInterest = "article-49-1-d"
  case none
}

/// What an arrangement says of personal data.
package struct PersonalData: Sendable, Equatable {
  package var isInScope: Bool
  /// The classes that may pass under the transfer tool; what is not named takes the default.
  package var categories: Set<FieldClass>
  package var transferTool: TransferTool

  package init(isInScope: Bool, categories: Set<FieldClass> = [], transferTool: TransferTool = .none) {
    self.isInScope = isInScope
    self.categories = categories
    self.transferTool = transferTool
  }
}
