package import Contract
import Glibc
import JSON
import Ledger
package import Sharing

/// Puts a backup in the place of a ledger, in quarantine: hubs start on it, and do nothing until an operator says so.
package struct RestoreDesk: Sendable {
  private let folder: String
  private let configuration: Configuration
  private let `operator`: String
  private let clock: any HubClock

  package init(
    folder: String, configuration: Configuration, operator: String, clock: any HubClock = SystemClock()
  ) {
    self.folder = folder
    self.configuration = configuration
    self.operator = `operator`
    self.clock = clock
  }

  /// - Parameter replacing: moves a ledger that is there aside, under a name that says when.
  /// - Returns: what the backup said, and where the ledger before lies now.
  package func restore(_ backup: String, replacing: Bool) async throws -> (BackupManifest, aside: String?) {
    let manifest = try BackupManifest(folder: backup)
    try checkKeys(for: manifest)
    let path = configuration.settings.ledger
    var aside: String?
    if SecretFile.exists(path) {
      try await refuseWhileHubsRun()
      guard replacing else {
        throw HubError(
          .ledger, "There is a ledger at \(path): say --replace to move it aside, where it stays as evidence.")
      }
      aside = try moveAside(path)
    }
    if let slash = path.lastIndex(of: "/") { try SecretFile.makeFolder(String(path[..<slash])) }
    try await Ledger.restore(from: backup, to: path)
    let home = try HubHome.open(folder: folder, configuration: configuration)
    var writer = JSONWriter()
    writer.object {
      $0.member("backup-at", manifest.at.milliseconds)
      $0.member("entries", manifest.entries)
      $0.member("restored-at", clock.now().milliseconds)
    }
    try await home.ledger.set(
      switch: Switches.quarantine, value: writer.bytes, act: "restore", operator: `operator`, at: clock.now())
    await home.ledger.close()
    return (manifest, aside)
  }

  /// A ledger whose keys are not here would recognise no duplicate and open no payload.
  private func checkKeys(for manifest: BackupManifest) throws(HubError) {
    let secrets = try SecretsFolder(path: configuration.settings.secretsFolder, create: false)
    let missing =
      Set(manifest.masters).subtracting(try secrets.allKeys(.payload).map(\.identifier)).map { "payload.key \($0)" }
      + Set(manifest.hmacKeys).subtracting(try secrets.allKeys(.hmac).map(\.identifier)).map { "hmac.key \($0)" }
    guard missing.isEmpty else {
      throw HubError(
        .secrets,
        "The secrets folder \(secrets.path) lacks keys that this backup needs (\(missing.sorted().joined(separator: ", "))): "
          + "restore the secrets folder of that time first.")
    }
  }

  private func refuseWhileHubsRun() async throws {
    guard let home = try? HubHome.open(folder: folder, configuration: configuration) else { return }
    let hubs = try await home.ledger.liveHubs(since: clock.now().adding(milliseconds: -10_000))
    await home.ledger.close()
    guard hubs.isEmpty else {
      throw HubError(
        .ledger, "\(PlainText.count(hubs.count, "hub")) still running on this ledger: stop all of them first.")
    }
  }

  private func moveAside(_ path: String) throws(HubError) -> String {
    let aside = "\(path).replaced-\(clock.now().milliseconds)"
    for ending in ["-payloads", "-wal", "-shm", ""] where SecretFile.exists(path + ending) {
      guard rename(path + ending, aside + ending) == 0 else {
        throw HubError(.ledger, "\(path + ending) cannot be moved aside: \(String(cString: strerror(errno))).")
      }
    }
    return aside
  }
}

/// What is not known after a restore: shown before anybody lets hubs go on.
package struct Gap: Sendable, Equatable {
  package let backupAt: Instant
  package let restoredAt: Instant
  /// The entries that the backup had.
  package let entries: Int64
  /// Deliveries that waited as of the backup, by recipient: they may have arrived since, and will come again with the same
  /// id and revision.
  package let mayRepeat: [AgencyID: Int]
  /// The newest size of the log that somebody outside has a signed head of; nil where nobody showed one.
  package let provenSize: Int64?

  /// How many entries are certainly lost.
  package var lost: Int64? { provenSize.map { max(0, $0 - entries) } }

  package func lines(width: Int = PlainText.width) -> [String] {
    var lines: [String] = []
    func add(_ title: String, _ sentence: String) { lines += sentence.under(title.padded(to: 14), width: width) }
    add("restored", "\(restoredAt.plain), from a backup of \(backupAt.plain) with \(entries) entries.")
    if let provenSize, let lost {
      add(
        "lost",
        lost == 0
          ? "Nothing that the proof shows: it knows of \(provenSize) entries."
          : "\(PlainText.count(Int(lost), "entry", "entries")) that somebody outside can prove (the log had "
            + "\(provenSize)).")
    } else {
      add(
        "lost",
        "Not known: what the log had after the backup. Ask partners for their newest proof, and name it with --proof.")
    }
    add(
      "not here",
      "What hubs accepted between these two moments. Ask senders to publish again, under the same message-ids, what they "
        + "sent since \(backupAt.plain); what is here already is recognised as a duplicate.")
    add("still there", "What lies in the intake queues was never acknowledged: it is taken in as if it were new.")
    if mayRepeat.isEmpty {
      add("may repeat", "No delivery waited as of the backup; what is published again may arrive again.")
    }
    for (agency, count) in mayRepeat.sorted(by: { $0.key < $1.key }) {
      add(
        "may repeat",
        "\(PlainText.count(count, "delivery", "deliveries")) to \(agency) that waited as of the backup, with the same id and "
          + "revision.")
    }
    add(
      "partners",
      "A head that they keep of the time after the backup does not fit to this log: tell them of the restore.")
    add("to go on", "entente quarantine lift --note TEXT")
    return lines
  }
}

/// What an operator does with a hub in quarantine.
package struct QuarantineDesk: Sendable {
  private let home: HubHome
  private let `operator`: String
  private let clock: any HubClock

  package init(_ home: HubHome, operator: String, clock: any HubClock = SystemClock()) {
    self.home = home
    self.operator = `operator`
    self.clock = clock
  }

  /// What is not known; nil where there is no quarantine.
  /// - Parameter provenSize: the size of the log in the newest proof that a partner has.
  package func gap(provenSize: Int64? = nil) async throws -> Gap? {
    let rows = try await home.ledger.switches()
    guard let row = rows.first(where: { $0.name == Switches.quarantine }) else { return nil }
    let value = try JSONDocument(row.value).root
    var repeats: [AgencyID: Int] = [:]
    for waiting in try await home.ledger.standing().pending { repeats[waiting.recipient, default: 0] += waiting.count }
    return Gap(
      backupAt: Instant(milliseconds: Int64(value["backup-at"]?.integer ?? 0)), restoredAt: row.at,
      entries: Int64(value["entries"]?.integer ?? 0), mayRepeat: repeats, provenSize: provenSize)
  }

  /// Lets hubs go on; false where there is no quarantine.
  package func lift(note: String) async throws -> Bool {
    var writer = JSONWriter()
    writer.object { $0.member("note", note) }
    return try await home.ledger.clear(
      switch: Switches.quarantine, arguments: writer.bytes, act: "quarantine-lifted", operator: `operator`,
      at: clock.now())
  }
}
