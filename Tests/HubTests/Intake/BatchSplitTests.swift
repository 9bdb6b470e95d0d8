import Contract
import JSON
import Ledger
import Testing

@testable import Hub

/// Batches of events: each item stands or falls by itself.
@Suite struct `A batch` {
  static let good =
    #"{"classification.type":"c2-server","feed.name":"f","time.observation":"2026-11-24T06:00:00+00:00","source.ip":"198.51.100.7","tlp":"GREEN"}"#
  static let bad = good.replacing("198.51.100.7", with: "999.1.1.1")
  static let unreadable = good.replacing("GREEN", with: "PURPLE")

  private func split(_ text: String, id: String = "m-1") throws -> BatchSplit? {
    let exchange = try PartnerExchange(sends: "[intelmq, n6]")
    let message = exchange.message(text, id: id)
    let failure = try exchange.failure(text)
    return BatchSplit(message, failure, exchange.pipeline, at: Example.now)
  }

  @Test func `of one item, or that fails as a whole, is none`() throws {
    #expect(try split(Self.bad) == nil)
    #expect(try split("[\(Self.bad)]") == nil)
    #expect(try split("\(Self.good)\n{") == nil)
    #expect(try split("\(Self.good)\n\(Self.bad)", id: "m-1/refused") == nil)
  }

  @Test func `without a good item is refused whole, with a reason for each`() throws {
    let split = try #require(try split("\(Self.bad)\n\(Self.unreadable)"))
    #expect(split.taken == nil)
    #expect(split.items.map(\.number) == [1, 2])
    #expect(split.items.allSatisfy { $0.failure != nil })
    #expect(split.failure.detail.hasPrefix("2 of 2 items were refused; the first: "))
  }

  @Test(arguments: [true, false])
  func `goes on with its good items, and gives the others to the operators`(isLines: Bool) throws {
    let items = [Self.good, Self.bad, Self.good.replacing(".7", with: ".8"), Self.unreadable]
    let text = isLines ? items.joined(separator: "\n") : "[\n" + items.joined(separator: ",\n") + "]"
    let split = try #require(try split(text))
    #expect(split.items.map { $0.failure == nil } == [true, false, true, false])
    #expect(split.items[1].failure?.location == "/1/source.ip")
    #expect(split.items[3].failure?.location?.hasPrefix("/3") == true)
    let taken = try #require(split.taken)
    let expected = isLines ? "\(items[0])\n\(items[2])" : "[\(items[0]),\(items[2])]"
    #expect(taken.messageID == "m-1")
    #expect(String(decoding: taken.body, as: UTF8.self) == expected)
    #expect(split.refused.messageID == "m-1/refused")
    #expect(String(decoding: split.refused.body, as: UTF8.self).contains("999.1.1.1"))
  }

  @Test func `is told in one receipt, with a verdict for each item`() throws {
    let exchange = try PartnerExchange(sends: "[intelmq, n6]")
    let split = try #require(try split("\(Self.good)\n\(Self.bad)"))
    let taken = try #require(split.taken)
    let judged = try exchange.pipeline.run(taken, at: Example.now)
    let record = IntakeRecord(keys: exchange.keys, configurationVersion: 1, claim: nil)
    let intake = record.accepted(judged, taken, at: Example.now, items: split.items)
    let receipt = try JSONDocument(try #require(intake.receipts.accepted)).root
    #expect(receipt["receipt"]?.string == "accepted")
    #expect(receipt["items"]?.elements.map { $0["verdict"]?.string } == ["accepted", "rejected"])
    #expect(receipt["items"]?[1]?["item"]?.integer == 2)
    #expect(receipt["items"]?[1]?["reasons"]?[0]?["location"]?.string == "/1/source.ip")
    #expect(record.refused(split, at: Example.now).receipts.failed == nil)
    #expect(try JSONDocument(try #require(intake.receipts.duplicate)).root["items"] == nil)
  }

  @Test func `that is good has a line for each item, and a single event none`() throws {
    let exchange = try PartnerExchange(sends: "[intelmq, n6]")
    let record = IntakeRecord(keys: exchange.keys, configurationVersion: 1, claim: nil)
    for (text, count) in [("\(Self.good)\n\(Self.good)", 2), (Self.good, nil)] as [(String, Int?)] {
      let message = exchange.message(text)
      let judged = try exchange.pipeline.run(message, at: Example.now)
      let receipts = record.accepted(judged, message, at: Example.now).receipts
      #expect(try JSONDocument(try #require(receipts.accepted)).root["items"]?.count == count)
    }
  }

  @Test func `with a hundred warnings hides no error behind them`() throws {
    let odd = Self.good.replacing(#""feed.name""#, with: #""no.such.field":"x","feed.name""#)
    let exchange = try PartnerExchange(sends: "[intelmq]")
    let text = Array(repeating: odd, count: 150).joined(separator: "\n") + "\n" + Self.bad
    #expect(try exchange.failure(text).location == "/150/source.ip")
  }
}
