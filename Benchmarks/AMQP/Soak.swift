import AMQP

/// Publishes and consumes through one queue for long, and tells the memory as it goes.
enum Soak {
  static func run(_ configuration: AMQPConfiguration, count: Int) async throws {
    let publishing = try await AMQPConnection.connect(configuration)
    let consuming = try await AMQPConnection.connect(configuration)
    try await consuming.openChannel().declareQueue("soak")
    let publisher = try await publishing.openPublisher()
    let consumer = try await consuming.openConsumer(queue: "soak")
    let step = max(1, count / 20)
    var settled = 0
    try await withThrowingTaskGroup(of: Void.self) { group in
      for part in 0..<4 {
        group.addTask {
          let body = [UInt8](repeating: UInt8(part), count: 256)
          var left = count / 4
          while left > 0 {
            let batch = (0..<min(250, left)).map { number in
              AMQPPublisher.Publish(
                AMQPMessage(
                  properties: AMQPProperties(headers: ["part": .int64(Int64(part))], messageID: "\(number)"), body: body
                ),
                exchange: "", routingKey: "soak")
            }
            _ = try await publisher.publish(batch: batch)
            left -= batch.count
          }
        }
      }
      while settled < count / 4 * 4, let batch = try await consumer.nextBatch(max: 256) {
        consumer.acknowledge(batch)
        if (settled + batch.count) / step > settled / step {
          print("\(settled + batch.count) messages: \(Many.residentBytes() >> 10) KiB resident")
        }
        settled += batch.count
      }
      try await group.waitForAll()
    }
    await publishing.close()
    await consuming.close()
  }
}
