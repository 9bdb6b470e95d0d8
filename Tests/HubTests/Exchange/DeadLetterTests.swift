import AMQP
import BrokerTestSupport
import Contract
import JSON
import Ledger
import Testing

@testable import Hub

/// Dead letters from the first failure to the inbox.
@Suite struct `A dead letter` {
  private func replay(_ ids: [Int64], in exchange: TestExchange) async throws -> [ReplayOutcome] {
    let act = try await exchange.ledger.requestAct(
      ReplayAct.kind, arguments: ReplayAct(deadLetters: ids).encoded(), operator: "test", at: SystemClock().now())
    try await eventually("act \(act) ends") {
      let state = try await exchange.ledger.act(act)?.state
      return state == .done || state == .failed
    }
    return ReplayOutcome.decode(try await exchange.ledger.act(act)?.result ?? [])
  }

  @Test func `that is not mended fails again and lies as it was`() async throws {
    try await TestExchange.with { exchange in
      try await exchange.withHub {
        try await exchange.publish(as: "alpha", Array("{}".utf8), AMQPProperties(messageID: "m"))
        _ = try await exchange.receipts(1, of: "alpha")
        let letter = try await exchange.ledger.deadLetters()[0]
        let outcome = try await replay([letter.id, 999], in: exchange)
        #expect(outcome.map(\.verdict) == [.failed, .skipped])
        #expect(try await exchange.ledger.deadLetter(letter.id)?.row.state == .open)
        #expect(try await exchange.ledger.deadLetter(letter.id)?.failures.count == 2)
      }
    }
  }

  @Test func `of an envelope that cannot be read for what it asks is not replayed past that`() async throws {
    try await TestExchange.with { exchange in
      try await exchange.withHub {
        // Meant to narrow, and misspelt: without it the message would go to more agencies than its sender wanted.
        try await exchange.publish(
          as: "alpha", TestMessage.bundle(1),
          AMQPProperties(headers: ["entente-recipient": "gamma"], messageID: "misspelt"))
        _ = try await exchange.receipts(1, of: "alpha")
        let letter = try await exchange.ledger.deadLetters()[0]
        let outcome = try await replay([letter.id], in: exchange)
        #expect(outcome.map(\.verdict) == [.failed])
        try await exchange.settle()
        #expect(try await exchange.drain(QueueNames.inbox(.threat), of: "beta").isEmpty)
      }
    }
  }

  @Test func `is closed by a corrected message under the same message-id`() async throws {
    try await TestExchange.with { exchange in
      try await exchange.withHub {
        try await exchange.publish(as: "alpha", Array("{}".utf8), AMQPProperties(messageID: "m"))
        _ = try await exchange.receipts(1, of: "alpha")
        try await exchange.publish(as: "alpha", TestMessage.bundle(1), AMQPProperties(messageID: "m"))
        let receipt = try await exchange.receipts(1, of: "alpha")[0]
        #expect(receipt["receipt"]?.string == "accepted")
        let letters = try await exchange.ledger.deadLetters(DeadLetterFilter(states: [.superseded]))
        #expect(letters.map(\.messageID) == ["m"])
        let outcome = try await replay(letters.map(\.id), in: exchange)
        #expect(outcome.allSatisfy { $0.verdict != .failed })
        try await exchange.settle()
        #expect(try await exchange.drain(QueueNames.inbox(.threat), of: "beta").count == 1)
      }
    }
  }

  @Test func `that was discarded is not replayed`() async throws {
    try await TestExchange.with { exchange in
      try await exchange.withHub {
        try await exchange.publish(as: "alpha", Array("{}".utf8), AMQPProperties(messageID: "m"))
        _ = try await exchange.receipts(1, of: "alpha")
        let letter = try await exchange.ledger.deadLetters()[0]
        try await exchange.ledger.discard(letter.id, operator: "test", reason: "a test", at: SystemClock().now())
        #expect(try await replay([letter.id], in: exchange).map(\.verdict) == [.skipped])
      }
    }
  }
}
