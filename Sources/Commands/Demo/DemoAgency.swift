import AMQP
import Contract
import JSON

/// An agency in the story: it publishes to its outbox and reads its inbox and receipts, with nothing but AMQP.
struct DemoAgency: Sendable {
  let slug: String
  let connection: AMQPConnection

  /// Publishes a message and gives the line of its receipt.
  func publish(_ body: [UInt8], as messageID: String, lane: Lane) async throws -> JSONValue {
    let publisher = try await connection.openPublisher()
    let message = AMQPMessage(
      properties: AMQPProperties(contentType: "application/json", messageID: messageID), body: body)
    let result = try await publisher.publish(message, exchange: ExchangeNames.outbox, routingKey: lane.rawValue)
    guard result == .confirmed else { throw Answer.no("The broker did not take the message of \(slug): \(result).") }
    return try await receipt(of: messageID)
  }

  /// Waits for the receipt of a message.
  func receipt(of messageID: String) async throws -> JSONValue {
    let channel = try await connection.openChannel()
    defer { channel.close() }
    for _ in 0..<1200 {
      if let delivery = try await channel.get(QueueNames.receipts, autoAcknowledge: true) {
        for line in delivery.body.split(separator: UInt8(ascii: "\n")) {
          let receipt = try JSONDocument(Array(line)).root
          if receipt["message_id"]?.string == messageID { return receipt }
        }
      } else {
        try await Task.sleep(for: .milliseconds(25))
      }
    }
    throw Answer.no("No receipt for \(messageID) came to \(slug) within 30 seconds.")
  }

  /// Waits for the next message in an inbox.
  func next(on lane: Lane) async throws -> AMQPDelivery {
    let channel = try await connection.openChannel()
    defer { channel.close() }
    for _ in 0..<1200 {
      if let delivery = try await channel.get(QueueNames.inbox(lane), autoAcknowledge: true) { return delivery }
      try await Task.sleep(for: .milliseconds(25))
    }
    throw Answer.no("Nothing came into the inbox of \(slug) within 30 seconds.")
  }

  /// How many messages wait in its inboxes.
  func waiting() async throws -> Int {
    let channel = try await connection.openChannel()
    defer { channel.close() }
    var count = 0
    for lane in Lane.allCases {
      count += try await channel.declareQueue(QueueNames.inbox(lane), passive: true).messageCount
    }
    return count
  }
}
