@testable import Hub

import AMQP
import Contract
import Glibc
import JSON
import Ledger
import Testing

/// The program on a ledger that the hub's own stages filled.
@Suite struct DeadLetterCommandTests {
  private func run(_ books: Books, _ arguments: String..., input: String = "", editor: String? = nil) throws
    -> ProgramRun
  {
    var environment: [String: String] = [:]
    environment["EDITOR"] = editor
    let words = ["dead", arguments[0], "--config", books.path] + arguments.dropFirst()
    return try Program.run(words, input: Array(input.utf8), environment: environment)
  }

  @Test func `without secrets or configuration they end with 2 and say what to do`() throws {
    let folder = try Scratch()
    defer { folder.remove() }
    try Books.writeConfiguration(folder)
    let run = try Program.run("dead", "list", "--config", folder.path)
    #expect(run.code == 2)
    #expect(run.errors.contains("run `entente topology apply` once to make it"))
    #expect(try Program.run("dead", "list", "--config", "/nowhere").code == 2)
  }

  @Test func `numbers that there are not end with 1`() async throws {
    let books = try Books()
    for command in ["show", "edit", "replay"] {
      let run = try run(books, command, "7")
      #expect(run.code == 1)
      #expect(run.errors == "There is no dead letter 7; `entente dead list --state all` shows those that there are.\n")
    }
    #expect(try run(books, "discard", "7", "--reason", "x").code == 1)
    #expect(try run(books, "show", "x").code == 2)
    await books.end()
  }

  @Test func `words that match nothing by their nature are refused`() async throws {
    let books = try Books()
    let cause = try run(books, "list", "--cause", "schemas")
    #expect(cause.code == 2)
    #expect(cause.errors.contains("There is no cause 'schemas'; the causes are"))
    #expect(try run(books, "list", "--state", "closed").code == 2)
    #expect(try run(books, "list", "--agency", "Not A Slug").code == 2)
    #expect(try run(books, "replay").code == 2)
    #expect(try run(books, "replay", "--all", "3").code == 2)
    #expect(try run(books, "discard", "3", "--reason", " ").code == 2)
    await books.end()
  }

  @Test func `an empty list says so`() async throws {
    let books = try Books()
    let run = try run(books, "list")
    #expect(run.code == 0)
    #expect(run.output == "No dead letters.\n")
    await books.end()
  }

  @Test func `the list shows what failed, where and why, within 100 columns`() async throws {
    let books = try Books()
    try await books.publish("{", id: "m-1")
    try await books.publish(Papers.invalidBundle, id: "m-2")
    try await books.publish(Papers.bundle(), id: "m-3")
    try await books.deadLetter(to: books.beta)
    let list = try run(books, "list")
    #expect(list.code == 0)
    #expect(list.outputLines.allSatisfy { $0.count <= 100 })
    #expect(list.outputLines.count == 8)
    #expect(list.output.contains("identify/not-json"))
    #expect(list.output.contains("validate/schema"))
    #expect(list.output.contains("write/cannot-write"))
    #expect(list.output.hasSuffix("3 dead letters.\n"))
    let narrowed = try run(books, "list", "--recipient", "beta", "--json")
    #expect(narrowed.outputLines.count == 1)
    let line = try JSONDocument(Array(narrowed.output.utf8)).root
    #expect(line["dead_letter"]?.integer == 3)
    #expect(line["cause"]?.string == "cannot-write")
    let short = try run(books, "list", "--limit", "1")
    #expect(short.output.contains("1 dead letter; there are more"))
    await books.end()
  }

  @Test func `show marks the fault and says whether it would pass now`() async throws {
    let books = try Books()
    try await books.publish(Papers.invalidBundle, id: "m-1")
    let show = try run(books, "show", "1")
    #expect(show.code == 0)
    #expect(show.output.hasPrefix("Dead letter 1 is open, since "))
    #expect(show.output.contains("  failed at   validate (schema)"))
    #expect(show.output.contains("  where       /objects/1"))
    #expect(show.output.contains("^"))
    #expect(show.output.contains("  No. It would fail again at validate, schema (at /objects/1"))
    #expect(show.output.contains("Next: entente dead edit 1"))
    #expect(show.outputLines.allSatisfy { $0.count <= 100 })
    let lines = Papers.lines(of: show.output).count
    #expect(lines <= 50)
    #expect(Papers.lines(of: try run(books, "show", "--full", "1").output).count > lines)
    #expect(try run(books, "show", "--body", "1").output == Papers.invalidBundle)
    await books.end()
  }

  @Test func `a hostile message cannot write to the terminal`() async throws {
    let books = try Books()
    try await books.publish("{\"\u{1B}]0;owned\u{7}\": 1\u{1B}[2J", id: "m-\u{1B}[31m")
    for command in ["list", "show"] {
      let run = command == "list" ? try run(books, "list") : try run(books, "show", "1")
      #expect(!run.output.contains("\u{1B}") && !run.output.contains("\u{7}"))
    }
    await books.end()
  }

  // MARK: - Editing

  @Test func `an edit that is still wrong is kept and says what is`() async throws {
    let books = try Books()
    try await books.publish("{", id: "m-1")
    let edit = try run(books, "edit", "1", "--file", "-", "--operator", "ada", input: Papers.invalidBundle)
    #expect(edit.code == 1)
    #expect(edit.output.hasPrefix("Kept as revision 1 of dead letter 1"))
    #expect(edit.output.contains("  No. It would fail again at validate, schema"))
    let again = try run(books, "edit", "1", "--file", "-", "--note", "added the type", input: Papers.bundle())
    #expect(again.code == 0)
    #expect(again.output.contains("Kept as revision 2"))
    #expect(again.output.contains("  Yes. It would be accepted, and go to beta and gamma."))
    let show = try run(books, "show", "1")
    #expect(show.output.contains("The message, as edited (revision 2):"))
    #expect(show.output.contains("edited by ada"))
    #expect(show.output.contains(": added the type"))
    await books.end()
  }

  @Test func `an edit without an editor, of nothing, or that changes nothing is not kept`() async throws {
    let books = try Books()
    try await books.publish("{", id: "m-1")
    let without = try run(books, "edit", "1")
    #expect(without.code == 2)
    #expect(without.errors == "No editor is named: set EDITOR, or give the new text with --file FILE.\n")
    #expect(try run(books, "edit", "1", editor: "false").code == 2)
    #expect(try run(books, "edit", "1", editor: "true").code == 1)
    #expect(try run(books, "edit", "1", "--file", "-", input: "{").errors.contains("Nothing was changed"))
    #expect(try run(books, "edit", "1", "--file", "-", input: "").errors.contains("empty"))
    #expect(try run(books, "edit", "1", "--file", "/nowhere", input: "").code == 2)
    #expect(try await books.home.ledger.deadLetter(1)?.row.editedRevision == 0)
    await books.end()
  }

  @Test func `the editor works on a private file that is gone afterwards`() async throws {
    let books = try Books()
    try await books.publish("{", id: "m-1")
    let new = try books.folder.write("new.json", Papers.bundle())
    let seen = books.path + "/seen"
    let script = try books.folder.write(
      "editor.sh", "stat -c '%a %n' \"$1\" \"$(dirname \"$1\")\" > \(seen)\ncp \(new) \"$1\"\ntouch \"$1~\"\n")
    let edit = try run(books, "edit", "1", editor: "sh \(script)")
    #expect(edit.code == 0)
    let seenLines = String(decoding: try books.folder.read("seen"), as: UTF8.self).split(separator: "\n")
    #expect(seenLines.map { $0.prefix(4) } == ["600 ", "700 "])
    let file = try #require(seenLines.first?.dropFirst(4))
    #expect(access(String(file), F_OK) != 0)
    #expect(access(String(try #require(seenLines.last?.dropFirst(4))), F_OK) != 0)
    await books.end()
  }

  @Test func `what no edit can mend is not edited`() async throws {
    let books = try Books()
    try await books.publish(Papers.bundle(), id: "m-1", headers: ["entente-sender": .string("beta")])
    try await books.publish(Papers.bundle(), id: "m-2")
    try await books.deadLetter(to: books.beta)
    let envelope = try run(books, "edit", "1", "--file", "-", input: "{}")
    #expect(envelope.code == 1)
    #expect(envelope.errors.contains("its envelope, which cannot be edited: ask alpha to publish it again"))
    let delivery = try run(books, "edit", "2", "--file", "-", input: "{}")
    #expect(delivery.code == 1)
    #expect(delivery.errors.contains("is the delivery of an accepted message to beta"))
    #expect(try run(books, "show", "2").output.contains("  Yes. It would be written for beta as stix, and sent."))
    await books.end()
  }

  // MARK: - Discarding and replaying

  @Test func `a discarded one stays discarded, with who and why`() async throws {
    let books = try Books()
    try await books.publish("{", id: "m-1")
    let discard = try run(books, "discard", "1", "--reason", "a test of ours", "--operator", "ada")
    #expect(discard.code == 0)
    #expect(discard.output == "Dead letter 1 is discarded.\n")
    let again = try run(books, "discard", "1", "--reason", "again")
    #expect(again.code == 1)
    #expect(again.errors == "Dead letter 1 is discarded, not open.\n")
    #expect(try run(books, "show", "1").output.contains("discarded by ada: a test of ours"))
    #expect(try run(books, "list", "--state", "discarded").output.contains("discarded"))
    await books.end()
  }

  @Test func `a replay without a running hub asks for nothing and says so`() async throws {
    let books = try Books()
    try await books.publish("{", id: "m-1")
    let replay = try run(books, "replay", "1")
    #expect(replay.code == 2)
    #expect(
      replay.errors == "No hub is running on this ledger, so nothing was replayed: start one with `entente serve`, "
        + "then try again.\n")
    #expect(try await books.home.ledger.act(1) == nil)
    await books.end()
  }

  @Test func `replaying all without anybody to ask wants --yes`() async throws {
    let books = try Books()
    try await books.publish("{", id: "m-1")
    let replay = try run(books, "replay", "--all")
    #expect(replay.code == 2)
    #expect(replay.errors == "Replay 1 dead letter? Nobody is there to ask: add --yes.\n")
    #expect(try run(books, "replay", "--all", "--cause", "schema", "--yes").output == "No dead letters.\n")
    await books.end()
  }

  @Test func `a hub that does not answer is waited for, and no longer`() async throws {
    let books = try Books()
    try await books.publish("{", id: "m-1")
    // Its sign of life lasts as long as the test, on a busy machine too.
    try await books.home.ledger.beat(hub: "asleep", at: SystemClock().now().adding(milliseconds: 600_000))
    let replay = try run(books, "replay", "1", "--timeout", "0.2")
    #expect(replay.code == 1)
    #expect(replay.errors.hasPrefix("The hub has not finished within 0.2 seconds; the replay (act 1) goes on"))
    await books.end()
  }

  @Test func `replays tell what came of each, and fail where one failed`() async throws {
    let books = try Books()
    try await books.publish("{", id: "m-1")
    try await books.publish("[", id: "m-2")
    #expect(try run(books, "edit", "2", "--file", "-", input: Papers.bundle()).code == 0)
    let replay = try await books.withHub { try self.run(books, "replay", "--all", "--yes") }
    #expect(replay.code == 1)
    #expect(replay.outputLines.contains { $0.hasPrefix("  1     failed ") })
    #expect(
      replay.outputLines.contains("  2     accepted   It passes now and goes to 2 of 2 agencies."), "\(replay)")
    #expect(try run(books, "list").output.contains("1 dead letter."))
    let done = try await books.withHub { try self.run(books, "replay", "2") }
    #expect(done.code == 0)
    await books.end()
  }
}
