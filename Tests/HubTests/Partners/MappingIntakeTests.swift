import AMQP
import Contract
import Formats
import JSON
import STIX
import Sharing
import Testing

@testable import Hub

/// Messages in a format that a mapping of the configuration describes.
@Suite struct `A partner's format at the hub` {
  static let feed = "ip,seen,share\n198.51.100.7,2026-11-24 06:00:05,few\n"

  @Test func `is nothing to who may not send it`() throws {
    let exchange = try PartnerExchange(sends: "[stix]")
    #expect(try exchange.failure(Self.feed).cause == .notJSON)
    #expect(try exchange.failure(Self.feed, type: "acme-feed").cause == .notJSON)
    #expect(try exchange.failure(Self.feed, contentType: "text/csv").cause == .contentTypeMismatch)
  }

  @Test func `that is not as its mapping says is refused with the place`() throws {
    let exchange = try PartnerExchange()
    let short = try exchange.failure("ip,seen,share\n198.51.100.7\n", type: "acme-feed")
    #expect(short.cause == .notReadable)
    #expect(short.detail.contains("line 2 has 1 cells"))
    let empty = try exchange.failure("ip,seen,share\n,2026-11-24 06:00:05,few\n", type: "acme-feed/event")
    #expect(empty.stage == .validate)
    #expect(empty.location == "/records/0")
    let day = try exchange.failure("ip,seen,share\n198.51.100.7,2026-02-31 06:00:05,few\n", type: "acme-feed")
    #expect(day.stage == .read)
    #expect(day.location == "/records/0/seen")
    let word = try exchange.failure("ip,seen,share\n198.51.100.7,2026-11-24 06:00:05,us\n", type: "acme-feed")
    #expect(word.detail.contains("'us' is no word"))
    let address = try exchange.failure("ip,seen,share\n999.1.1.1,2026-11-24 06:00:05,few\n", type: "acme-feed")
    #expect(address.stage == .read)
  }

  @Test func `that nothing fits says what each way of reading it found`() throws {
    let failure = try PartnerExchange().failure("ip,seen,share\n198.51.100.7\n")
    #expect(failure.detail.contains("as acme-feed: line 2"))
  }

  @Test func `must be what the property type says of it`() throws {
    let exchange = try PartnerExchange()
    #expect(try exchange.failure(Self.feed, type: "acme-feed/alert").cause == .typeMismatch)
    #expect(try exchange.failure(Self.feed, type: "stix/indicators").cause == .notJSON)
    #expect(
      try exchange.failure(Self.feed, type: "acme-feed", contentType: "application/xml").cause == .contentTypeMismatch)
  }

  @Test func `that two mappings fit is refused until its sender names one`() throws {
    let twin = PartnerExchange.feed.replacing("mapping: acme-feed", with: "mapping: acme-two")
    let exchange = try PartnerExchange(
      ["mappings/acme-two.yaml": twin], sends: "[stix, acme-feed, acme-two]")
    let failure = try exchange.failure(Self.feed)
    #expect(failure.cause == .unknownFormat)
    #expect(failure.detail.contains("acme-feed, acme-two"))
    #expect(try exchange.run(Self.feed, type: "acme-two").read.identified.format.slug == "acme-two")
  }

  @Test func `is recognised, read and decided like any other`() throws {
    let exchange = try PartnerExchange()
    for (type, contentType) in [(nil, nil), ("acme-feed", nil), ("acme-feed/event", "text/csv"), (nil, "text/csv")] {
      let judged = try exchange.run(Self.feed, type: type, contentType: contentType)
      #expect(judged.read.identified.format.slug == "acme-feed")
      #expect(judged.read.kind == .event)
      #expect(judged.tlp == .amber)
      #expect(judged.decisions.map(\.outcome) == [.deliver, .deliver])
    }
  }

  @Test func `leaves as STIX, and as it came for who takes the same`() throws {
    let exchange = try PartnerExchange()
    let message = exchange.message(Self.feed, type: "acme-feed")
    let stix = try exchange.delivered(message, to: "beta")
    #expect(try JSONDocument(stix.message.body).root["objects"]?.count == 3)
    let whole = try exchange.delivered(message, to: "gamma")
    #expect(whole.message.body == Array(Self.feed.utf8))
    #expect(whole.message.properties.type == "acme-feed/event")
  }

  @Test func `is written anew without what may not be shared, or was not read`() throws {
    let exchange = try PartnerExchange()
    let mixed = Self.feed + "198.51.100.8,2026-11-24 07:00:05,none\n"
    let part = try exchange.delivered(exchange.message(mixed), to: "gamma")
    #expect(String(decoding: part.message.body, as: UTF8.self).contains("198.51.100.7"))
    #expect(!String(decoding: part.message.body, as: UTF8.self).contains("198.51.100.8"))
    let unread = "ip,seen,share,remark\n198.51.100.7,2026-11-24 06:00:05,few,secret\n"
    let without = try exchange.delivered(exchange.message(unread), to: "gamma")
    #expect(!String(decoding: without.message.body, as: UTF8.self).contains("secret"))
  }

  @Test func `is read again as it was accepted, whatever its sender may send today`() throws {
    let exchange = try PartnerExchange(sends: "[stix]")
    var message = exchange.message(Self.feed)
    #expect(throws: StageFailure.self) { try exchange.pipeline.identifyAgain(message) }
    message.acceptedFormat = FormatID("acme-feed")
    #expect(try exchange.pipeline.identifyAgain(message).format.slug == "acme-feed")
  }

  @Test func `is known to validate and convert`() throws {
    let exchange = try PartnerExchange()
    let partners = exchange.configuration.partners
    let text = Array(Self.feed.utf8)
    #expect(CheckedDocument("a", checking: text, partners: partners).isValid)
    #expect(!CheckedDocument("a", checking: text).isValid)
    let wrong = Array(Self.feed.replacing("few", with: "us").utf8)
    #expect(CheckedDocument("a", checking: wrong, partners: partners).remarks.map(\.rule) == ["acme-feed-read"])
    let conversion = try Conversion(of: text, named: "a", from: nil, to: .stix, partners: partners)
    let back = try Conversion(
      of: conversion.output, named: "b", from: .stix, to: try #require(FormatID("acme-feed")), partners: partners)
    #expect(back.output == text)
    #expect(FormatTable.lines(partners: partners).contains { $0.contains("Feed of Acme") })
  }
}
