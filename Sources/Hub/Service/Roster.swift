import Contract
import Sharing

/// Which parts of a hub have to run, and on which terms: a pure function of configuration, switches and alarms.
///
/// A part whose terms change is ended in order and begun again; all others run on undisturbed.
struct Roster: Sendable, Equatable {
  enum Post: Hashable, Sendable {
    case intake(AgencyID)
    case outlet(AgencyID)
  }

  struct Terms: Sendable, Equatable {
    var lanes: Set<Lane>
    var broker: HubSettings.Broker
    var messageBytes: Int
  }

  let posts: [Post: Terms]

  /// - Parameter takesIn: false while an alarm keeps everything new out.
  init(_ configuration: Configuration, _ switches: Switches, takesIn: Bool) {
    let settings = configuration.settings
    func terms(_ lanes: Set<Lane>) -> Terms {
      Terms(lanes: lanes, broker: settings.broker, messageBytes: settings.limits.messageBytes)
    }
    var posts: [Post: Terms] = [:]
    for agency in configuration.agencies.keys {
      let intake = takesIn ? switches.intakeLanes(from: agency) : []
      if !intake.isEmpty { posts[.intake(agency)] = terms(intake) }
      // Receipts are owed whatever is paused; only a quarantine stops them.
      if !switches.isQuarantined { posts[.outlet(agency)] = terms(switches.outletLanes(to: agency)) }
    }
    self.posts = posts
  }
}

extension Configuration {
  /// The same with agencies suspended that an operator has suspended since.
  func suspending(_ suspended: Set<AgencyID>) -> Configuration {
    guard agencies.values.contains(where: { suspended.contains($0.id) && !$0.isSuspended }) else { return self }
    let agencies = self.agencies.values.sorted { $0.id < $1.id }.map { agency in
      var agency = agency
      agency.isSuspended = agency.isSuspended || suspended.contains(agency.id)
      return agency
    }
    return Configuration(
      digest: digest, settings: settings, agencies: agencies, arrangements: arrangements, partners: partners)
  }
}
