import AMQP
import AgencyClient
import Contract
import Logging
import Synchronization

/// A sender's own system: a producer with a spool on the disk, which publishes over lost connections, and follows its
/// receipts.
final class SenderSide: Sendable {
  let agency: AgencyID
  private let broker: AMQPConfiguration
  private let spool: String
  private let witness: Witness
  private let producer = Mutex<Producer?>(nil)

  init(_ agency: AgencyID, broker: AMQPConfiguration, folder: String, witness: Witness) {
    self.agency = agency
    self.broker = broker
    self.witness = witness
    spool = "\(folder)/spool-\(agency)"
  }

  /// Runs until the task is cancelled; a producer that gives up is followed by another one on the same spool.
  func run() async {
    while !Task.isCancelled {
      do {
        var settings = Producer.Configuration(broker: broker, spoolFolder: spool, followsReceipts: true)
        settings.backoff = Backoff(first: .milliseconds(50), ceiling: .seconds(1))
        let producer = try Producer(settings, logger: Logger(label: "sender") { _ in SwiftLogNoOpLogHandler() }) {
          [witness, agency] in witness.note($0, of: agency)
        }
        self.producer.withLock { $0 = producer }
        try await producer.run()
      } catch {}
      try? await Task.sleep(for: .milliseconds(200))
    }
  }

  /// Returns once the message is in the spool: it will be published, whatever happens.
  func publish(_ message: KnownMessage) async {
    var outgoing = OutgoingMessage(body: message.body, lane: message.lane, messageID: message.messageID)
    if message.sort == .narrowed { outgoing.recipients = [Parties.dike] }
    while !Task.isCancelled {
      if let producer = producer.withLock({ $0 }),
        (try? await producer.publish(outgoing, until: .kept)) != nil
      {
        return
      }
      try? await Task.sleep(for: .milliseconds(50))
    }
  }
}

/// A recipient's own system, as plain as can be: it takes what is in its inboxes, shows it to the witness, and
/// acknowledges.
struct RecipientSide: Sendable {
  let agency: AgencyID
  let broker: AMQPConfiguration
  let witness: Witness

  /// Runs until the task is cancelled.
  func run() async {
    while !Task.isCancelled {
      do {
        let connection = try await AMQPConnection.connect(broker)
        do {
          try await take(connection)
        } catch {}
        await connection.close()
      } catch {}
      try? await Task.sleep(for: .milliseconds(200))
    }
  }

  private func take(_ connection: AMQPConnection) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for lane in Lane.allCases {
        group.addTask {
          let consumer = try await connection.openConsumer(queue: QueueNames.inbox(lane), prefetch: 64)
          while let batch = try await consumer.nextBatch() {
            for delivery in batch { witness.note(delivery, at: agency) }
            consumer.acknowledge(batch)
          }
        }
      }
      defer { group.cancelAll() }
      try await group.next()
    }
  }
}
