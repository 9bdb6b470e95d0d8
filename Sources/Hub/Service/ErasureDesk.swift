package import Contract
import JSON
package import Ledger

/// What an operator does with payloads and their keys.
package struct ErasureDesk: Sendable {
  private let home: HubHome
  private let `operator`: String
  private let clock: any HubClock

  package init(_ home: HubHome, operator: String, clock: any HubClock = SystemClock()) {
    self.home = home
    self.operator = `operator`
    self.clock = clock
  }

  /// Erases every message with this message-id, from one sender or from all; nil where the ledger knows none.
  package func erase(_ id: String, sender: AgencyID?, reason: String) async throws(LedgerError) -> Erasure? {
    let messages = try await home.ledger.trace(messageID: id, sender: sender).messages.map(\.id)
    guard !messages.isEmpty else { return nil }
    var writer = JSONWriter()
    writer.object { act in
      act.member("messages") { list in list.array { list in for message in messages { list.integer(message) } } }
      act.member("reason", reason)
    }
    return try await home.ledger.erase(
      messages: messages, operator: `operator`, reason: reason, arguments: writer.bytes, at: clock.now())
  }

  /// Puts a new master key for payloads in use, and writes that down; gives its name.
  package func rotatePayloadKey() async throws -> String {
    let name = try home.secrets.rotate(.payload)
    try home.ledger.takeUpPayloadKeys()
    try await note("payload-key", "rotated", name)
    return name
  }

  /// Brings every payload under the master key in use; gives their number.
  package func rewrap() async throws -> Int {
    let count = try await home.ledger.rewrapPayloads()
    try await note("payload-key", "rewrapped", String(count))
    return count
  }

  /// Takes the master keys away that no payload needs any more; gives their names.
  package func dropUnusedPayloadKeys() async throws -> [String] {
    let used = Set(try await home.ledger.payloadsByMaster().keys)
    let unused = try home.secrets.allKeys(.payload).dropFirst().map(\.identifier).filter { !used.contains($0) }
    guard !unused.isEmpty else { return [] }
    try home.secrets.drop(Set(unused), from: .payload)
    try await note("payload-key", "dropped", unused.joined(separator: " "))
    return unused
  }

  private func note(_ kind: String, _ what: String, _ value: String) async throws {
    var writer = JSONWriter()
    writer.object { $0.member(what, value) }
    _ = try await home.ledger.recordAct(
      kind, arguments: writer.bytes, operator: `operator`, result: [], at: clock.now())
  }
}
