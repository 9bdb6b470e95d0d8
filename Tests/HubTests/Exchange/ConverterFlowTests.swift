import AMQP
import BrokerTestSupport
import Contract
import Hub
import JSON
import Ledger
import Sharing
import Testing

/// The example of a converter, from the configuration folder to the inboxes.
@Suite struct `A converter on a broker` {
  private static let list = "WATCHLIST 2026-11-24 TLP:AMBER\n198.51.100.7    a command server\n203.0.113.9    scans\n"

  /// Puts the page of the example into the folder, with agencies that use it: beta takes STIX, gamma the list.
  private func describe(in folder: TemporaryFolder) throws {
    let page = try Example.read(Example.package + "/Examples/converters/watchlist.yaml")
    try folder.write(String(decoding: page, as: UTF8.self), to: "converters/watchlist.yaml")
    for (id, sends, accepts) in [("alpha", "[stix, watchlist]", "stix"), ("gamma", "[stix]", "watchlist")] {
      try folder.write(
        `Partners' formats on a broker`.agency(id, sends: sends, accepts: accepts), to: "agencies/\(id).yaml")
    }
  }

  /// The receipt of a list; a replay's may come before it.
  private func publish(_ text: String, _ id: String, in exchange: TestExchange) async throws -> JSONValue {
    let properties = AMQPProperties(messageID: id, type: "watchlist/indicators")
    try await exchange.publish(as: "alpha", Array(text.utf8), properties)
    var found: JSONValue?
    try await eventually("the receipt of a list") {
      for delivery in try await exchange.drain(QueueNames.receipts, of: "alpha") {
        for line in delivery.body.split(separator: UInt8(ascii: "\n")) {
          let receipt = try JSONDocument(Array(line)).root
          if receipt["message_id"]?.string == id { found = receipt }
        }
      }
      return found != nil
    }
    return try #require(found)
  }

  private func refusal(_ receipt: JSONValue) -> String? {
    receipt["receipt"]?.string == "rejected" ? receipt["reasons"]?[0]?["detail"]?.string : nil
  }

  @Test func `what its script refuses, or another script would say, is refused with that reason; the rest arrives`()
    async throws
  {
    try await TestExchange.with(TestTerms()) { exchange in
      let script = String(
        decoding: try Example.read(Example.package + "/Examples/converters/watchlist.py"), as: UTF8.self)
      try describe(in: exchange.folder)
      // Somebody changed the script and not its SHA-256.
      try exchange.folder.write(script + "# one line more\n", to: "converters/watchlist.py")
      try await exchange.withHub {
        let version = try await `Partners' formats on a broker`.follow(exchange)
        let changed = refusal(try await publish(Self.list, "list-1", in: exchange))
        #expect(changed?.contains("its sha256 is another") ?? false, "\(changed ?? "")")
        let letters = try await exchange.ledger.deadLetters(DeadLetterFilter())
        #expect(letters.map(\.messageID) == ["list-1"])
        #expect(try await exchange.ledger.payload(ofDeadLetter: letters[0].id) == Array(Self.list.utf8))

        // The script that was read and approved is back: the same message goes through.
        try exchange.folder.write(script, to: "converters/watchlist.py")
        let desk = ReplayDesk(exchange.home, operator: "ada")
        let id = try await desk.start([.deadLetter(letters[0].id)], ReplayOrder())
        try await eventually("the replay ends") {
          try await desk.progress(id)?.job.state == .done
        }
        #expect(try await desk.progress(id)?.verdicts == ["accepted": 1])
        let beta = try await exchange.take(1, from: QueueNames.inbox(.threat), of: "beta")
        let objects = try #require(try JSONDocument(beta[0].body).root["objects"])
        #expect(objects.elements.compactMap { $0["pattern"]?.string }.count == 2)
        let gamma = try await exchange.take(1, from: QueueNames.inbox(.threat), of: "gamma")
        let text = String(decoding: gamma[0].body, as: UTF8.self)
        #expect(
          text.hasPrefix("WATCHLIST 20") && text.hasSuffix(String(Self.list.dropFirst("WATCHLIST 2026-11-24".count))))
        #expect(gamma[0].properties.type?.hasPrefix("watchlist") ?? false)

        let wrong = refusal(try await publish(Self.list + "nowhere    x\n", "list-2", in: exchange))
        #expect(wrong?.contains("line 4 does not begin with an address") ?? false, "\(wrong ?? "")")
        let trace = try await exchange.ledger.trace(messageID: "list-1", sender: .known("alpha"))
        #expect(trace.messages.first { $0.state == .accepted }?.configuration == version)
        try await exchange.settle()
        #expect(try await exchange.drain(QueueNames.inbox(.threat), of: "beta").isEmpty)
        #expect(try await exchange.drain(QueueNames.inbox(.threat), of: "gamma").isEmpty)
        #expect(try await exchange.ledger.audit().isBalanced)
      }
    }
  }
}
