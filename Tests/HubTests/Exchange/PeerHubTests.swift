import AMQP
import BrokerTestSupport
import Contract
import JSON
import Ledger
import STIX
import Sharing
import Testing

@testable import Hub

/// Two hubs that are agencies of each other. Between their brokers a shovel carries what lies in the inbox of the one to
/// the outbox at the other, headers and all.
@Suite struct `Peer hubs` {
  /// `alpha` passes to `beta` and to the hub south, which is `delta` here and may pass to `beta` as well.
  private var north: TestTerms {
    var terms = TestTerms()
    (terms.name, terms.hubs, terms.deltaIsParty, terms.deltaSends) = ("north", ["delta"], true, true)
    return terms
  }

  /// The hub north is `alpha` here, and `delta` another way back to it.
  private var south: TestTerms {
    var terms = TestTerms()
    (terms.name, terms.hubs, terms.deltaIsParty) = ("south", ["alpha", "delta"], true)
    return terms
  }

  /// As a shovel does it: the body, what it is, and all headers.
  private func shovel(_ delivery: AMQPDelivery, to exchange: TestExchange, as agency: String) async throws {
    var properties = AMQPProperties()
    properties.contentType = delivery.properties.contentType
    properties.headers = delivery.properties.headers
    properties.messageID = delivery.properties.messageID
    properties.type = delivery.properties.type
    try await exchange.publish(as: agency, delivery.body, properties)
  }

  private func states(_ exchange: TestExchange, of message: Int64) async throws -> [String] {
    try await exchange.ledger.deliveries(of: message).map { "\($0.recipient) \($0.state.rawValue) \($0.rule)" }
  }

  @Test func `a message tells its way, and neither it nor its objects come back`() async throws {
    try await TestExchange.with(north) { north in
      try await TestExchange.with(south) { south in
        try await north.withHub {
          try await south.withHub {
            // What strangers' labels would hold back is not what this is about.
            let body = TestMessage.bundle(1, markings: [TLP.clear.markingID])
            try await north.publish(as: "alpha", body, AMQPProperties(messageID: "m"))
            let toSouth = try await north.take(1, from: QueueNames.inbox(.threat), of: "delta")[0]
            let way = try #require(toSouth.properties.headers)
            #expect(way[HeaderKeys.origin]?.text == "alpha" && way[HeaderKeys.hops]?.text == "1")
            #expect(way[HeaderKeys.via]?.text == "north")
            let toBeta = try await north.take(1, from: QueueNames.inbox(.threat), of: "beta")[0]
            for key in [HeaderKeys.via, HeaderKeys.hops, HeaderKeys.origin] {
              #expect(toBeta.properties.headers?[key] == nil)
            }

            try await shovel(toSouth, to: south, as: "alpha")
            #expect(try await south.receipts(1, of: "alpha").first?["receipt"]?.string == "accepted")
            let onward = try await south.take(1, from: QueueNames.inbox(.threat), of: "delta")[0]
            #expect(onward.properties.headers?[HeaderKeys.origin]?.text == "alpha")
            #expect(onward.properties.headers?[HeaderKeys.hops]?.text == "2")
            #expect(onward.properties.headers?[HeaderKeys.via]?.text == "north,south")

            // Home again, it is a loop; without a word of its way its object is known.
            try await shovel(onward, to: north, as: "delta")
            _ = try await north.receipts(1, of: "delta")
            #expect(try await states(north, of: 2) == ["beta withheld loop"])
            let again = String(decoding: body, as: UTF8.self)
              .replacing("indicator--0", with: "indicator--9").replacing("bundle--0", with: "bundle--9")
            for (id, text) in [("same", String(decoding: body, as: UTF8.self)), ("other id", again)] {
              try await north.publish(as: "delta", Array(text.utf8), AMQPProperties(messageID: id))
            }
            try await north.publish(
              as: "delta", TestMessage.bundle(7, markings: [TLP.clear.markingID]), AMQPProperties(messageID: "new"))
            _ = try await north.receipts(3, of: "delta")
            _ = try await north.take(1, from: QueueNames.inbox(.threat), of: "beta")
            #expect(try await states(north, of: 3) == ["beta withheld nothing-left"])
            #expect(try await states(north, of: 4) == ["beta withheld nothing-left"])
            try await north.settle()
            #expect(try await states(north, of: 5).first?.hasPrefix("beta delivered") == true)
            #expect(try await north.ledger.audit().isBalanced)
          }
        }
      }
    }
  }

  @Test func `what left for a peer as STIX is known when it comes back as MISP`() async throws {
    var terms = north
    terms.sends = "stix, misp"
    try await TestExchange.with(terms) { north in
      try await north.withHub {
        let body = TestMessage.bundle(1, markings: [TLP.clear.markingID])
        try await north.publish(as: "alpha", body, AMQPProperties(messageID: "m"))
        _ = try await north.take(1, from: QueueNames.inbox(.threat), of: "delta")
        _ = try await north.take(1, from: QueueNames.inbox(.threat), of: "beta")
        // The same in MISP, as the peer's own tools would make it: by the hub, for an agency that takes MISP.
        let misp = try await north.take(1, from: QueueNames.inbox(.threat), of: "gamma")[0]
        #expect(misp.properties.type?.hasPrefix("misp/") == true)
        try await north.publish(as: "delta", misp.body, AMQPProperties(messageID: "back"))
        #expect(try await north.receipts(1, of: "delta").first?["receipt"]?.string == "accepted")
        #expect(try await states(north, of: 2) == ["beta withheld nothing-left"])
        let decision = try #require(try await north.ledger.deliveries(of: 2).first).decision
        #expect(try Decision(decoding: decision).withheld.contains { $0.rule == .returned })
        #expect(try await north.ledger.audit().isBalanced)
      }
    }
  }
}
