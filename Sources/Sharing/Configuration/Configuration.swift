package import Contract
package import Partners

/// Agencies, arrangements and settings as one value: who may exchange what with whom, under which terms.
///
/// Read from a folder by ``load(folder:)``, or put together from values in tests. A value of this type is consistent:
/// the indexes that decisions use are made once, when it is made.
package struct Configuration: Sendable {
  /// SHA-256 over the names and bytes of all files, in hexadecimal: equal for equal folders.
  package let digest: String
  package let settings: HubSettings
  package let agencies: [AgencyID: Agency]
  /// Sorted by id.
  package let arrangements: [Arrangement]
  /// The formats of partners that the configuration describes.
  package let partners: PartnerDescriptions
  /// For each sender and recipient, the arrangements that bind both and the grants between them.
  let routes: RouteTable
  /// What decisions look up of objects.
  let asks: ObjectAsks
  /// What was summed up of all this for messages that were decided.
  let memory: DecisionMemory

  package init(
    digest: String = "", settings: HubSettings = HubSettings(), agencies: [Agency], arrangements: [Arrangement],
    partners: PartnerDescriptions = PartnerDescriptions()
  ) {
    self.partners = partners
    self.digest = digest
    self.settings = settings
    self.agencies = Dictionary(agencies.map { ($0.id, $0) }) { first, _ in first }
    self.arrangements = arrangements.sorted { $0.id < $1.id }
    routes = RouteTable(self.arrangements)
    var asks = ObjectAsks()
    for agency in agencies {
      if let identity = agency.identity { asks.owners[identity.lowercased()] = agency.id }
      for line in agency.subscriptions {
        asks.confidence = asks.confidence || line.minimumConfidence != nil
        asks.topics = asks.topics || line.sectors != nil || line.countries != nil
      }
    }
    asks.topics = asks.topics || arrangements.contains { $0.grants.contains { $0.sectors != nil } }
    self.asks = asks
    memory = DecisionMemory(self.arrangements)
  }

  /// The ids of the arrangements that are on trial, without signatures: to be shown wherever their terms are.
  package var onTrial: [String] { arrangements.filter { $0.status == .trial }.map(\.id) }
}

/// The grants and arrangements that matter between two agencies, found without looking at any other.
struct RouteTable: Sendable {
  /// One grant of one arrangement, by their positions.
  struct Grant: Sendable, Equatable {
    let arrangement: Int
    let grant: Int
  }

  struct Route: Sendable {
    /// Positions of the arrangements of which both are parties.
    var binding: [Int] = []
    /// The grants from the sender to the recipient, by arrangement and then by grant id.
    var grants: [Grant] = []
    /// The same as values, so that decisions copy none.
    fileprivate(set) var arrangements: [Arrangement] = []
    fileprivate(set) var terms: [Term] = []
  }

  /// By sender, then by recipient. A pair without any grant has no route.
  private let routes: [AgencyID: [AgencyID: Route]]

  init(_ arrangements: [Arrangement]) {
    var routes: [AgencyID: [AgencyID: Route]] = [:]
    for (position, arrangement) in arrangements.enumerated() {
      let byID = arrangement.grants.indices.sorted { arrangement.grants[$0].id < arrangement.grants[$1].id }
      for index in byID {
        let grant = arrangement.grants[index]
        for recipient in Set(grant.to) where recipient != grant.from {
          routes[grant.from, default: [:]][recipient, default: Route()].grants.append(
            Grant(arrangement: position, grant: index))
        }
      }
    }
    for (position, arrangement) in arrangements.enumerated() {
      for sender in arrangement.parties {
        for recipient in arrangement.parties where routes[sender]?[recipient] != nil {
          routes[sender]?[recipient]?.binding.append(position)
        }
      }
    }
    let known = arrangements.map { arrangement in
      arrangement.grants.map { Term(arrangement: arrangement, grant: $0) }
    }
    self.routes = routes.mapValues { byRecipient in
      byRecipient.mapValues { route in
        var route = route
        route.arrangements = route.binding.map { arrangements[$0] }
        route.terms = route.grants.map { known[$0.arrangement][$0.grant] }
        return route
      }
    }
  }

  /// The agencies that some grant from this sender names, with what applies to each.
  func from(_ sender: AgencyID) -> [AgencyID: Route] { routes[sender] ?? [:] }
}
