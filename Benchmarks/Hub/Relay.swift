import AMQP
import Contract
import Hub
import Sharing

/// The raw relay that a hub is compared with: it makes the same publishes to the same queues on the same broker, with
/// confirms, acknowledges afterwards, and neither looks into a message nor writes anything down.
enum Relay {
  /// How many messages of a lane may be under way, as in the hub.
  private static let prefetch = 512

  /// Serves the lanes of one sender until it is ended.
  ///
  /// - Parameter perReceipt: how many messages share a receipt.
  static func run(folder: String, fanOut: Int, perReceipt: Int) async throws {
    let configuration = try Configuration.load(folder: folder)
    let settings = configuration.settings
    let secrets = try SecretsFolder(path: settings.secretsFolder, create: false)
    func connect(_ agency: String) async throws -> AMQPConnection {
      try await AMQPConnection.connect(
        AMQPConfiguration(
          port: UInt16(settings.broker.port), vhost: agency, username: settings.broker.hubUser,
          password: secrets.password(of: settings.broker.hubUser) ?? ""))
    }
    let source = try await connect(Ground.sender(fanOut))
    let receipts = try await connect(Ground.sender(fanOut)).openPublisher(window: 512)
    var outlets: [AMQPPublisher] = []
    for agency in Ground.recipients.prefix(fanOut) {
      outlets.append(try await connect(agency).openPublisher(window: 512))
    }
    let targets = outlets
    try await withThrowingTaskGroup(of: Void.self) { group in
      for lane in Lane.allCases {
        group.addTask {
          let consumer = try await source.openConsumer(queue: QueueNames.intake(lane), prefetch: prefetch)
          try await serve(consumer, lane, targets, receipts, perReceipt)
        }
      }
      try await group.waitForAll()
    }
  }

  /// Batches follow each other without waiting, as many as the prefetch lets out.
  private static func serve(
    _ consumer: AMQPConsumer, _ lane: Lane, _ outlets: [AMQPPublisher], _ receipts: AMQPPublisher, _ perReceipt: Int
  ) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      var underWay = 0
      var sinceReceipt = 0
      while let batch = try await consumer.nextBatch(max: 64) {
        sinceReceipt += batch.count
        let owed = sinceReceipt / perReceipt
        sinceReceipt %= perReceipt
        group.addTask {
          try await pass(batch, lane, outlets, receipts, owed)
          consumer.acknowledge(batch)
        }
        underWay += 1
        if underWay == 8 {
          try await group.next()
          underWay -= 1
        }
      }
      try await group.waitForAll()
    }
  }

  private static func pass(
    _ batch: [AMQPDelivery], _ lane: Lane, _ outlets: [AMQPPublisher], _ receipts: AMQPPublisher, _ owed: Int
  ) async throws {
    let messages = batch.map { delivery in
      AMQPPublisher.Publish(
        AMQPMessage(properties: properties(of: delivery), body: delivery.body), exchange: "",
        routingKey: QueueNames.inbox(lane))
    }
    let lines = (0..<owed).map { _ in
      AMQPPublisher.Publish(
        AMQPMessage(body: [UInt8](repeating: 1, count: 300)), exchange: "", routingKey: QueueNames.receipts)
    }
    try await withThrowingTaskGroup(of: [PublishResult].self) { group in
      for outlet in outlets { group.addTask { try await outlet.publish(batch: messages) } }
      if owed > 0 { group.addTask { try await receipts.publish(batch: lines) } }
      for try await results in group where results.contains(where: { $0 != .confirmed }) {
        throw Trouble("the broker did not confirm a message of the relay")
      }
    }
  }

  private static func properties(of delivery: AMQPDelivery) -> AMQPProperties {
    AMQPProperties(contentType: delivery.properties.contentType, messageID: delivery.properties.messageID)
  }
}
