import Contract
import STIX
import Sharing

/// Who may pass what to whom in the measurements.
enum Terms {
  static let agencies = (0..<200).compactMap { AgencyID("agency-\($0)") }

  /// What recipients have in common.
  enum Variety: String, CaseIterable {
    /// The same terms for all, and nothing is changed.
    case plain = "without redaction"
    /// The same terms for all; personal data leaves the Union under the defaults.
    case redaction = "with redaction"
    /// The same, and no two recipients asked for the same types of objects.
    case apart = "with redaction, each apart"
  }

  /// Ten grants in each of 50 arrangements of four parties; seven of these are with the first agency.
  static func configuration(_ variety: Variety) -> Configuration {
    let arrangements = (0..<50).map { number -> Arrangement in
      let first = number < 7 ? agencies[0] : agencies[number * 4 % 200]
      let others = (1...3).map { agencies[(number * 3 + $0) % 199 + 1] }.filter { $0 != first }
      return arrangement(number, from: first, to: others, grants: 10)
    }
    return Configuration(agencies: members(variety), arrangements: arrangements)
  }

  /// One recipient with so many grants that apply, beside so many that do not.
  static func configuration(applying: Int, others: Int) -> Configuration {
    let rest = (0..<others / 10).map { number in
      arrangement(number + 1, from: agencies[number % 100 + 50], to: [agencies[number % 40 + 2]], grants: 10)
    }
    let own = arrangement(0, from: agencies[0], to: [agencies[1]], grants: applying, alerts: false)
    return Configuration(agencies: members(.plain), arrangements: [own] + rest)
  }

  private static func members(_ variety: Variety) -> [Agency] {
    agencies.enumerated().map { place, id in
      var types = Messages.types
      types.remove(at: place % types.count)
      types.remove(at: place / types.count % types.count)
      return Agency(
        id: id, name: id.slug, jurisdiction: place == 0 || variety == .plain ? "EU" : "US", maximumTLP: .red,
        subscriptions: variety == .apart ? [Subscription(objectTypes: ObjectTypes(types + ["relationship"]))] : [])
    }
  }

  private static func arrangement(
    _ number: Int, from first: AgencyID, to others: [AgencyID], grants: Int, alerts: Bool = true
  ) -> Arrangement {
    let grants = (0..<grants).map { place in
      Grant(
        id: "g\(place)", from: first, to: others, kinds: alerts && place == 9 ? [.alert] : [.bundle, .indicators],
        objectTypes: place % 2 == 0 ? .standard : ObjectTypes(["indicator", "malware", "relationship"]),
        maximumTLP: [.green, .amber, .amberStrict][place % 3], obligations: Obligations(retentionDays: 30 + place))
    }
    return Arrangement(
      id: "pact-\(number)", parties: [first] + others, legalBases: [LegalBasis(id: "treaty")], unmarked: .amber,
      grants: grants)
  }
}
