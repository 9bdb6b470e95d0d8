import AMQP
import BrokerTestSupport
import Contract
import FoundationEssentials
import JSON
import Ledger
import Testing

@testable import Hub

/// Real data through the whole way; said plainly where it is not there.
@Suite struct `Real input` {
  private static let attack = Example.package + "/../shared/corpora/stix/attack-ics-18.1.json"

  @Test func `the ATT&CK bundle reaches three recipients, whole where it may, as MISP where they want it`() async throws
  {
    guard FileManager.default.fileExists(atPath: Self.attack) else {
      print("skipped: the ATT&CK bundle is not at ../shared/corpora/stix")
      return
    }
    var terms = TestTerms()
    terms.unmarked = "TLP:GREEN"
    terms.objectTypes = "all, x-*"
    terms.deltaIsParty = true
    try await TestExchange.with(terms) { exchange in
      let body = try Example.read(Self.attack)
      try await exchange.withHub {
        try await exchange.publish(as: "alpha", body, AMQPProperties(messageID: "attack"))
        let receipt = try await exchange.receipts(1, of: "alpha")[0]
        #expect(receipt["receipt"]?.string == "accepted", "\(receipt)")
        for agency in ["beta", "delta"] {
          let delivered = try await exchange.take(1, from: QueueNames.inbox(.threat), of: agency)[0]
          let document = try JSONDocument(delivered.body)
          #expect(document.root["objects"]?.count == 1826)
          #expect(delivered.properties.headers?[HeaderKeys.tlp] == "TLP:GREEN")
        }
        let event = try await exchange.take(1, from: QueueNames.inbox(.threat), of: "gamma")[0]
        #expect(try JSONDocument(event.body).root["Event"] != nil)
        #expect(event.properties.headers?[HeaderKeys.losses] != nil)
        try await exchange.settle()
        #expect(try await exchange.ledger.audit().isBalanced)
      }
    }
  }
}
