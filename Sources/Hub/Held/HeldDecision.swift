import Contract
import Ledger
import STIX
import Sharing

/// What the terms of a moment say of a held pair.
struct HeldDecision: Sendable {
  let decision: Decision
  /// The ids of the objects that would pass.
  let objects: [String]
  let isWholeRead: Bool

  init(
    _ row: HeldRow, _ configuration: Configuration, _ keys: HubKeys, _ ledger: Ledger, at time: Instant
  ) async throws {
    var message = try IncomingMessage(row.message, body: try await ledger.payload(of: row.message.id))
    let pipeline = IntakePipeline(configuration: configuration, keys: keys)
    let acceptedAt = row.message.acceptedAt ?? row.message.receivedAt
    let read = try pipeline.read(pipeline.identifyAgain(message), message, at: acceptedAt)
    if configuration.agencies[row.message.sender]?.kind == .hub {
      message.headers.way.returned = try await ObjectIndex(keys).returned(
        in: read.canonical, ledger, before: row.message.id)
    }
    let recipient = row.delivery.recipient
    decision =
      configuration.decide(pipeline.submission(of: read, message, acceptedAt: acceptedAt, at: time))
      .first { $0.recipient == recipient }
      ?? Decision(
        recipient: recipient, outcome: .withhold, rule: .kindNotGranted,
        reason: "No grant in force names \(recipient) any more.")
    objects = decision.keep.map { read.canonical.objects[$0].id }
    isWholeRead = read.residue.isEmpty
  }
}
