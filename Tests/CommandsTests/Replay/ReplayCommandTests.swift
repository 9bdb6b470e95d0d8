@testable import Hub

import Contract
import JSON
import Ledger
import Testing

/// `entente replay` and what belongs to it, on a ledger that the hub's own stages filled.
@Suite struct ReplayCommandTests {
  private func run(_ books: Books, _ arguments: [String], input: String = "") throws -> ProgramRun {
    try Program.run(arguments + ["--config", books.path], input: Array(input.utf8))
  }

  @Test func `what makes no sense is refused before anything is read`() async throws {
    let books = try Books()
    for words in [
      ["--again"], ["--history"], ["--history", "--agency", "alpha", "--cause", "schema"], ["--rate", "-1"],
      ["--stop-above", "101"], ["--lane", "slow"], ["--cause", "schemas"],
    ] {
      #expect(try run(books, ["replay"] + words).code == 2, "\(words)")
    }
    for command in ["show", "pause", "resume", "cancel"] {
      let run = try run(books, ["replay", command, "7"])
      #expect(run.code == 1)
      #expect(run.errors == "There is no replay 7; `entente replay list` shows those that there are.\n")
    }
    #expect(try run(books, ["replay", "list"]).output == "No replays.\n")
    #expect(try run(books, ["replay", "--yes"]).output == "Nothing is to be replayed.\n")
    await books.end()
  }

  @Test func `a dry run counts what would happen and does nothing`() async throws {
    let books = try Books()
    try await books.publish(Papers.invalidBundle, id: "m-1")
    try await books.publish("{", id: "m-2")
    #expect(try run(books, ["dead", "edit", "1", "--file", "-"], input: Papers.bundle()).code == 0)
    for words in [
      ["replay", "--dry-run"], ["dead", "replay", "--all", "--dry-run"], ["dead", "replay", "1", "2", "--dry-run"],
    ] {
      let dry = try run(books, words)
      #expect(dry.code == 1)
      #expect(dry.output.contains("1 would pass:"))
      #expect(dry.output.contains("1 would fail:"))
      #expect(dry.output.hasSuffix("Nothing was done.\n"))
    }
    let lines = try run(books, ["replay", "--dry-run", "--json"]).outputLines
    #expect(try lines.map { try JSONDocument(Array($0.utf8)).root["would"]?.string } == ["pass", "fail"])
    #expect(try await books.home.ledger.deadLetters().count == 2)
    await books.end()
  }

  @Test func `of dead letters goes through the list and says what came of it`() async throws {
    let books = try Books()
    try await books.publish(Papers.invalidBundle, id: "m-1")
    try await books.publish("{", id: "m-2")
    #expect(try run(books, ["dead", "edit", "1", "--file", "-"], input: Papers.bundle()).code == 0)
    #expect(try run(books, ["replay"]).errors.contains("Nobody is there to ask: add --yes."))
    let path = books.path
    let run = try await books.withHub {
      try await Program.runLong(
        "replay", "--yes", "--reason", "the type is known now", "--operator", "ada", "--config", path)
    }
    #expect(run.code == 1)
    #expect(run.output.contains("Replay 1 has begun: 2 to do."))
    #expect(run.output.contains("Replay 1 is done."))
    #expect(run.output.contains("2 of 2  accepted 1, failed 1"))
    let show = try self.run(books, ["replay", "show", "1", "--failed"])
    #expect(show.flow.contains("by ada"))
    #expect(show.flow.contains("why the type is known now"))
    #expect(show.output.contains("dead letter 2       failed"))
    #expect(!show.output.contains("dead letter 1 "))
    #expect(
      try self.run(books, ["replay", "cancel", "1"]).errors == "Replay 1 is done, so there is nothing to cancel.\n")
    #expect(try await books.home.ledger.audit().isBalanced)
    await books.end()
  }

  @Test func `that is paused waits until it is resumed`() async throws {
    let books = try Books()
    try await books.publish("{", id: "m-1")
    let begun = try run(books, ["replay", "--yes", "--detach"])
    #expect(begun.code == 0)
    #expect(try run(books, ["replay", "pause", "1", "--reason", "wait"]).output == "Replay 1 is paused.\n")
    #expect(try run(books, ["replay", "pause", "1"]).code == 1)
    #expect(try run(books, ["replay", "show", "1"]).flow.contains("wait"))
    #expect(try run(books, ["replay", "resume", "1"]).output == "Replay 1 goes on.\n")
    #expect(try run(books, ["replay", "cancel", "1"]).output == "Replay 1 is cancelled.\n")
    await books.end()
  }

  @Test func `of history says what a recipient would get now`() async throws {
    let books = try Books()
    try await books.publish(Papers.bundle(), id: "m-1")
    try await books.deliver(to: books.beta)
    let dry = try run(books, ["replay", "--history", "--recipient", "beta", "--again", "--dry-run"])
    #expect(dry.code == 0)
    // What the books confirmed was no body of ours, so that the bytes differ.
    #expect(dry.output.contains("1 would be sent:"))
    #expect(dry.flow.contains("It goes to beta as stix, revision 2."))
    #expect(
      try run(books, ["replay", "--history", "--recipient", "beta", "--yes"]).output == "Nothing is to be replayed.\n")
    await books.end()
  }

  // MARK: - Edits

  @Test func `a patch that does not fit keeps nothing, and one that fits is an edit`() async throws {
    let books = try Books()
    try await books.publish(try Papers.flat(Papers.invalidBundle), id: "m-1")
    let wrong = try run(
      books, ["dead", "edit", "1", "--patch", "-"], input: #"[{"op":"remove","path":"/objects/9"}]"#)
    #expect(wrong.code == 1)
    #expect(wrong.errors.contains("The patch does not fit, so nothing was kept: operation 1:"))
    #expect(try run(books, ["dead", "edit", "1", "--patch", "-", "--file", "x"]).code == 2)
    #expect(try run(books, ["dead", "edit", "1", "--patch", "/nowhere"]).code == 2)
    let right = try run(
      books, ["dead", "edit", "1", "--patch", "-"],
      input: #"[{"op":"add","path":"/objects/1/pattern_type","value":"stix"}]"#)
    #expect(right.code == 0)
    #expect(right.output.contains("Next: entente dead replay 1"))
    await books.end()
  }

  @Test func `an edit of what is RED wants a second person`() async throws {
    let books = try Books()
    let red = Papers.bundle(marking: Papers.TLPIDs.red)
    try await books.publish(
      Papers.lines(of: red).filter { !$0.contains("pattern_type") }.joined(separator: "\n"), id: "m")
    let edit = try run(books, ["dead", "edit", "1", "--file", "-", "--operator", "ada"], input: red)
    #expect(edit.output.contains("A second person has to look at it first."))
    #expect(try run(books, ["dead", "list"]).output.contains("[edited, unapproved]"))
    #expect(try run(books, ["dead", "show", "1"]).output.contains("entente dead approve 1"))
    #expect(
      try run(books, ["dead", "approve", "1", "--operator", "ada"]).errors
        == "Ada made this edit, so somebody else has to approve it.\n")
    #expect(try run(books, ["dead", "approve", "7"]).code == 1)
    #expect(try run(books, ["dead", "approve", "1", "--operator", "bob"]).code == 0)
    #expect(try run(books, ["dead", "approve", "1", "--operator", "eve"]).code == 1)
    #expect(try await books.home.ledger.audit().isBalanced)
    await books.end()
  }
}
