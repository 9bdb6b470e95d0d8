import AMQP
import BrokerTestSupport
import Contract
import Hub
import JSON
import Ledger
import Testing

/// What was refused of a batch, mended and sent on.
@Suite struct `What was refused of a batch` {
  private static let good =
    #"{"classification.type":"c2-server","feed.name":"f","time.observation":"2026-11-24T06:00:00+00:00","source.ip":"198.51.100.7","tlp":"GREEN"}"#

  private func replay(_ letter: Int64, in exchange: TestExchange) async throws -> [String: Int] {
    let desk = ReplayDesk(exchange.home, operator: "ada")
    let id = try await desk.start([.deadLetter(letter)], ReplayOrder())
    try await eventually("replay \(id) ends") {
      try await desk.progress(id)?.job.state == .done
    }
    return try #require(try await desk.progress(id)).verdicts
  }

  @Test func `is mended by a patch, and its recipients get it once`() async throws {
    let bad = Self.good.replacing("198.51.100.7", with: "999.1.1.1")
    try await TestExchange.with(TestTerms()) { exchange in
      for (id, accepts) in [("alpha", "stix"), ("beta", "intelmq"), ("gamma", "stix")] {
        try exchange.folder.write(
          `Partners' formats on a broker`.agency(id, sends: "[stix, intelmq]", accepts: accepts),
          to: "agencies/\(id).yaml")
      }
      try await exchange.withHub {
        _ = try await `Partners' formats on a broker`.follow(exchange)
        let lines = Array("\(Self.good)\n\(bad)\n\(Self.good.replacing(".7", with: ".8"))".utf8)
        try await exchange.publish(as: "alpha", lines, AMQPProperties(messageID: "batch"))
        for agency in ["beta", "gamma"] {
          _ = try await exchange.take(1, from: QueueNames.inbox(.threat), of: agency)
        }
        let letters = try await exchange.ledger.deadLetters(DeadLetterFilter())
        #expect(letters.map(\.messageID) == ["batch/refused"])
        let letter = letters[0].id
        // Unmended it fails again, and stays.
        #expect(try await replay(letter, in: exchange) == ["failed": 1])
        // As a command finds the folder now, not as the test began.
        let home = try HubHome.open(folder: exchange.folder.path)
        let desk = DeadLetterDesk(home, operator: "ada")
        let body = try await exchange.ledger.payload(ofDeadLetter: letter)
        let patch = #"[{"op":"replace","path":"/source.ip","value":"198.51.100.9"}]"#
        let mended = try JSONPatch(Array(patch.utf8)).apply(to: body)
        let detail = try #require(try await desk.letter(letter))
        let edit = try await desk.edit(detail, body: mended, note: "a typing error")
        #expect(edit.prospect.passes && !edit.needsApproval, "\(edit.prospect.sentence)")
        await home.ledger.close()
        #expect(try await replay(letter, in: exchange) == ["accepted": 1])
        for agency in ["beta", "gamma"] {
          let taken = try await exchange.take(1, from: QueueNames.inbox(.threat), of: agency)
          let text = String(decoding: taken[0].body, as: UTF8.self)
          #expect(text.contains("198.51.100.9") && !text.contains("198.51.100.8"), "\(agency)")
        }
        try await exchange.settle()
        for agency in ["beta", "gamma"] {
          #expect(try await exchange.drain(QueueNames.inbox(.threat), of: agency).isEmpty, "\(agency)")
        }
        let left = try await exchange.ledger.deadLetters(DeadLetterFilter(states: [.open]))
        #expect(left.isEmpty)
        #expect(try await exchange.ledger.audit().isBalanced)
      }
    }
  }
}
