@testable import Hub

import AMQP
import Contract
import Ledger
import Logging
import Sharing

/// A configuration folder with secrets and a ledger of its own, filled by the hub's own stages; there is no broker.
struct Books {
  let folder: Scratch
  let home: HubHome
  let alpha = AgencyID("alpha")!
  let beta = AgencyID("beta")!

  /// `alpha` may pass indicators and bundles to `beta` and `gamma`; `delta` has no arrangement with anybody.
  ///
  /// - Parameter approval: whether the grant to `beta` needs an approval.
  init(approval: Bool = false) throws {
    folder = try Scratch()
    try Self.writeConfiguration(folder, approval: approval)
    _ = try SecretsFolder(path: folder.path + "/secrets", create: true)
    home = try HubHome.open(folder: folder.path)
  }

  /// Opens a folder as it is now.
  init(folder: Scratch) throws {
    self.folder = folder
    home = try HubHome.open(folder: folder.path)
  }

  var path: String { folder.path }

  /// Commits, closes and removes all.
  func end() async {
    await home.ledger.close()
    folder.remove()
  }

  static func writeConfiguration(_ folder: Scratch, approval: Bool = false) throws {
    try folder.write("hub.yaml", "name: test\n")
    for (name, format) in [("alpha", "stix"), ("beta", "stix"), ("gamma", "misp"), ("delta", "stix")] {
      try folder.write(
        "agencies/\(name).yaml",
        "id: \(name)\nname: Agency \(name)\njurisdiction: EU\nsends: [stix]\naccepts:\n  - format: \(format)\n")
    }
    try folder.write(
      "arrangements/pact.yaml",
      """
      id: pact
      title: A pact
      version: 2
      parties: [alpha, beta, gamma]
      status: trial
      effective-from: 2020-01-01
      legal-bases:
        - {id: law, title: A law}
      grants:
        - {id: to-beta, from: alpha, to: [beta], kinds: [indicators, bundle], object-types: [all], maximum-tlp: TLP:AMBER\(approval ? ", needs-approval: true" : "")}
        - {id: to-gamma, from: alpha, to: [gamma], kinds: [indicators], object-types: [all], maximum-tlp: TLP:GREEN}

      """)
  }

  // MARK: - What came in

  /// Takes a message in as the hub does; gives what the ledger made of it.
  @discardableResult
  func publish(
    _ text: String, id: String, headers: AMQPTable? = nil, at time: Instant = SystemClock().now()
  ) async throws -> IntakeOutcome {
    try await home.ledger.record(intake(text, id: id, headers: headers, at: time))
  }

  private func intake(_ text: String, id: String, headers: AMQPTable?, at time: Instant) -> Intake {
    let table = headers ?? AMQPTable()
    let record = IntakeRecord(keys: home.keys, configurationVersion: 1, claim: nil)
    var failure: StageFailure?
    var read = SenderHeaders()
    do throws(StageFailure) { read = try SenderHeaderReader.read(table) } catch { failure = error }
    let message = IncomingMessage(
      sender: alpha, messageID: id, isDerivedID: false, publishedLane: .threat, body: Array(text.utf8),
      contentType: "application/json", headers: read, headersJSON: SenderHeaderReader.canonicalJSON(table),
      isRedelivered: false)
    if let failure { return record.failed(failure, message, at: time) }
    let pipeline = IntakePipeline(configuration: home.configuration, keys: home.keys)
    do throws(StageFailure) {
      return record.accepted(try pipeline.run(message, at: time), message, at: time, home.configuration)
    } catch {
      return record.failed(error, message, at: time)
    }
  }

  // MARK: - What went out

  /// Settles every pending delivery to an agency.
  func settle(to agency: AgencyID, _ result: (DeliveryRow) -> Settlement.Result) async throws {
    let now = SystemClock().now()
    let rows = try await home.ledger.claimDeliveries(
      limit: 100, recipient: agency, owner: "test", now: now, leaseMilliseconds: 1000)
    for row in rows {
      try await home.ledger.settle(Settlement(delivery: row.id, owner: "test", at: now, result: result(row)))
    }
  }

  func deliver(to agency: AgencyID) async throws {
    try await settle(to: agency) { row in
      .delivered(revision: row.revision, bodyMAC: [UInt8](repeating: 7, count: 32), losses: nil)
    }
  }

  func deadLetter(to agency: AgencyID) async throws {
    try await settle(to: agency) { _ in
      .deadLetter(StageFailure(.write, .cannotWrite, "The adapter gave up.", location: "/objects/1").record)
    }
  }

  // MARK: - A hub beside it

  /// Runs the body beside the part of a hub that takes up operators' acts.
  func withHub<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) async throws -> Value {
    let context = HubContext(
      owner: "hub-of-a-test", configuration: ActiveConfiguration(version: 1, configuration: home.configuration),
      ledger: home.ledger, keys: home.keys, hubPassword: "", clock: SystemClock(),
      logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }), observe: { _ in })
    // Its sign of life lasts as long as the test, on a busy machine too.
    try await home.ledger.beat(hub: context.owner, at: SystemClock().now().adding(milliseconds: 600_000))
    return try await withThrowingTaskGroup(of: Value?.self) { group in
      group.addTask {
        try await ReplayWorker(context: context).run()
        return nil
      }
      group.addTask { try await body() }
      defer { group.cancelAll() }
      while let result = try await group.next() {
        if let result { return result }
      }
      throw Program.Unusable()
    }
  }
}
