@testable import Hub

import Contract
import JSON
@testable import Ledger
import Testing

/// Proofs from the ledger to a partner that trusts nobody.
@Suite struct AuditCommandTests {
  private func key(_ books: Books) throws -> String {
    let run = try Program.run("audit", "key", "--config", books.path)
    return String(run.output.prefix(64))
  }

  private func prove(_ books: Books, _ arguments: String...) throws -> String {
    let run = try Program.run(["audit", "prove", "--config", books.path] + arguments)
    #expect(run.code == 0, "\(run.errors)")
    return try books.folder.write("proof-\(UInt32.random(in: 0 ... .max)).json", run.output)
  }

  @Test func `a message that nobody knows, or that is not the reader's business, is not proven`() async throws {
    let books = try Books()
    try await books.publish(Papers.bundle(), id: "m-1")
    #expect(try Program.run("audit", "prove", "--config", books.path, "m-2").code == 1)
    // It has not arrived yet.
    let early = try Program.run("audit", "prove", "--config", books.path, "m-1", "--for", "beta")
    #expect(early.code == 1)
    #expect(early.errors.contains("The ledger knows no message that concerns beta with the id m-1"))
    #expect(try Program.run("audit", "prove", "--config", books.path, "m-1", "--for", "delta").code == 1)
    #expect(try Program.run("audit", "prove", "--config", books.path, "m-1", "--since", "999").code == 1)
    await books.end()
  }

  @Test func `what is no proof and what is no key is said so`() async throws {
    let books = try Books()
    let key = try key(books)
    for (text, word) in [
      ("{", "It is no JSON"), ("{}", "no proof of version 1"), (#"{"entente_proof":1,"for":"beta"}"#, "its `head`"),
      (#"{"entente_proof":1,"for":"beta","head":{}}"#, "is not as it should be"),
    ] {
      let file = try books.folder.write("bad.json", text)
      let run = try Program.run("audit", "check", file, "--key", key)
      #expect(run.code == 2)
      #expect(run.errors.contains(word), "\(run.errors)")
    }
    try await books.publish(Papers.bundle(), id: "m-1")
    let file = try prove(books, "m-1")
    #expect(try Program.run("audit", "check", file, "--key", "/nowhere").code == 2)
    #expect(try Program.run("audit", "check", file, "--key", file).code == 2)
    let other = try Program.run("audit", "check", file, "--key", String(repeating: "1", count: 64))
    #expect(other.code != 0)
    await books.end()
  }

  @Test func `a proof that was touched does not hold`() async throws {
    let books = try Books()
    try await books.publish(Papers.bundle(), id: "m-1")
    let file = try prove(books, "m-1")
    let text = String(decoding: try Scratch.read(file: file), as: UTF8.self)
    for (old, new, word) in [
      (#""index":0"#, #""index":1"#, "is not in the log"),
      (#"\"sender\":\"alpha\""#, #"\"sender\":\"delta\""#, "is not in the log"),
      (#""size":3"#, #""size":4"#, "is not signed by this key"), ("6d2d31", "6d2d32", "is not what it commits to"),
      ("body-sha256", "body-sha1", "do not bear the names"),
    ] {
      let changed = text.replacing(old, with: new)
      #expect(changed != text, "\(old)")
      let run = try Program.run(
        "audit", "check", try books.folder.write("touched.json", changed), "--key", try key(books))
      #expect(run.code == 1)
      #expect(run.output.hasPrefix("The proof does not hold.\n"))
      #expect(run.flow.contains(word), "\(old): \(run.output)")
    }
    await books.end()
  }

  @Test func `sender and recipient check their proofs with nothing but the key`() async throws {
    let books = try Books()
    try await books.publish(Papers.bundle(), id: "m-1")
    try await books.deliver(to: books.beta)
    let body = try books.folder.write("body.json", Papers.bundle())
    let otherBody = try books.folder.write("other.json", Papers.bundle(name: "Other"))
    let first = try prove(books, "m-1")
    let key = try books.folder.write("hub.key", try key(books) + "\n")
    let sent = try Program.run("audit", "check", first, "--key", key, "--body", body)
    #expect(sent.code == 0, "\(sent.output)\(sent.errors)")
    #expect(sent.flow.contains("The proof holds, for alpha: a log of 4 entries"))
    #expect(sent.flow.contains("message-id: m-1"))
    #expect(!sent.output.contains("beta") && !sent.output.contains("gamma"))
    let wrong = try Program.run("audit", "check", first, "--key", key, "--body", otherBody)
    #expect(wrong.code == 1)
    #expect(wrong.output.contains("No entry vouches for this body."))

    let got = try Program.run("audit", "check", try prove(books, "m-1", "--for", "beta"), "--key", key)
    #expect(got.code == 0)
    #expect(got.flow.contains("delivery-id: ") && !got.output.contains("gamma") && !got.output.contains("m-1"))

    try await books.publish(Papers.bundle(name: "Second"), id: "m-2")
    let unlinked = try prove(books, "m-2")
    let lost = try Program.run("audit", "check", unlinked, "--key", key, "--earlier", first)
    #expect(lost.code == 1)
    #expect(lost.flow.contains("ask for one with `--since 4`"))
    let second = try prove(books, "m-2", "--since", "4")
    let run = try Program.run("audit", "check", second, "--key", key, "--earlier", first)
    #expect(run.code == 0)
    #expect(run.flow.contains("It goes on from the log of 4 entries."))
    #expect(try Program.run("audit", "check", first, "--key", key, "--earlier", second).code == 1)
    await books.end()
  }

  @Test func `a log that is whole verifies, and one that was changed does not`() async throws {
    let books = try Books()
    try await books.publish(Papers.bundle(), id: "m-1")
    _ = try prove(books, "m-1")
    let run = try Program.run("audit", "verify", "--config", books.path)
    #expect(run.code == 0)
    #expect(run.flow.contains("Log: 3 entries, root"))
    #expect(run.flow.contains("1 signed head"))
    let json = try Program.run("audit", "verify", "--config", books.path, "--json")
    #expect(try JSONDocument(Array(json.output.utf8)).root["sound"]?.bool == true)
    try await books.home.ledger.write(isUrgent: true, bytes: 0) {
      try $0.execute("UPDATE entry SET leaf = CAST(leaf || ' ' AS BLOB) WHERE seq = 1")
    }
    let changed = try Program.run("audit", "verify", "--config", books.path)
    #expect(changed.code == 1)
    #expect(changed.flow.contains("leaf-hash entry 1 has the hash of another leaf"))
    #expect(changed.flow.contains("head the head of 3 entries"))
    await books.end()
  }
}
