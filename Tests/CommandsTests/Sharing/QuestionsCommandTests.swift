@testable import Hub

import Contract
import Ledger
import Sharing
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
    #expect(own.code == 0 && own.output.contains("grant to-beta of arrangement pact, version 2"), "\(own.output)")
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

  @Test func `a recipient does not learn that something was withheld, nor who hides from it, nor an object's own id`()
    async throws
  {
    let books = try Books()
    let terms = String(decoding: try books.folder.read("arrangements/pact.yaml"), as: UTF8.self)
    try books.folder.write(
      "arrangements/pact.yaml",
      terms.replacing(
        "maximum-tlp: TLP:AMBER}", with: "maximum-tlp: TLP:AMBER, obligations: {attribution: must-not}}"))
    await books.home.ledger.close()
    let hidden = try Books(folder: books.folder)
    let secret = Papers.bundle().replacing(
      "\"objects\": [",
      with: """
        "objects": [{"type": "indicator", "spec_version": "2.1", "id": "indicator--5f0c6a5e-7d8d-4a40-9b7d-3a4f1b6f9d22",
        "created": "2026-11-20T08:00:00.000Z", "modified": "2026-11-21T08:00:00.000Z", "pattern_type": "stix",
        "pattern": "[ipv4-addr:value = '203.0.113.10']", "valid_from": "2026-11-20T08:00:00Z",
        "object_marking_refs": ["\(Papers.TLPIDs.red)"]},
        """)
    try await hidden.publish(secret, id: "alpha-1")
    try await hidden.deliver(to: hidden.beta)
    let delivery = try #require(try await hidden.home.ledger.deliveries(of: 1).first { $0.recipient == hidden.beta })
    let sender = try run(hidden, "why", "alpha-1", "--to", "beta", "--asking", "alpha")
    #expect(sender.code == 0 && sender.flow.contains("withheld are"), "\(sender.errors) \(sender.output)")
    for arguments in [["why", "--to", "beta"], ["who-saw"]] {
      let own = try Program.run(
        [arguments[0], "--config", hidden.path, "--asking", "beta", delivery.deliveryID] + arguments.dropFirst())
      #expect(own.code == 0, "\(own.errors)")
      for word in ["alpha", "withheld", "partly", "RED", "pact"] {
        #expect(!own.output.contains(word), "\(own.output)")
      }
    }
    // Its own id tells it nothing, since under that one it has nothing.
    #expect(try run(hidden, "who-saw", Self.indicator, "--asking", "beta").code == 1)
    let all = try run(hidden, "who-saw", Self.indicator)
    let keyed = Pseudonyms(key: hidden.home.keys.pseudonymKey, recipient: hidden.beta).id(for: Self.indicator)
    #expect(all.output.contains(keyed), "\(all.output)")
    let known = try run(hidden, "who-saw", keyed, "--asking", "beta")
    #expect(known.code == 0 && !known.output.contains(Self.indicator), "\(known.output) \(known.errors)")
    #expect(!known.output.contains("alpha"))
    let told = try run(hidden, "who-saw", keyed)
    #expect(told.output.contains(Self.indicator), "\(told.output)")
    await hidden.end()
  }

  @Test func `a pseudonym is led back for the originator and for nobody else`() async throws {
    let plain = try Books()
    try plain.folder.write(
      "agencies/beta.yaml", "id: beta\nname: Agency beta\njurisdiction: US\nsends: [stix]\naccepts:\n  - format: stix\n"
    )
    await plain.home.ledger.close()
    let books = try Books(folder: plain.folder)
    let address = "ipv4-addr--0b2f1a6e-5f0c-5e7d-8a40-9b7d3a4f1b6f"
    let text = """
      {"type": "bundle", "id": "bundle--0a1f6f1e-5f0b-4c8a-9c1e-0d4a4f0e9a02", "objects": [{"type": "ipv4-addr",
      "spec_version": "2.1", "id": "\(address)", "value": "198.51.100.7", "object_marking_refs": ["\(Papers.TLPIDs.green)"]}]}
      """
    try await books.publish(text, id: "m-1")
    let pseudonyms = Pseudonyms(key: books.home.keys.pseudonymKey, recipient: books.beta)
    let word = pseudonyms.word(for: "198.51.100.7", .ipv4)
    // Nobody has it yet.
    #expect(try run(books, "resolve", word, "--asking", "alpha").code == 1)
    try await books.deliver(to: books.beta)
    for (asked, value) in [(word, "198.51.100.7"), (pseudonyms.id(for: address), address)] {
      let own = try run(books, "resolve", asked, "--asking", "alpha")
      #expect(own.code == 0 && own.flow.contains(value) && own.flow.contains("beta"), "\(own.errors)")
      for agency in ["beta", "gamma"] {
        let other = try run(books, "resolve", asked, "--asking", agency)
        #expect(other.code == 1 && other.errors == "There is nothing to tell about \(asked).\n" && other.output.isEmpty)
      }
    }
    #expect(try run(books, "resolve", "198.51.100.7", "--asking", "alpha").code == 1)
    #expect(try run(books, "resolve", word).code == 2)
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
    #expect(same.code == 0 && same.output.hasPrefix("1 message compared, 0 would change.\n"))
    #expect(same.output.hasSuffix("On trial then, without signatures: pact.\n"))
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
