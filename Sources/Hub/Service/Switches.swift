package import Contract
package import Ledger

/// What operators have switched off, as the ledger says; hubs look each second.
package struct Switches: Sendable, Equatable {
  /// Something that can be paused.
  package enum Target: Hashable, Sendable {
    /// Everything that is taken in.
    case intake
    /// What one agency publishes.
    case agency(AgencyID)
    /// One lane, in and out.
    case lane(Lane)
    /// What goes to one agency.
    case recipient(AgencyID)

    /// As commands and the ledger write it: `agency/us-cisa`.
    package var name: String {
      switch self {
      case .intake: "intake"
      case .agency(let agency): "agency/\(agency)"
      case .lane(let lane): "lane/\(lane.rawValue)"
      case .recipient(let agency): "recipient/\(agency)"
      }
    }

    package init?(name: String) {
      let parts = name.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
      switch (parts.first, parts.count) {
      case ("intake", 1): self = .intake
      case ("agency", 2): if let id = AgencyID(parts[1]) { self = .agency(id) } else { return nil }
      case ("recipient", 2): if let id = AgencyID(parts[1]) { self = .recipient(id) } else { return nil }
      case ("lane", 2): if let lane = Lane(rawValue: parts[1]) { self = .lane(lane) } else { return nil }
      default: return nil
      }
    }
  }

  package static let quarantine = "quarantine"

  package private(set) var paused: Set<Target> = []
  package private(set) var suspended: Set<AgencyID> = []
  /// The ledger was restored, and nobody has said yet that it may go on.
  package private(set) var isQuarantined = false

  package init(_ rows: [SwitchRow] = []) {
    for row in rows {
      if row.name == Self.quarantine { isQuarantined = true }
      if row.name.hasPrefix("pause/"), let target = Target(name: String(row.name.dropFirst(6))) {
        paused.insert(target)
      }
      if row.name.hasPrefix("suspend/"), let agency = AgencyID(String(row.name.dropFirst(8))) {
        suspended.insert(agency)
      }
    }
  }

  package static func pause(_ target: Target) -> String { "pause/" + target.name }
  package static func suspend(_ agency: AgencyID) -> String { "suspend/\(agency)" }

  /// The lanes that may be taken in from an agency.
  package func intakeLanes(from agency: AgencyID) -> Set<Lane> {
    if isQuarantined || suspended.contains(agency) { return [] }
    if !paused.isDisjoint(with: [.intake, .agency(agency)]) { return [] }
    return Set(Lane.allCases.filter { !paused.contains(.lane($0)) })
  }

  /// The lanes along which an agency may get something. What is suspended gets nothing by its terms, and is told apart
  /// from what waits.
  package func outletLanes(to agency: AgencyID) -> Set<Lane> {
    if isQuarantined || paused.contains(.recipient(agency)) { return [] }
    return Set(Lane.allCases.filter { !paused.contains(.lane($0)) })
  }
}
