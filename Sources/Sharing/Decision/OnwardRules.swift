import Contract
import STIX

/// Whether a sender may pass on what another agency created.
///
/// The terms are those under which it could have come from its creator to the sender, and of several the strictest;
/// what nobody agreed on goes by its label alone, and AMBER+STRICT and RED never go on.
struct OnwardRules: Sendable {
  private let configuration: Configuration
  private let message: MessageJudgement

  init(_ configuration: Configuration, _ message: MessageJudgement) {
    self.configuration = configuration
    self.message = message
  }

  /// - Parameter creator: whose object it is by its own words. What a peer hub brings is of the message's origin, where
  ///   the object names nobody who is known; where the origin is hidden or unknown here, it is a stranger's.
  func allows(_ creator: AgencyID?, _ tlp: TLP) -> Bool {
    let sender = message.sender.id
    let provenance = message.form.provenance
    let owner = [creator, provenance.origin].compactMap(\.self).first { $0 != sender }
    guard owner != nil || provenance.isForeign(to: sender) else { return true }
    if tlp >= .amberStrict { return false }
    switch max(rule(from: owner, tlp), provenance.duties.onward ?? .any) {
    case .any: return true
    case .none: return false
    case .named: return isParty(beside: owner)
    case .community: return isParty(beside: owner) || isInGroup
    }
  }

  private func rule(from creator: AgencyID?, _ tlp: TLP) -> Obligations.Onward {
    let implied = Obligations.implied(by: tlp).onward ?? .any
    guard let creator, let route = configuration.routes.from(creator)[message.sender.id] else { return implied }
    var strictest = implied
    for place in route.grants {
      let arrangement = configuration.arrangements[place.arrangement]
      let grant = arrangement.grants[place.grant]
      // It did not come by a grant that lets no such label pass, or that wants names for what has none.
      guard grant.maximumTLP >= tlp, !grant.mustBeNamed else { continue }
      strictest = max(strictest, grant.obligations.onward ?? .any, arrangement.obligations.onward ?? .any)
    }
    return strictest
  }

  /// Whether creator and recipient are parties of one arrangement.
  private func isParty(beside creator: AgencyID?) -> Bool {
    guard let creator else { return false }
    return configuration.arrangements.contains {
      $0.parties.contains(creator) && $0.parties.contains(message.recipient.id)
        && $0.isConsidered(at: message.form.at)
    }
  }

  private var isInGroup: Bool { !message.sender.groups.isDisjoint(with: message.recipient.groups) }
}

/// Countries in the three letters that US markings use.
enum Nationality {
  private static let codes: [String: String] = [
    "AT": "AUT", "AU": "AUS", "BE": "BEL", "BG": "BGR", "CA": "CAN", "CH": "CHE", "CY": "CYP", "CZ": "CZE",
    "DE": "DEU", "DK": "DNK", "EE": "EST", "ES": "ESP", "FI": "FIN", "FR": "FRA", "GB": "GBR", "GR": "GRC",
    "HR": "HRV", "HU": "HUN", "IE": "IRL", "IS": "ISL", "IT": "ITA", "JP": "JPN", "KR": "KOR", "LI": "LIE",
    "LT": "LTU", "LU": "LUX", "LV": "LVA", "MT": "MLT", "NL": "NLD", "NO": "NOR", "NZ": "NZL", "PL": "POL",
    "PT": "PRT", "RO": "ROU", "SE": "SWE", "SI": "SVN", "SK": "SVK", "UA": "UKR", "US": "USA",
  ]

  /// What is not in the list, the Union among it, is no nationality that could be permitted.
  static func code(_ country: String) -> String { codes[country] ?? "(\(country))" }
}
