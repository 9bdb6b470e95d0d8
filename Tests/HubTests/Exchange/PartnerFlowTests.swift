import AMQP
import BrokerTestSupport
import Contract
import Glibc
import Hub
import JSON
import Ledger
import Sharing
import Testing

/// Partners' formats and batches on a broker, from the agencies' side.
@Suite struct `Partners' formats on a broker` {
  static func agency(_ id: String, sends: String, accepts: String) -> String {
    """
    id: \(id)
    name: Agency \(id)
    jurisdiction: EU
    sends: \(sends)
    accepts:
      - format: \(accepts)
    maximum-tlp: TLP:RED

    """
  }

  /// Proposes the folder, and waits until the hub follows.
  static func follow(_ exchange: TestExchange) async throws -> Int64 {
    let terms = String(decoding: try Example.read(exchange.folder.path + "/arrangements/terms.yaml"), as: UTF8.self)
    try exchange.folder.write(
      terms.replacing("bundle, early-warning", with: "bundle, event, early-warning"), to: "arrangements/terms.yaml")
    let desk = FlowDesk(exchange.home, operator: "tester")
    try await eventually("a hub runs") { try await desk.following(1).hubs == 1 }
    let version = try #require(try await desk.reload(reason: "a test"))
    try await eventually("the hub follows") { try await desk.following(version) == (1, 1) }
    return version
  }

  @Test func `a mapping is proposed, followed, and its messages reach STIX and their own format`() async throws {
    try await TestExchange.with(TestTerms()) { exchange in
      try await exchange.withHub {
        let feed = Array("ip,seen,share\n198.51.100.7,2026-11-24 06:00:05,few\n".utf8)
        let properties = AMQPProperties(messageID: "feed-1", type: "acme-feed")
        try await exchange.publish(as: "alpha", feed, properties)
        let refused = try await exchange.receipts(1, of: "alpha")
        #expect(refused.last?["reasons"]?[0]?["cause"]?.string == "not-json")

        let folder = exchange.folder
        try folder.write(
          PartnerExchange.feed.replacing("required: [ip", with: "requires: [ip"), to: "mappings/acme-feed.yaml")
        let faults = #expect(throws: ConfigurationError.self) { try Configuration.load(folder: folder.path) }
        #expect(faults?.findings.contains { $0.file == "mappings/acme-feed.yaml" && $0.line == 6 } == true)
        try folder.write(PartnerExchange.feed, to: "mappings/acme-feed.yaml")
        try folder.write(Self.agency("alpha", sends: "[stix, acme-feed]", accepts: "stix"), to: "agencies/alpha.yaml")
        try folder.write(Self.agency("gamma", sends: "[stix]", accepts: "acme-feed"), to: "agencies/gamma.yaml")
        let version = try await Self.follow(exchange)
        try await exchange.publish(as: "alpha", feed, properties)
        let beta = try await exchange.take(1, from: QueueNames.inbox(.threat), of: "beta")
        #expect(try JSONDocument(beta[0].body).root["objects"]?.count == 3)
        let gamma = try await exchange.take(1, from: QueueNames.inbox(.threat), of: "gamma")
        #expect(gamma[0].body == feed)
        // What the ledger knows is the version that decided it.
        let trace = try await exchange.ledger.trace(messageID: "feed-1", sender: .known("alpha"))
        let accepted = try #require(trace.messages.first { $0.state == .accepted })
        #expect(accepted.format?.slug == "acme-feed")
        #expect(accepted.configuration == version)
      }
    }
  }

  @Test func `a batch goes on without its bad items, which lie in the dead letters and can be mended`() async throws {
    let good =
      #"{"classification.type":"c2-server","feed.name":"f","time.observation":"2026-11-24T06:00:00+00:00","source.ip":"198.51.100.7","tlp":"GREEN"}"#
    let bad = good.replacing("198.51.100.7", with: "999.1.1.1")
    try await TestExchange.with(TestTerms()) { exchange in
      for (id, accepts) in [("alpha", "stix"), ("beta", "intelmq")] {
        try exchange.folder.write(
          Self.agency(id, sends: "[stix, intelmq]", accepts: accepts), to: "agencies/\(id).yaml")
      }
      try await exchange.withHub {
        _ = try await Self.follow(exchange)
        let lines = Array("\(good)\n\(bad)\n\(good.replacing(".7", with: ".8"))".utf8)
        for _ in 0..<2 { try await exchange.publish(as: "alpha", lines, AMQPProperties(messageID: "batch")) }
        let beta = try await exchange.take(1, from: QueueNames.inbox(.threat), of: "beta")
        #expect(String(decoding: beta[0].body, as: UTF8.self).split(separator: "\n").count == 2)
        var receipts: [JSONValue] = []
        try await eventually("two receipts") {
          for delivery in try await exchange.drain("receipts", of: "alpha") {
            for line in delivery.body.split(separator: 0x0A) { receipts.append(try JSONDocument(Array(line)).root) }
          }
          return receipts.count >= 2
        }
        #expect(receipts.map { $0["message_id"]?.string } == ["batch", "batch"])
        #expect(receipts.map { $0["receipt"]?.string } == ["accepted", "duplicate"])
        #expect(
          receipts[0]["items"]?.elements.map { $0["verdict"]?.string } == ["accepted", "rejected", "accepted"])
        let letters = try await exchange.ledger.deadLetters(DeadLetterFilter())
        #expect(letters.map(\.messageID) == ["batch/refused"])
        let audit = try await exchange.ledger.audit()
        #expect(audit.isBalanced)
      }
    }
  }
}
