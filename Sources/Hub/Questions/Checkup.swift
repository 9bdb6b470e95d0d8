import AMQP
package import Broker
import Contract
import Ledger
package import Sharing

/// What a hub needs, looked at one by one: the answer of `entente doctor`.
package struct Checkup: Sendable {
  /// One thing that was looked at.
  package struct Finding: Sendable, Equatable {
    package enum Verdict: String, Sendable {
      case good = "ok"
      case bad
      case alarm
    }

    package var verdict: Verdict
    package var what: String
    /// A sentence, with what to do where something is wrong.
    package var sentence: String
  }

  package private(set) var findings: [Finding] = []

  /// True where nothing is wrong.
  package var isHealthy: Bool { findings.allSatisfy { $0.verdict == .good } }

  /// Looks at everything; what cannot be looked at since something before it is wrong, is left out.
  package init(
    folder: String, configuration: Configuration, management: ManagementAPI?, clock: any HubClock = SystemClock()
  ) async {
    let agencies = PlainText.count(configuration.agencies.count, "agency", "agencies")
    good("configuration", "\(agencies), \(PlainText.count(configuration.arrangements.count, "arrangement")).")
    for arrangement in configuration.onTrial {
      good("arrangement", "\(arrangement) is on trial: it is in force without signatures.")
    }
    do {
      let home = try HubHome.open(folder: folder, configuration: configuration)
      good("secrets", "The keys in \(home.secrets.path) can be read.")
      await look(at: home, at: clock.now())
      await lookAtVhosts(of: home)
      await home.ledger.close()
    } catch {
      bad(error.code == .ledger ? "ledger" : "secrets", error.message)
    }
    if let management { await look(at: management, configuration) }
  }

  private mutating func look(at home: HubHome, at now: Instant) async {
    do {
      let report = try await home.ledger.audit()
      let entries = PlainText.count(report.entries, "entry", "entries")
      if report.isBalanced {
        good("ledger", "\(entries), and the books balance.")
      } else {
        bad("ledger", "The books do not balance: run `entente audit`.")
      }
      let open = report.deadLetters[.open] ?? 0
      if open > 0 { alarm("dead letters", "\(PlainText.count(open, "dead letter")) open: run `entente dead list`.") }
      let hubs = try await home.ledger.liveHubs(since: now.adding(milliseconds: -5000))
      if hubs.isEmpty {
        alarm("hub", "No hub is running: start one with `entente serve`.")
      } else {
        good("hub", "\(PlainText.count(hubs.count, "hub")) running.")
      }
    } catch {
      bad("ledger", "It cannot be read: \(error.reason).")
    }
  }

  /// Logs in to each virtual host as the hub.
  private mutating func lookAtVhosts(of home: HubHome) async {
    let broker = home.configuration.settings.broker
    let user = broker.vhostPrefix + broker.hubUser
    guard let password = try? home.secrets.password(of: user) else {
      return bad("broker", "There is no password of the user \(user): run `entente topology apply`.")
    }
    for agency in home.configuration.agencies.keys.sorted() {
      var connection = AMQPConfiguration(
        host: broker.host, port: UInt16(clamping: broker.port), vhost: broker.vhostPrefix + agency.slug, username: user,
        password: password, connectionName: "entente doctor")
      connection.tls = broker.tls.map { AMQPTLS($0) }
      do {
        let open = try await AMQPConnection.connect(connection)
        await open.close()
      } catch {
        let cure = error.isTransient ? "see whether the broker runs" : "run `entente topology apply`"
        return bad("broker", "The hub cannot log in to the virtual host of \(agency): \(error.message); \(cure).")
      }
    }
    good("broker", "The hub can log in to every agency's virtual host on \(broker.host):\(broker.port).")
  }

  private mutating func look(at management: ManagementAPI, _ configuration: Configuration) async {
    do {
      let overview = try await management.overview()
      good("management", "RabbitMQ \(overview.version) answers at \(management.address).")
      for alarm in try await management.alarms() {
        self.alarm("broker", "\(alarm.node) runs short of \(alarm.resource) and takes nothing more until it has some.")
      }
    } catch {
      return bad("management", "\(error.message).")
    }
    let installer = TopologyInstaller(configuration: configuration, management: management)
    do {
      let plan = try await installer.plan()
      if plan.isDone {
        good("topology", "\(PlainText.count(plan.unchanged, "thing")) on the broker as they shall be.")
      } else {
        bad("topology", "The broker lacks \(PlainText.count(plan.steps.count, "thing")): run `entente topology plan`.")
      }
      for alarm in try await installer.alarms() { self.alarm("topology", "\(alarm).") }
    } catch {
      bad("topology", error.message)
    }
  }

  private mutating func good(_ what: String, _ sentence: String) {
    findings.append(Finding(verdict: .good, what: what, sentence: sentence))
  }

  private mutating func bad(_ what: String, _ sentence: String) {
    findings.append(Finding(verdict: .bad, what: what, sentence: sentence))
  }

  private mutating func alarm(_ what: String, _ sentence: String) {
    findings.append(Finding(verdict: .alarm, what: what, sentence: sentence))
  }
}

extension Checkup {
  /// One line for each thing, what is wrong first.
  package func lines(width: Int = PlainText.width) -> [String] {
    let order: [Finding.Verdict] = [.bad, .alarm, .good]
    return order.flatMap { verdict in
      findings.filter { $0.verdict == verdict }.flatMap { finding in
        finding.sentence.under("\(verdict.rawValue.padded(to: 5))  \(finding.what.padded(to: 15))", width: width)
      }
    }
  }
}
