import ArgumentParser
import Contract
import Formats
import Hub
import Ledger
import Partners
import STIX

/// The slug of an agency: `eu-enisa`.
struct AgencyArgument: ExpressibleByArgument {
  let id: AgencyID

  init?(argument: String) {
    guard let id = AgencyID(argument) else { return nil }
    self.id = id
  }
}

/// Agencies, separated by commas: `eu-enisa,pl-cert-polska`.
struct AgencyList: ExpressibleByArgument {
  let agencies: Set<AgencyID>

  init?(argument: String) {
    var agencies: Set<AgencyID> = []
    for name in argument.split(separator: ",") {
      guard let agency = AgencyID(name.filter { $0 != " " }) else { return nil }
      agencies.insert(agency)
    }
    guard !agencies.isEmpty else { return nil }
    self.agencies = agencies
  }
}

/// A TLP label, with or without `TLP:`.
struct TLPArgument: ExpressibleByArgument {
  let tlp: TLP

  init?(argument: String) {
    guard let tlp = TLP(label: argument) else { return nil }
    self.tlp = tlp
  }

  static var allValueStrings: [String] { TLP.allCases.map(\.label) }
}

/// A format of the catalogue, or one that a configuration describes.
struct FormatArgument: ExpressibleByArgument {
  let id: FormatID

  init?(argument: String) {
    guard let id = FormatID(argument.lowercased()) else { return nil }
    self.id = id
  }

  /// Refuses a name that is no format here.
  func check(_ partners: PartnerDescriptions) throws {
    guard ExchangeFormats(partners).format(id) == nil else { return }
    let known = ExchangeFormats(partners).all.map(\.id.slug).joined(separator: ", ")
    throw ValidationError("'\(id)' is no format here; the formats are \(known).")
  }

  static var allValueStrings: [String] { FormatCatalogue.all.map(\.id.slug) }
}

/// A moment: RFC 3339 in UTC.
struct MomentArgument: ExpressibleByArgument {
  let instant: Instant

  init?(argument: String) {
    guard let moment = Timestamp(argument) ?? Timestamp(argument + "T00:00:00Z") else { return nil }
    instant = moment.instant
  }
}

/// Asks the ledger, and turns its trouble into an answer.
func asking<Value>(_ body: () async throws -> Value) async throws -> Value {
  do {
    return try await body()
  } catch let error as LedgerError {
    switch error.code {
    case .conflict, .notFound, .payloadGone:
      throw Answer.no(error.reason.prefix(1).uppercased() + error.reason.dropFirst() + ".")
    case .busy, .full, .io:
      throw Answer.unusable("The ledger cannot be used now: \(error.reason). Nothing was changed; try again.")
    default: throw Answer.unusable("The ledger cannot be used: \(error.reason).")
    }
  }
}
