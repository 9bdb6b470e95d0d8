@testable import Hub

import Contract
import Ledger
import Testing

@Suite struct QuestionsCommandTests {
  private static let indicator = "indicator--5f0c6a5e-7d8d-4a40-9b7d-3a4f1b6f9d21"

  private func run(_ books: Books, _ command: String, _ arguments: String...) throws -> ProgramRun {
    try Program.run([command, "--config", books.path] + arguments)
  }

  @Test func `withheld and unknown get the same answer, word for word`() async throws {
    let books = try Books()
    try await books.publish(Papers.bundle(marking: Papers.TLPIDs.red), id: "m-1")
    try await books.deliver(to: books.beta)
    for agency in ["beta", "gamma", "delta"] {
      let withheld = try run(books, "why", "m-1", "--to", agency, "--asking", agency)
      let unknown = try run(books, "why", "m-2", "--to", agency, "--asking", agency)
      #expect(withheld.code == 1 && unknown.code == 1)
      #expect(withheld.errors == "There is nothing to tell about m-1.\n" && withheld.output.isEmpty)
      #expect(unknown.errors == "There is nothing to tell about m-2.\n" && unknown.output.isEmpty)
      let saw = try run(books, "who-saw", Self.indicator, "--asking", agency)
      #expect(saw.code == 1 && saw.errors == "There is nothing to tell about \(Self.indicator).\n")
      #expect(try run(books, "who-saw", "m-1", "--asking", agency).code == 1)
    }
    await books.end()
  }

  @Test func `a recipient learns of itself alone, the sender and the operator of all`() async throws {
    let books = try Books()
    try await books.publish(Papers.bundle(), id: "m-1")
    try await books.deliver(to: books.beta)
    let own = try run(books, "why", "m-1", "--to", "beta", "--asking", "beta")
    #expect(own.code == 0 && own.output.contains("grant to-beta of pact, version 2"))
    #expect(try run(books, "why", "m-1", "--to", "gamma", "--asking", "beta").code == 1)
    let sender = try run(books, "why", "m-1", "--to", "gamma", "--asking", "alpha")
    #expect(sender.code == 0 && sender.output.contains("grant to-gamma"))
    let stranger = try run(books, "why", "m-1", "--to", "delta")
    #expect(stranger.code == 0 && stranger.output.contains("Not considered"))

    for id in ["m-1", Self.indicator] {
      let all = try run(books, "who-saw", id)
      // To gamma it is on its way still.
      #expect(all.code == 0 && all.output.contains("beta") && !all.output.contains("gamma"), "\(all.errors)")
      #expect(try run(books, "who-saw", id, "--asking", "beta").output.contains("beta"))
      #expect(try run(books, "who-saw", id, "--asking", "gamma").code == 1)
      #expect(try run(books, "who-saw", id, "--asking", "alpha").output.contains("beta"))
    }
    await books.end()
  }

  @Test func `a rehearsal says what would change, of a folder and of the ledger, and in sum`() async throws {
    let books = try Books()
    try await books.publish(Papers.bundle(), id: "m-1")
    let proposal = try Scratch()
    defer { proposal.remove() }
    try Books.writeConfiguration(proposal, approval: true)
    let samples = try Scratch()
    defer { samples.remove() }
    try samples.write("one.json", Papers.bundle())
    try samples.write("two.json", "{")

    let same = try run(books, "rehearse", books.path)
    #expect(same.code == 0 && same.output == "1 message compared, 0 would change.\n")
    let ledger = try run(books, "rehearse", proposal.path)
    #expect(ledger.code == 1 && ledger.output.contains("m-1, from alpha"))
    #expect(ledger.output.contains("less  for beta: everything -> everything, held"))
    #expect(
      ledger.output.contains("1 message compared, 1 would change.") && ledger.output.contains("less of 1 message"))
    let folder = try run(books, "rehearse", proposal.path, "--messages", samples.path, "--from", "alpha")
    #expect(folder.code == 1 && folder.output.contains("one.json, from alpha"))
    #expect(folder.output.contains("2 messages compared, 1 would change."))
    #expect(try run(books, "rehearse", proposal.path, "--messages", samples.path).code == 2)
    #expect(try run(books, "rehearse", "/nowhere").code == 2)

    let file = samples.path + "/one.json"
    let diff = try run(books, "explain", "--from", "alpha", "--diff", proposal.path, file)
    #expect(diff.code == 0 && diff.output.hasPrefix("beta: less\n  now   everything"))
    #expect(
      try run(books, "explain", "--from", "alpha", "--diff", books.path, file).output == "Nothing would change.\n")
    await books.end()
  }
}
