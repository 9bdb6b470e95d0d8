import Testing

/// The demo, run whole on a private broker as a newcomer would, and its story compared with what it should tell.
@Suite struct `The demo` {
  private static let package = String(#filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 })

  @Test func `without its example says where it looks`() throws {
    let run = try Program.run("demo", "--example", "/nowhere")
    #expect(run.code == 2)
    #expect(run.errors.contains("/nowhere"))
    #expect(run.errors.contains("--example"))
  }

  @Test func `tells its story from the first message to balanced books, and leaves nothing behind`() async throws {
    let run = try await Program.runLong("demo", "--example", Self.package + "/Examples/transatlantic")
    #expect(run.code == 0, "\(run.errors)")
    #expect(run.errors.isEmpty)
    let golden = try Scratch.read(file: Self.package + "/Tests/CommandsTests/Golden/demo.txt")
    let told = Self.normal(run.output)
    let expected = Self.normal(String(decoding: golden, as: UTF8.self))
    // What happened at the same moment may be listed either way in the last scene.
    let end = expected.firstIndex { $0.hasPrefix("4.") } ?? expected.endIndex
    #expect(Array(told.prefix(end)) == Array(expected.prefix(end)))
    #expect(told.dropFirst(end).sorted() == expected.dropFirst(end).sorted())
  }

  /// The lines without what differs from run to run: dates, times, keyed ids, and how many entries the log has.
  private static func normal(_ text: String) -> [String] {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      String(line)
        .replacing(#/\d{4}-\d\d-\d\d/#, with: "DATE")
        .replacing(#/\d\d:\d\d:\d\d(\.\d+)?/#, with: "TIME")
        .replacing(#/[0-9a-f]{16}…/#, with: "ID")
        .replacing(#/\d+ entries/#, with: "N entries")
    }
  }
}
