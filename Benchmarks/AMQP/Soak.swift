import AMQP

/// Publishes and consumes through one queue over TLS for long, and tells the memory as it goes. Fails where a publish is
/// not confirmed, where a message comes twice or not at all, and where the memory grows.
enum Soak {
  /// Memory counts from the first twentieth on, when all buffers have their size. Allocators keep pages back and give
  /// them out again, so some growth is none.
  private static let allowedGrowth = 16 << 20
  private static let publishers = 4
  private static let batch = 250

  static func run(_ configuration: AMQPConfiguration, count: Int) async throws {
    let share = max(1, count / publishers)
    let total = share * publishers
    let publishing = try await AMQPConnection.connect(configuration)
    let consuming = try await AMQPConnection.connect(configuration)
    try await consuming.openChannel().declareQueue("soak")
    let publisher = try await publishing.openPublisher()
    let consumer = try await consuming.openConsumer(queue: "soak")
    let started = ContinuousClock.now
    try await withThrowingTaskGroup(of: Void.self) { group in
      for part in 0..<publishers {
        group.addTask {
          let body = [UInt8](repeating: UInt8(part), count: 256)
          for first in stride(from: 0, to: share, by: batch) {
            let results = try await publisher.publish(
              batch: (first..<min(share, first + batch)).map { number in
                .init(
                  AMQPMessage(
                    properties: AMQPProperties(headers: ["part": .int64(Int64(part))], messageID: "\(number)"),
                    body: body), exchange: "", routingKey: "soak")
              })
            if let other = results.first(where: { $0 != .confirmed }) { throw Broken("a publish ended as \(other)") }
          }
        }
      }
      group.addTask { try await consume(consumer, total, started) }
      // The first that fails ends the others.
      for try await _ in group {}
    }
    let left = try await consuming.openChannel().declareQueue("soak", passive: true).messageCount
    guard left == 0 else { throw Broken("\(left) messages more are in the queue than were published") }
    await publishing.close()
    await consuming.close()
  }

  /// Takes all messages. Those of each publisher come in the order in which it published them: the next number each time
  /// means that none is missing and none came twice.
  private static func consume(
    _ consumer: AMQPConsumer, _ total: Int, _ started: ContinuousClock.Instant
  ) async throws {
    var next = [Int](repeating: 0, count: publishers)
    var settled = 0
    var first: Int?
    var most = 0
    let step = max(1, total / 20)
    while settled < total {
      guard let deliveries = try await consumer.nextBatch(max: 256) else { throw Broken("the consumer ended") }
      for delivery in deliveries {
        let part = Int(delivery.properties.headers?["part"]?.integer ?? -1)
        guard next.indices.contains(part), delivery.properties.messageID == "\(next[part])" else {
          throw Broken("out of order: \(delivery.properties.messageID ?? "no id") of publisher \(part)")
        }
        next[part] += 1
      }
      consumer.acknowledge(deliveries)
      let before = settled / step
      settled += deliveries.count
      guard settled / step > before else { continue }
      let resident = Many.residentBytes()
      let seconds = (ContinuousClock.now - started) / .seconds(1)
      print("\(settled) messages: \(resident >> 10) KiB resident, \(Int(Double(settled) / seconds)) a second")
      first = first ?? resident
      most = max(most, resident)
    }
    let growth = most - (first ?? most)
    guard growth <= allowedGrowth else { throw Broken("the memory grew by \(growth >> 10) KiB") }
    print("\(total) messages, each once and in order; the memory grew by \(growth >> 10) KiB")
  }

  private struct Broken: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
  }
}
