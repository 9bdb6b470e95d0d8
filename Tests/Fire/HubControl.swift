import BrokerTestSupport
import Foundation

/// The hub of a fire, ended and started by one fault at a time.
final class HubControl: Sendable {
  let keeper: HubKeeper
  private let ground: FireGround
  private let gate = Gate(width: 1)

  init(_ keeper: HubKeeper, on ground: FireGround) {
    self.keeper = keeper
    self.ground = ground
  }

  /// SIGKILL, and another one after a pause.
  func killed(pause: Double, clock: Int = 0) async throws {
    try await gate.pass {
      await keeper.kill()
      try? await Task.sleep(for: .seconds(pause))
      try await keeper.start(clock: clock)
    }
  }

  /// Runs hubs that end whenever they take up a message.
  func poisoned(by messageID: String, _ body: () async throws -> Void) async throws {
    try await gate.pass {
      await keeper.kill()
      try await keeper.start(poison: messageID)
      var failure: (any Error)?
      do {
        try await body()
      } catch {
        failure = error
      }
      await keeper.kill()
      try await keeper.start()
      if let failure { throw failure }
    }
  }

  /// The running hub can write no file beyond a size for a while.
  func withFileLimit(_ bytes: Int, _ seconds: Double) async {
    await keeper.limitFiles(to: bytes)
    try? await Task.sleep(for: .seconds(seconds))
    await keeper.limitFiles(to: nil)
  }

  /// Hubs whose ledger may not grow by more than a little.
  func withPageLimit(_ seconds: Double) async throws {
    try await gate.pass {
      var terms = ground.terms
      terms.ledgerBytes = max(16 << 20, size(of: ground.ledgerFolder + "/fire.sqlite") + (1 << 20))
      try terms.writeSettings(to: ground.folder)
      await keeper.kill()
      try await keeper.start()
      try? await Task.sleep(for: .seconds(seconds))
      terms.ledgerBytes = nil
      try terms.writeSettings(to: ground.folder)
      await keeper.kill()
      try await keeper.start()
    }
  }

  private func size(of path: String) -> Int {
    var status = stat()
    return stat(path, &status) == 0 ? Int(status.st_size) : 0
  }
}
