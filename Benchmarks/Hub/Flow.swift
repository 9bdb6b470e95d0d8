import AMQP
import Contract
import Foundation

/// How fast messages flow from an outbox through hub or relay into all inboxes.
struct Flow {
  private let ground: Ground
  /// One for each agency, with which its queues are looked at.
  private let channels: [String: AMQPChannel]

  static func open(_ ground: Ground) async throws -> Flow {
    var channels: [String: AMQPChannel] = [:]
    for agency in Ground.fanOuts.map(Ground.sender) + Ground.recipients {
      channels[agency] = try await AMQPConnection.connect(ground.broker(of: agency)).openChannel()
    }
    return Flow(ground: ground, channels: channels)
  }

  static let warmUp = 200

  struct Figures {
    /// Messages a second, from the first publish until the last inbox has all.
    let rate: Double
    /// CPU microseconds of the hub or relay for each message.
    let cpu: Double
    /// Receipts that were sent.
    let receipts: Int
  }

  /// Publishes `count` messages of a size as fast as the broker takes them, after a few that warm up both sides alike:
  /// schemas are compiled and connections are made when they are needed first.
  func measure(_ party: Party, fanOut: Int, count: Int, bytes: Int, begin first: Int) async throws -> Figures {
    let sender = Ground.sender(fanOut)
    try await awaitConsumer(of: sender)
    let connection = try await AMQPConnection.connect(ground.broker(of: sender))
    let publisher = try await connection.openPublisher(window: 1024)
    func pass(_ numbers: Range<Int>) async throws {
      let messages = numbers.map { number in
        AMQPPublisher.Publish(
          AMQPMessage(
            properties: AMQPProperties(contentType: "application/stix+json", messageID: "m-\(number)"),
            body: Papers.stix(number, bytes: bytes)), exchange: ExchangeNames.outbox, routingKey: "threat")
      }
      clock = ContinuousClock.now
      for start in stride(from: 0, to: messages.count, by: 256) {
        let results = try await publisher.publish(batch: Array(messages[start..<min(start + 256, messages.count)]))
        guard results.allSatisfy({ $0 == .confirmed }) else { throw Trouble("the broker did not take a message") }
      }
      for agency in Ground.recipients.prefix(fanOut) {
        try await eventually("\(messages.count) messages at \(agency)") {
          try await self.count(QueueNames.inbox(.threat), of: agency) >= messages.count
        }
      }
    }
    var clock = ContinuousClock.now
    try await pass(first..<first + Self.warmUp)
    try await Task.sleep(for: .milliseconds(300))
    try await clear(fanOut: fanOut)
    let used = party.cpuSeconds
    try await pass(first + Self.warmUp..<first + Self.warmUp + count)
    let seconds = (ContinuousClock.now - clock) / .seconds(1)
    // The last receipts follow within a moment.
    try await Task.sleep(for: .milliseconds(300))
    let cpu = party.cpuSeconds - used
    let receipts = try await self.count(QueueNames.receipts, of: sender)
    try await clear(fanOut: fanOut)
    await connection.close()
    return Figures(rate: Double(count) / seconds, cpu: cpu / Double(count) * 1e6, receipts: receipts)
  }

  /// Throws away what the inboxes and receipts of a sender's exchange hold.
  func clear(fanOut: Int) async throws {
    for agency in Ground.recipients.prefix(fanOut) {
      for lane in Lane.allCases { _ = try await channel(of: agency).purge(QueueNames.inbox(lane)) }
    }
    _ = try await channel(of: Ground.sender(fanOut)).purge(QueueNames.receipts)
  }

  func count(_ name: String, of agency: String) async throws -> Int {
    try await channel(of: agency).declareQueue(name, passive: true).messageCount
  }

  func awaitConsumer(of agency: String) async throws {
    try await eventually("somebody takes from \(agency)") {
      for lane in Lane.allCases {
        let queue = try await channel(of: agency).declareQueue(QueueNames.intake(lane), passive: true)
        guard queue.consumerCount > 0 else { return false }
      }
      return true
    }
  }

  private func channel(of agency: String) throws -> AMQPChannel {
    guard let channel = channels[agency] else { throw Trouble("\(agency) has no connection") }
    return channel
  }
}

/// Waits until something is so.
func eventually(
  _ what: String, within patience: Duration = .seconds(120), _ condition: () async throws -> Bool
) async throws {
  let end = ContinuousClock.now + patience
  while try await !condition() {
    guard ContinuousClock.now < end else { throw Trouble("not within \(patience): \(what)") }
    try await Task.sleep(for: .milliseconds(20))
  }
}
