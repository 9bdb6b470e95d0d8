import AMQP
import Broker
import BrokerTestSupport
import Contract
import JSON
import Testing

@testable import AgencyClient

@Suite(.timeLimit(.minutes(10))) struct ProducerTests {
  private func message(_ text: String, id: String? = nil, lane: Lane = .threat) -> OutgoingMessage {
    OutgoingMessage(body: Array(text.utf8), lane: lane, messageID: id)
  }

  private func bodies(_ deliveries: [AMQPDelivery]) -> [String] {
    deliveries.map { String(decoding: $0.body, as: UTF8.self) }
  }

  // MARK: Unhappy

  @Test func `a broker that refuses us ends the service, and whoever waits`() async throws {
    try await Exchange.with { exchange in
      var broker = exchange.broker
      broker.password = "wrong"
      let folder = Folder()
      let producer = try Producer(.init(broker: broker, spoolFolder: folder.path), logger: Exchange.logger)
      let published = Task { try await producer.publish(message("a")) }
      try await eventually("it waits") { await !producer.outbox.isEmpty }
      let waiting = await #expect(throws: AgencyClientError.self) {
        async let run: Void = producer.run()
        do {
          _ = try await published.value
        } catch {
          _ = try? await run
          throw error
        }
      }
      let error = await #expect(throws: AgencyClientError.self) { try await producer.run() }
      #expect(waiting == error)
      #expect(error?.code == .configuration)
      #expect(error?.cause?.replyCode == 403)
      #expect(try folder.files().count == 1)
    }
  }

  @Test func `what the setup cannot do is said at once`() async throws {
    try await Exchange.with { exchange in
      let producer = try exchange.producer()
      let kept = await #expect(throws: AgencyClientError.self) {
        try await producer.publish(message("a"), until: .kept)
      }
      #expect(kept?.code == .configuration)
      let receipt = await #expect(throws: AgencyClientError.self) {
        try await producer.publish(message("a"), until: .receipt(within: .seconds(1)))
      }
      #expect(receipt?.code == .configuration)
      let long = await #expect(throws: AgencyClientError.self) {
        try await producer.publish(message("a", id: String(repeating: "x", count: 256)))
      }
      #expect(long?.code == .refused)
    }
  }

  @Test func `a message that the broker refuses is set aside, and the others go on`() async throws {
    try await Exchange.with { exchange in
      try await exchange.vhost.management.importDefinitions(
        .object { definitions in
          definitions.key("topic_permissions")
          definitions.array { list in
            list.object {
              $0.member("user", exchange.vhost.user)
              $0.member("vhost", exchange.vhost.name)
              $0.member("exchange", ExchangeNames.outbox)
              $0.member("write", "^threat$")
              $0.member("read", ".*")
            }
          }
        })
      let folder = Folder()
      let producer = try exchange.producer(spool: folder.path)
      try await running(producer) { _ in
        try await withThrowingTaskGroup(of: Void.self) { group in
          for number in 0..<10 {
            group.addTask {
              if number == 5 {
                let bad = OutgoingMessage(body: [], lane: .threat, topic: "forbidden", messageID: "bad")
                let error = await #expect(throws: AgencyClientError.self) { try await producer.publish(bad) }
                #expect(error?.code == .refused)
                #expect(error?.cause?.replyCode == 403)
              } else {
                try await producer.publish(message("\(number)"))
              }
            }
          }
          try await group.waitForAll()
        }
      }
      // Those that were under way with the bad one may come twice, under the same id.
      let consumer = try await exchange.hub.openConsumer(queue: QueueNames.intake(.threat))
      var arrived: Set<String> = []
      while arrived.count < 9, let batch = try await consumer.nextBatch() { arrived.formUnion(bodies(batch)) }
      #expect(arrived == Set((0..<10).filter { $0 != 5 }.map { "\($0)" }))
      #expect(try folder.files().isEmpty)
      #expect(try folder.files("/refused").count == 2)
    }
  }

  @Test func `a message without a queue is refused`() async throws {
    try await Exchange.with { exchange in
      try await exchange.hub.openChannel().deleteQueue(QueueNames.intake(.incident))
      let producer = try exchange.producer()
      try await running(producer) { _ in
        let error = await #expect(throws: AgencyClientError.self) {
          try await producer.publish(message("a", lane: .incident))
        }
        #expect(error?.code == .refused)
        #expect(error?.message.contains("NO_ROUTE") == true)
        try await producer.publish(message("b"))
      }
    }
  }

  @Test func `a full queue is tried again until it takes the message`() async throws {
    try await Exchange.with(intake: ["x-max-length": 3, "x-overflow": "reject-publish"]) { exchange in
      let producer = try exchange.producer()
      try await running(producer) { _ in
        async let published: Void = {
          for number in 0..<20 { try await producer.publish(message("\(number)")) }
        }()
        try await eventually("the queue is full") { try await exchange.waiting(QueueNames.intake(.threat)) >= 3 }
        #expect(Set(bodies(try await exchange.taken(20))).count == 20)
        try await published
      }
    }
  }

  @Test func `no receipt in time is told from no confirm`() async throws {
    try await Exchange.with { exchange in
      let producer = try exchange.producer(receipts: true)
      try await running(producer) { _ in
        let error = await #expect(throws: AgencyClientError.self) {
          try await producer.publish(message("a", id: "m"), until: .receipt(within: .milliseconds(50)))
        }
        #expect(error?.code == .noReceipt)
      }
      #expect(try await exchange.taken(1).count == 1)
    }
  }

  @Test func `without a spool the end of the producer is the end of what waits`() async throws {
    try await Exchange.with { exchange in
      var broker = exchange.broker
      broker.port = 1
      let producer = try Producer(.init(broker: broker, backoff: Exchange.backoff), logger: Exchange.logger)
      let task = Task { try await producer.publish(message("a")) }
      try await running(producer) { _ in
        try await eventually("it waits") { await !producer.outbox.isEmpty }
      }
      let error = await #expect(throws: AgencyClientError.self) { _ = try await task.value }
      #expect(error?.code == .shutDown)
    }
  }

  // MARK: Happy

  @Test func `a message arrives with its envelope`() async throws {
    try await Exchange.with { exchange in
      let producer = try exchange.producer()
      try await running(producer) { _ in
        let published = try await producer.publish(
          OutgoingMessage(
            body: Array("{}".utf8), lane: .threat, topic: "feed", type: MessageType("stix/indicators"),
            contentType: "application/json", recipients: [try #require(AgencyID("eu-enisa"))], tlp: "TLP:GREEN"))
        let delivery = try #require(try await exchange.taken(1).first)
        #expect(published.messageID.count == 36)
        #expect(delivery.properties.messageID == published.messageID)
        #expect(delivery.properties.type == "stix/indicators")
        #expect(delivery.properties.contentType == "application/json")
        #expect(delivery.properties.headers == ["entente-recipients": "eu-enisa", "entente-tlp": "TLP:GREEN"])
        #expect(delivery.routingKey == "threat.feed")
      }
    }
  }

  @Test func `messages kept while there was no broker go out in order under the same ids`() async throws {
    try await Exchange.with { exchange in
      let folder = Folder()
      do {
        let offline = try exchange.producer(spool: folder.path)
        for number in 0..<150 {
          try await offline.publish(message("\(number)", id: "m\(number)"), until: .kept)
        }
      }
      #expect(try folder.files().count == 150)
      let producer = try exchange.producer(spool: folder.path)
      try await running(producer) { _ in
        try await producer.publish(message("150", id: "m150"))
      }
      let deliveries = try await exchange.taken(151)
      #expect(bodies(deliveries) == (0...150).map { "\($0)" })
      #expect(deliveries.map(\.properties.messageID) == (0...150).map { "m\($0)" })
      #expect(try folder.files().isEmpty)
    }
  }

  @Test func `cut connections lose nothing, and repeats bear the same id`() async throws {
    try await Exchange.with { exchange in
      // The hub's own connection would be cut as well: it looks afterwards.
      let producer = try exchange.producer()
      try await running(producer) { _ in
        let publishing = Task {
          for number in stride(from: 0, to: 600, by: 20) {
            try await withThrowingTaskGroup(of: Void.self) { group in
              for offset in 0..<20 {
                group.addTask { try await producer.publish(message("\(number + offset)", id: "m\(number + offset)")) }
              }
              try await group.waitForAll()
            }
          }
        }
        for _ in 0..<4 {
          try await exchange.vhost.management.closeConnections(of: exchange.vhost.user)
          try await Task.sleep(for: .milliseconds(100))
        }
        try await publishing.value
      }
      var ids: Set<String> = []
      try await eventually("all messages are read") {
        do {
          try await exchange.read(600, into: &ids)
          return true
        } catch {
          // The broker, still busy with the connections it lost, may drop this one too (541).
          guard let lost = error as? AMQPError, lost.isTransient else { throw error }
          return false
        }
      }
      #expect(ids.count == 600)
    }
  }

  @Test func `a receipt answers the message with its id`() async throws {
    try await Exchange.with { exchange in
      let producer = try exchange.producer(receipts: true)
      try await running(producer) { _ in
        async let accepted = producer.publish(message("a", id: "a"), until: .receipt(within: .seconds(60)))
        async let rejected = producer.publish(message("b", id: "b"), until: .receipt(within: .seconds(60)))
        #expect(try await exchange.taken(2).count == 2)
        try await exchange.receipts([
          #"{"receipt":"accepted","message_id":"somebody else's"}"#, #"{"receipt":"accepted","message_id":"a"}"#,
          #"{"receipt":"rejected","message_id":"b","reasons":[{"cause":"schema","detail":"No name."}]}"#,
        ])
        #expect(try await accepted.receipt?.verdict == .accepted)
        #expect(try await rejected.receipt?.reasons.map(\.cause) == ["schema"])
        try await eventually("the receipts are acknowledged") {
          try await exchange.waiting(QueueNames.receipts) == 0
        }
      }
    }
  }

  @Test func `a graceful shutdown publishes what waits`() async throws {
    try await Exchange.with { exchange in
      let producer = try exchange.producer()
      let tasks = (0..<200).map { number in Task { try await producer.publish(message("\(number)")) } }
      try await running(producer) { _ in
        try await eventually("the first is confirmed") { try await exchange.waiting(QueueNames.intake(.threat)) > 0 }
      }
      var confirmed = 0
      for task in tasks {
        switch await task.result {
        case .success: confirmed += 1
        case .failure(let error): #expect((error as? AgencyClientError)?.code == .shutDown)
        }
      }
      #expect(try await exchange.taken(confirmed).count == confirmed)
      #expect(confirmed > 0)
    }
  }
}

extension Exchange {
  /// Takes messages of the threat lane, on a connection of its own, until so many ids are known; each body must be of
  /// its id.
  fileprivate func read(_ count: Int, into ids: inout Set<String>) async throws {
    let connection = try await AMQPConnection.connect(broker)
    defer { connection.abort() }
    let consumer = try await connection.openConsumer(queue: QueueNames.intake(.threat))
    while ids.count < count, let batch = try await consumer.nextBatch() {
      consumer.acknowledge(batch)
      for delivery in batch {
        let id = try #require(delivery.properties.messageID)
        #expect("m" + String(decoding: delivery.body, as: UTF8.self) == id)
        ids.insert(id)
      }
    }
  }
}
