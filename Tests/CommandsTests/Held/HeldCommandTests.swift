@testable import Hub

import AMQP
import Contract
import JSON
import Ledger
import Sharing
import Testing

@Suite struct HeldCommandTests {
  private func run(_ books: Books, _ arguments: String...) throws -> ProgramRun {
    try Program.run(["held", arguments[0], "--config", books.path] + arguments.dropFirst())
  }

  /// A message whose delivery to `beta` is held, under a configuration that is in force.
  private func books() async throws -> (books: Books, held: Int64) {
    let books = try Books(approval: true)
    _ = try await books.home.ledger.configurationVersion(
      for: books.home.configuration.digest, files: [], at: SystemClock().now())
    try await books.publish(Papers.bundle(), id: "m-1")
    return (books, try #require(try await books.home.ledger.held().first).delivery.id)
  }

  @Test func `what is not there, not held, or without a reason is not released and not refused`() async throws {
    let (books, held) = try await books()
    for command in ["show", "release"] { #expect(try run(books, command, "99").code == 1) }
    #expect(try run(books, "refuse", "99", "--reason", "x").code == 1)
    #expect(try run(books, "refuse", "\(held)", "--reason", " ").code == 2)
    #expect(try run(books, "list", "--limit", "0").code == 2)
    let other = try #require(try await books.home.ledger.deliveries(of: 1).first { $0.id != held })
    let release = try run(books, "release", "\(other.id)")
    #expect(release.code == 1)
    #expect(release.errors.contains("not held"))
    await books.end()
  }

  @Test func `terms that no hub follows release nothing`() async throws {
    let (books, held) = try await books()
    try books.folder.write("hub.yaml", "name: other\n")
    let run = try run(books, "release", "\(held)")
    #expect(run.code == 2)
    #expect(run.errors.contains("is not the one in force (version 1)"))
    #expect(try await books.home.ledger.held().count == 1)
    await books.end()
  }

  @Test func `today's terms decide: what they withhold by now is withheld, whatever is approved`() async throws {
    let (books, held) = try await books()
    let terms = String(decoding: try books.folder.read("arrangements/pact.yaml"), as: UTF8.self)
    try books.folder.write(
      "arrangements/pact.yaml", terms.replacing("maximum-tlp: TLP:AMBER", with: "maximum-tlp: TLP:CLEAR"))
    let today = try Configuration.load(folder: books.path)
    _ = try await books.home.ledger.configurationVersion(for: today.digest, files: [1], at: SystemClock().now())
    #expect(try run(books, "show", "\(held)").flow.contains("Nothing: "))
    let release = try run(books, "release", "\(held)")
    #expect(release.code == 1)
    #expect(release.flow.contains("is withheld now: "))
    #expect(try await books.home.ledger.pair(held)?.delivery.state == .withheld)
    #expect(try await books.home.ledger.audit().anomalies == [])
    await books.end()
  }

  @Test func `a released delivery is on its way, and passes when it is written`() async throws {
    let (books, held) = try await books()
    let list = try run(books, "list")
    #expect(list.flow.contains("1 delivery held."))
    #expect(list.output.contains("alpha") && list.output.contains("beta") && list.output.contains("pact"))
    #expect(list.outputLines.allSatisfy { $0.count <= 100 })
    let line = try JSONDocument(Array(try run(books, "list", "--json").output.utf8)).root
    #expect(line["delivery"]?.integer == held)
    let show = try run(books, "show", "\(held)")
    #expect(show.flow.contains("2 objects, at most TLP:GREEN; 0 others withheld."))
    #expect(show.output.contains("Next: entente held release \(held)"))
    let release = try run(books, "release", "\(held)", "--note", "cleared", "--operator", "ada")
    #expect(release.code == 0)
    #expect(release.output == "Delivery \(held) is on its way to beta.\n")
    #expect(try run(books, "list").output == "Nothing is held.\n")
    #expect(try run(books, "release", "\(held)").code == 1)
    let trace = try Program.run("trace", "--config", books.path, "m-1")
    #expect(trace.flow.contains("Approved by ada (cleared)."))

    let row = try #require(try await books.home.ledger.pair(held))
    let message = try IncomingMessage(row.message, body: try await books.home.ledger.payload(of: row.message.id))
    let pipeline = IntakePipeline(configuration: books.home.configuration, keys: books.home.keys)
    let at = try #require(row.message.acceptedAt)
    let read = try pipeline.read(pipeline.identifyAgain(message), message, at: at)
    let source = DeliverySource(message: message, read: read, acceptedAt: at)
    let delivery = DeliveryPipeline(configuration: books.home.configuration, keys: books.home.keys, now: at)
    #expect(try delivery.run(PendingDelivery(row.delivery), of: source).message.body == message.body)
    #expect(try await books.home.ledger.audit().anomalies == [])
    await books.end()
  }

  /// Without an approval on record, the terms that hold a message hold it at delivery, too.
  @Test func `a decision that let it out without an approval does not pass at delivery`() async throws {
    let (books, held) = try await books()
    let row = try #require(try await books.home.ledger.pair(held))
    let message = try IncomingMessage(row.message, body: try await books.home.ledger.payload(of: row.message.id))
    let pipeline = IntakePipeline(configuration: books.home.configuration, keys: books.home.keys)
    let at = try #require(row.message.acceptedAt)
    let read = try pipeline.read(pipeline.identifyAgain(message), message, at: at)
    var decision = try Decision(decoding: row.delivery.decision)
    #expect(!decision.isApproved)
    decision.outcome = .deliver
    decision.rule = .granted
    #expect(!decision.isApproved && decision.releasedByAll(isWholeRead: true) == decision)
    let pair = Pair(
      recipient: books.beta, outcome: .deliver, rule: "granted", arrangement: nil, reason: "", objects: decision.keep,
      decision: [], deliveryID: "d", lane: .threat, format: .stix)
    let pending = PendingDelivery(number: 1, message: 1, pair: pair, decision: decision, claimedUntil: at)
    #expect(throws: DeliveryPipeline.Refusal.self) {
      try DeliveryPipeline(configuration: books.home.configuration, keys: books.home.keys, now: at)
        .run(pending, of: DeliverySource(message: message, read: read, acceptedAt: at))
    }
    await books.end()
  }

  @Test func `a refused delivery is withheld, with who and why`() async throws {
    let (books, held) = try await books()
    let refuse = try run(books, "refuse", "\(held)", "--reason", "not agreed", "--operator", "ada")
    #expect(refuse.code == 0)
    #expect(refuse.output == "Delivery \(held) to beta is withheld.\n")
    #expect(try Program.run("trace", "--config", books.path, "m-1").flow.contains("Refused by ada: not agreed"))
    #expect(try await books.home.ledger.audit().anomalies == [])
    await books.end()
  }
}
