import AMQP
import Contract
import Ledger

/// Sends an agency its receipts: up to 256 lines, or what came within 50 ms, as one message of JSON lines.
///
/// One hub at a time does so for an agency, by a lease in the ledger. A crash between confirm and note repeats receipts;
/// none is lost.
struct ReceiptSender: Sendable {
  static let linesPerMessage = 256
  /// A message of receipts ends with the line that passes this.
  static let bytesPerMessage = 1 << 20
  private static let leaseMilliseconds: Int64 = 10_000

  let agency: AgencyID
  let context: HubContext

  /// Runs until the task is cancelled or the connection ends.
  func run(through publisher: AMQPSteadyPublisher) async throws {
    var leasedUntil = Instant(milliseconds: 0)
    while !Task.isCancelled {
      let waiting = try await context.ledger.pendingReceipts(agency: agency, limit: Self.linesPerMessage)
      let receipts = Self.first(of: waiting)
      guard !receipts.isEmpty, try await hasLease(&leasedUntil) else {
        await context.bells.wait(Outlet.receiptsBell(agency), atMost: .seconds(1))
        try await Task.sleep(for: .milliseconds(50))
        continue
      }
      let answer = try await publisher.publish(
        Self.message(of: receipts), exchange: "", routingKey: QueueNames.receipts, mandatory: true)
      guard answer == .confirmed else {
        // Receipts are copies of what the ledger knows: they wait, and hold up nothing else.
        try await Task.sleep(for: .seconds(1))
        continue
      }
      context.observe(.receiptsConfirmed)
      try await context.ledger.markReceiptsSent(receipts.map(\.id))
    }
  }

  /// As many of those that wait as one message carries.
  static func first(of waiting: [ReceiptRow]) -> [ReceiptRow] {
    var bytes = 0
    return Array(
      waiting.prefix { row in
        defer { bytes += row.line.count }
        return bytes < bytesPerMessage
      })
  }

  private func hasLease(_ until: inout Instant) async throws -> Bool {
    let now = context.clock.now()
    if now.adding(milliseconds: Self.leaseMilliseconds / 2) < until { return true }
    guard
      try await context.ledger.lease(
        "receipts/\(agency)", owner: context.owner, now: now, leaseMilliseconds: Self.leaseMilliseconds)
    else { return false }
    until = now.adding(milliseconds: Self.leaseMilliseconds)
    return true
  }

  private static func message(of receipts: [ReceiptRow]) -> AMQPMessage {
    let newest = receipts[receipts.count - 1]
    let properties = AMQPProperties(
      contentType: "application/jsonl", messageID: "receipts-\(receipts[0].id)-\(newest.id)",
      timestamp: UInt64(max(0, newest.at.milliseconds / 1000)), type: "entente/receipts")
    return AMQPMessage(properties: properties, body: receipts.flatMap { $0.line + [UInt8(ascii: "\n")] })
  }
}
