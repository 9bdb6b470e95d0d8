import AMQP
import BrokerTestSupport
import Contract
import JSON
import Ledger
import Testing

@testable import Hub

/// Bad input of every kind: each gives a receipt or a dead letter that names the cause, and none stops the flow.
@Suite struct `Bad input` {
  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    var body: [UInt8]
    var properties = AMQPProperties()
    var cause: FailureCause
    var testDescription: String { name }
  }

  static let cases: [Case] = [
    Case(name: "not JSON", body: Array("GET / HTTP/1.1".utf8), cause: .notJSON),
    Case(name: "200 levels deep", body: Array((String(repeating: "[", count: 200)).utf8), cause: .tooDeep),
    Case(name: "empty", body: [], cause: .empty),
    Case(
      name: "wrong content type", body: TestMessage.bundle(1), properties: AMQPProperties(contentType: "text/csv"),
      cause: .contentTypeMismatch),
    Case(name: "unknown format", body: Array(#"{"alert":{"severity":3}}"#.utf8), cause: .unknownFormat),
    Case(name: "larger than the limit", body: [UInt8](repeating: 0x20, count: 200_000), cause: .tooLarge),
    Case(
      name: "a header that only the hub may set", body: TestMessage.bundle(2),
      properties: AMQPProperties(headers: [HeaderKeys.revision: 7]), cause: .headerNotAllowed),
    Case(
      name: "a label that is none", body: TestMessage.bundle(3),
      properties: AMQPProperties(headers: [HeaderKeys.tlp: "PURPLE"]), cause: .headerInvalid),
    Case(name: "the same key twice", body: Array(#"{"type":"bundle","id":"a","id":"b"}"#.utf8), cause: .duplicateKey),
  ]

  @Test func `is answered by cause, lies in the dead letters, and what is good passes all the same`() async throws {
    var terms = TestTerms()
    terms.messageBytes = 100_000
    try await TestExchange.with(terms) { exchange in
      try await exchange.withHub {
        for (index, bad) in Self.cases.enumerated() {
          var properties = bad.properties
          properties.messageID = "bad-\(index)"
          #expect(try await exchange.publish(as: "alpha", bad.body, properties) == .confirmed)
        }
        try await exchange.publish(as: "alpha", TestMessage.bundle(9), AMQPProperties(messageID: "good"))
        let receipts = try await exchange.receipts(Self.cases.count + 1, of: "alpha")
        for (index, bad) in Self.cases.enumerated() {
          let receipt = receipts.first { $0["message_id"]?.string == "bad-\(index)" }
          #expect(receipt?["receipt"]?.string == "rejected", "\(bad.name)")
          #expect(receipt?["reasons"]?[0]?["cause"]?.string == bad.cause.rawValue, "\(bad.name)")
          #expect((receipt?["reasons"]?[0]?["detail"]?.string?.count ?? 0) > 20, "\(bad.name)")
        }
        #expect(receipts.first { $0["message_id"]?.string == "good" }?["receipt"]?.string == "accepted")
        let delivered = try await exchange.take(1, from: QueueNames.inbox(.threat), of: "beta")
        #expect(delivered[0].body == TestMessage.bundle(9))
        let letters = try await exchange.ledger.deadLetters(DeadLetterFilter())
        #expect(letters.map(\.failure.cause).sorted() == Self.cases.map(\.cause.rawValue).sorted())
        try await exchange.settle()
        #expect(try await exchange.ledger.audit().isBalanced)
      }
    }
  }

  @Test func `a message without any property works, and published again it is a duplicate`() async throws {
    try await TestExchange.with { exchange in
      try await exchange.withHub {
        let bare = AMQPProperties(deliveryMode: nil)
        try await exchange.publish(as: "alpha", TestMessage.bundle(1), bare)
        let first = try await exchange.receipts(1, of: "alpha")[0]
        #expect(first["receipt"]?.string == "accepted")
        #expect(first["derived_id"]?.bool == true)
        try await exchange.publish(as: "alpha", TestMessage.bundle(1), bare)
        let second = try await exchange.receipts(1, of: "alpha")[0]
        #expect(second["receipt"]?.string == "duplicate")
        #expect(second["message_id"]?.string == first["message_id"]?.string)
        try await exchange.settle()
        #expect(try await exchange.drain(QueueNames.inbox(.threat), of: "beta").count == 1)
      }
    }
  }

  @Test func `the same message-id with other bytes is rejected, and the first stays`() async throws {
    try await TestExchange.with { exchange in
      try await exchange.withHub {
        let properties = AMQPProperties(messageID: "m")
        try await exchange.publish(as: "alpha", TestMessage.bundle(1), properties)
        _ = try await exchange.receipts(1, of: "alpha")
        try await exchange.publish(as: "alpha", TestMessage.bundle(2), properties)
        let receipt = try await exchange.receipts(1, of: "alpha")[0]
        #expect(receipt["receipt"]?.string == "rejected")
        #expect(receipt["reasons"]?[0]?["cause"]?.string == "message-id-reused")
        try await exchange.settle()
        let delivered = try await exchange.drain(QueueNames.inbox(.threat), of: "beta")
        #expect(delivered.map(\.body) == [TestMessage.bundle(1)])
      }
    }
  }

  @Test func `a foreign user-id is refused by the broker itself`() async throws {
    try await TestExchange.with { exchange in
      let connection = try await exchange.connect(as: "alpha")
      let publisher = try await connection.openPublisher()
      let message = AMQPMessage(properties: AMQPProperties(userID: "beta"), body: TestMessage.bundle(1))
      let result = try? await publisher.publish(message, exchange: ExchangeNames.outbox, routingKey: "threat")
      #expect(result != .confirmed)
      await connection.close()
    }
  }

  @Test func `CC and BCC that name other queues lead nowhere`() async throws {
    try await TestExchange.with { exchange in
      try await exchange.withHub {
        let headers: AMQPTable = [
          "CC": ["inbox.incident", "receipts"], "BCC": ["inbox.threat"], "x-forged": "1", "other": "kept by nobody",
        ]
        try await exchange.publish(
          as: "alpha", TestMessage.bundle(1), AMQPProperties(headers: headers, replyTo: "inbox.threat", messageID: "cc")
        )
        let receipts = try await exchange.receipts(1, of: "alpha")
        #expect(receipts.count == 1)
        try await exchange.settle()
        let delivered = try await exchange.drain(QueueNames.inbox(.threat), of: "beta")
        #expect(delivered.count == 1)
        #expect(delivered[0].properties.headers?["CC"] == nil)
        #expect(delivered[0].properties.headers?["other"] == nil)
        #expect(delivered[0].properties.replyTo == nil)
        for queue in [QueueNames.inbox(.incident), QueueNames.inbox(.threat)] {
          #expect(try await exchange.drain(queue, of: "alpha").isEmpty)
        }
      }
    }
  }

  @Test func `a routing key that leads nowhere, and a message that expired, end with the operators`() async throws {
    try await TestExchange.with { exchange in
      try await exchange.publish(
        as: "alpha", TestMessage.bundle(1), key: "treat.misspelt", AMQPProperties(messageID: "astray"))
      try await exchange.publish(
        as: "alpha", TestMessage.bundle(2), AMQPProperties(expiration: "1", messageID: "expired"))
      try await exchange.withHub {
        let receipts = try await exchange.receipts(2, of: "alpha")
        let causes = receipts.map { $0["reasons"]?[0]?["cause"]?.string ?? "" }.sorted()
        #expect(causes == ["expired", "unroutable"])
        #expect(try await exchange.ledger.deadLetters().count == 2)
      }
    }
  }

  @Test func `an unknown marking holds back its object and nothing else`() async throws {
    try await TestExchange.with { exchange in
      try await exchange.withHub {
        let unknown = "marking-definition--11111111-1111-4111-8111-111111111111"
        try await exchange.publish(as: "alpha", TestMessage.bundle(1, markings: [TestMessage.green, unknown]))
        let delivered = try await exchange.take(1, from: QueueNames.inbox(.threat), of: "beta")
        let text = String(decoding: delivered[0].body, as: UTF8.self)
        #expect(text.contains(TestMessage.indicatorID(100)))
        #expect(!text.contains(TestMessage.indicatorID(101)))
        #expect(!text.contains("11111111-1111"))
      }
    }
  }

  @Test func `an unknown agency among the recipients gets the same answer as one without a grant`() async throws {
    try await TestExchange.with { exchange in
      try await exchange.withHub {
        try await exchange.publish(
          as: "alpha", TestMessage.bundle(1),
          AMQPProperties(headers: [HeaderKeys.recipients: "beta,delta,nobody"], messageID: "named"))
        let receipt = try await exchange.receipts(1, of: "alpha")[0]
        let notes = receipt["notes"]?.elements.compactMap(\.string) ?? []
        #expect(notes == ["not a recipient: delta", "not a recipient: nobody"])
        #expect(try await exchange.take(1, from: QueueNames.inbox(.threat), of: "beta").count == 1)
        try await exchange.settle()
        #expect(try await exchange.drain(QueueNames.inbox(.threat), of: "gamma").isEmpty)
      }
    }
  }
}
