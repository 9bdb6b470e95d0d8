@testable import Hub

import Contract
import Glibc
import JSON
import Ledger
import Testing

/// Groups, notes, the archive and files.
@Suite struct DeadLetterDeskCommandTests {
  private func run(_ books: Books, _ arguments: String...) throws -> ProgramRun {
    try Program.run(["dead", arguments[0], "--config", books.path] + arguments.dropFirst())
  }

  @Test func `words that make no sense are refused`() async throws {
    let books = try Books()
    for arguments in [
      ["archive", "--reason", "x"], ["archive", "1", "--fingerprint", "f", "--reason", "x"],
      ["archive", "1", "--reason", " "], ["restore"], ["note", "1", "--text", ""], ["list", "--kind", "rumour"],
      ["list", "--format", "fax"], ["list", "--text", ""], ["groups", "--text", "x"], ["groups", "--limit", "0"],
      ["export"], ["import", "/nowhere"],
    ] {
      let run = try Program.run(["dead", arguments[0], "--config", books.path] + arguments.dropFirst())
      #expect(run.code == 2, "\(arguments): \(run.output)\(run.errors)")
    }
    for arguments in [["archive", "7", "--reason", "x"], ["restore", "7"], ["note", "7", "--text", "x"]] {
      let run = try Program.run(["dead", arguments[0], "--config", books.path] + arguments.dropFirst())
      #expect(run.code == 1)
      #expect(run.errors.hasPrefix("There is no dead letter 7"))
    }
    #expect(try run(books, "groups").output == "No dead letters.\n")
    await books.end()
  }

  @Test func `a group is archived as it is now, and restored`() async throws {
    let books = try Books()
    try await books.publish("{", id: "m-1")
    try await books.publish("[", id: "m-2")
    try await books.publish(Papers.invalidBundle, id: "m-3")
    let groups = try run(books, "groups", "--json")
    let largest = try JSONDocument(Array(try #require(groups.outputLines.first).utf8)).root
    #expect(largest["count"]?.integer == 2)
    #expect(try run(books, "groups").flow.contains("3 dead letters in 2 groups."))
    let fingerprint = try #require(largest["fingerprint"]?.string)
    let archive = try run(books, "archive", "--fingerprint", fingerprint, "--reason", "known")
    #expect(archive.code == 0)
    #expect(archive.output == "2 dead letters put aside; `entente dead restore` brings them back.\n")
    #expect(try run(books, "list").output.contains("1 dead letter."))
    #expect(try run(books, "list", "--archived").output.contains("[archived]"))
    #expect(try run(books, "replay", "--all", "--cause", "not-json", "--yes").output == "No dead letters.\n")
    try await books.publish("{", id: "m-4")
    #expect(try run(books, "list", "--fingerprint", fingerprint).output.contains("1 dead letter."))
    #expect(try run(books, "archive", "1", "--reason", "again").code == 1)
    #expect(try run(books, "note", "1", "--text", "asked alpha", "--operator", "ada").code == 0)
    let show = try run(books, "show", "1")
    #expect(show.output.contains("lists leave it out") && show.output.contains("note by ada: asked alpha"))
    #expect(try run(books, "restore", "--fingerprint", fingerprint).output == "2 dead letters restored.\n")
    #expect(try run(books, "list").output.contains("4 dead letters."))
    await books.end()
  }

  @Test func `a text is looked for in bodies as they were left`() async throws {
    let books = try Books()
    try await books.publish("{ alpha", id: "m-1")
    try await books.publish("{ beta", id: "m-2")
    #expect(try run(books, "list", "--text", "beta", "--json").outputLines.count == 1)
    #expect(try run(books, "list", "--text", "{", "--limit", "1").output.contains("there are more"))
    #expect(try run(books, "list", "--text", "gamma").output == "No dead letters.\n")
    await books.end()
  }

  @Test func `exported files come back as edits, and only those that were changed`() async throws {
    let books = try Books()
    for number in 1...4 { try await books.publish("{ \(number)", id: "m-\(number)") }
    let out = books.path + "/mend"
    #expect(try run(books, "export", "--out", out).output.hasPrefix("4 dead letters written to "))
    var status = stat()
    stat(out, &status)
    #expect(status.st_mode & 0o777 == 0o700)
    #expect(try run(books, "export", "--out", out).code == 2)
    #expect(String(decoding: try books.folder.read("mend/2.body"), as: UTF8.self) == "{ 2")
    #expect(try run(books, "import", out).output == "0 edits kept, of 4 bodies.\n")
    try books.folder.write("mend/1.body", Papers.bundle())
    try books.folder.write("mend/2.body", "{ still")
    try books.folder.write("mend/3.body", "x")
    try books.folder.write("mend/3.json", try books.folder.read("mend/1.json"))
    try books.folder.write("mend/9.body", "x")
    let back = try run(books, "import", out, "--note", "mended outside", "--operator", "ada")
    #expect(back.code == 1)
    #expect(back.flow.contains("1 kept as revision 1. Yes. It would be accepted"))
    #expect(back.flow.contains("2 kept as revision 1. No."))
    #expect(back.flow.contains("3 left out: the file beside it tells of another message."))
    #expect(back.flow.contains("9 left out: the ledger has no dead letter of this number."))
    #expect(back.output.hasSuffix("2 edits kept, of 5 bodies.\n"))
    #expect(try run(books, "show", "1").output.contains("edited by ada: mended outside"))
    #expect(try run(books, "show", "--body", "3").output == "{ 3")
    await books.end()
  }
}
