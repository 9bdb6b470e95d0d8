@testable import Hub

import Contract
import JSON
import Ledger
import Testing

@Suite struct StatusTests {
  @Test func `without a hub it says so first, and ends with 1`() async throws {
    let books = try Books(approval: true)
    try await books.publish("{", id: "m-1")
    try await books.publish(Papers.bundle(), id: "m-2")
    let run = try Program.run("status", "--config", books.path)
    #expect(run.code == 1)
    #expect(run.output.hasPrefix("DOWN   hub           No hub is running"))
    #expect(run.flow.contains("ALARM dead letters 1 message failed at identify, not-json;"))
    #expect(run.flow.contains("-> entente dead groups --stage identify --cause not-json"))
    #expect(run.flow.contains("waits held 1 delivery to beta for an approval;"))
    #expect(run.flow.contains("waits receipts 2 receipts for alpha"))
    #expect(run.outputLines.allSatisfy { $0.count <= 100 })
    let json = try JSONDocument(Array(try Program.run("status", "--config", books.path, "--json").output.utf8)).root
    #expect(json["well"]?.bool == false)
    #expect(json["lines"]?[0]?["weight"]?.string == "down")
    await books.end()
  }

  @Test func `a full inbox that waits long is an alarm with its cause`() async throws {
    let books = try Books()
    let old = SystemClock().now().adding(milliseconds: -3 * 3_600_000)
    try await books.publish(Papers.bundle(), id: "m-1", at: old)
    try await books.settle(to: books.beta) { _ in
      .retry(StageFailure(.send, .inboxFull, isPermanent: false, "Full.").record, next: old)
    }
    try await books.home.ledger.beat(hub: "h", at: SystemClock().now().adding(milliseconds: 600_000))
    let status = try await books.home.status()
    let line = try #require(status.lines.first { $0.sentence.contains("to beta") })
    #expect(line.weight == .alarm)
    #expect(line.sentence.contains("the oldest for 3 h: its inbox is full"))
    #expect(!status.isWell)
    #expect(status.lines.map(\.weight) == status.lines.map(\.weight).sorted())
    await books.end()
  }

  @Test func `what is well ends with 0`() async throws {
    let books = try Books()
    try await books.home.ledger.beat(hub: "h", at: SystemClock().now().adding(milliseconds: 600_000))
    try await books.publish(Papers.bundle(), id: "m-1")
    let run = try Program.run("status", "--config", books.path)
    #expect(run.code == 0, "\(run.output)")
    #expect(run.output.contains("ok     hub           1 hub running"))
    await books.end()
  }
}
