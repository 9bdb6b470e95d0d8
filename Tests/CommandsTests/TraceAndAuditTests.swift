@testable import Hub

import Contract
import JSON
@testable import Ledger
import Testing

@Suite struct TraceAndAuditTests {
  @Test func `an id that nobody knows ends with 1`() async throws {
    let books = try Books()
    let run = try Program.run("trace", "--config", books.path, "m-1")
    #expect(run.code == 1)
    #expect(run.errors.hasPrefix("The ledger knows no message and no delivery with the id m-1"))
    await books.end()
  }

  @Test func `a refused message is told to the end`() async throws {
    let books = try Books()
    try await books.publish("{", id: "m-1")
    let run = try Program.run("trace", "--config", books.path, "m-1")
    #expect(run.code == 0)
    #expect(run.output.contains("from alpha on the threat lane, and refused"))
    #expect(run.output.contains("identify, not-json at 1:2"))
    #expect(run.output.contains("no. 1 waits for an operator"))
    #expect(run.output.hasSuffix("It has reached nobody: it was not accepted.\n"))
    await books.end()
  }

  @Test func `an accepted message is told by recipient, by its own id and by that of a delivery`() async throws {
    let books = try Books()
    try await books.publish(Papers.bundle(), id: "m-1")
    try await books.publish(Papers.bundle(), id: "m-1")
    try await books.deliver(to: books.beta)
    try await books.deadLetter(to: AgencyID("gamma")!)
    let run = try Program.run("trace", "--config", books.path, "m-1")
    #expect(run.code == 0)
    #expect(run.output.hasPrefix("Message m-1 from alpha (stix 2.1, indicators, TLP:GREEN)\n"))
    #expect(run.flow.contains("and accepted as message 1; it came once more, as a duplicate"))
    #expect(run.flow.contains("beta: gets all of it: Everything passes, by grant to-beta of arrangement pact."))
    #expect(run.flow.contains("beta: the broker confirmed it into the inbox as stix, revision 1"))
    #expect(run.flow.contains("gamma: write, cannot-write at /objects/1: The adapter gave up."))
    #expect(run.output.contains("  beta                  delivered, revision 1"))
    #expect(run.output.contains("  gamma                 dead-lettered"))
    #expect(run.outputLines.allSatisfy { $0.count <= 100 })
    let delivery = try #require(try await books.home.ledger.deliveries(of: 1).first)
    #expect(try Program.run("trace", "--config", books.path, delivery.deliveryID).output == run.output)
    let json = try Program.run("trace", "--config", books.path, "--json", "m-1")
    let trace = try JSONDocument(Array(json.output.utf8)).root
    #expect(trace["deliveries"]?.count == 2)
    #expect(trace["events"]?[0]?["what"]?.string == "received")
    #expect(try Program.run("trace", "--config", books.path, "--sender", "beta", "m-1").code == 1)
    await books.end()
  }

  @Test func `books that balance end with 0 and counts`() async throws {
    let books = try Books()
    try await books.publish("{", id: "m-1")
    try await books.publish(Papers.bundle(), id: "m-2")
    try await books.deliver(to: books.beta)
    let run = try Program.run("audit", "--config", books.path, "--payloads")
    #expect(run.code == 0, "\(run)")
    #expect(run.output.contains("Messages: 2 (1 accepted, 1 failed)."))
    #expect(run.output.contains("Dead letters: 1 (1 open)."))
    #expect(run.output.contains("The books balance"))
    #expect(run.outputLines.allSatisfy { $0.count <= 100 })
    let json = try Program.run("audit", "--config", books.path, "--json")
    let report = try JSONDocument(Array(json.output.utf8)).root
    #expect(report["balanced"]?.bool == true)
    #expect(report["deliveries"]?["beta"]?["delivered"]?.integer == 1)
    await books.end()
  }

  @Test func `what does not balance is named, and ends with 1`() {
    var report = AuditReport()
    for number in 0..<60 { report.add(.entryHash, "entry \(number) has the hash of another leaf") }
    let lines = report.lines()
    #expect(lines.contains("  entry-hash  entry 0 has the hash of another leaf"))
    #expect(lines.contains("  and 20 more"))
    #expect(lines.last == "The books do not balance: 60 anomalies.")
  }
}
