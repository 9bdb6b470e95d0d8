import Testing

/// What `publish` and `listen` say where they cannot do their work; with a broker they are tried with the demo.
@Suite struct PublishTests {
  private func run(_ words: [String]) throws -> ProgramRun {
    let folder = try Scratch()
    defer { folder.remove() }
    // A port on which nothing listens.
    try Books.writeConfiguration(folder)
    try folder.write("hub.yaml", "name: test\nbroker:\n  port: 1\n")
    let file = try folder.write("message.json", Papers.bundle())
    let arguments = words.map { $0 == "FILE" ? file : $0 }
    return try Program.run(arguments + ["--config", folder.path], environment: ["ENTENTE_PASSWORD": "secret-word"])
  }

  @Test func `a broker that is not there is waited for, and no longer than was said`() throws {
    let run = try run(["publish", "--as", "alpha", "--timeout", "0.5", "FILE"])
    #expect(run.code == 2)
    #expect(run.errors.contains("was not confirmed within 0.5 seconds"))
    #expect(!run.errors.contains("secret-word"))
  }

  @Test func `an agency that is none is refused with those that there are`() throws {
    for command in ["publish", "listen"] {
      let run = try run([command, "--as", "nobody"] + (command == "publish" ? ["FILE"] : ["--timeout", "1"]))
      #expect(run.code == 2)
      #expect(run.errors.contains("nobody is no agency of this configuration; its agencies are alpha"))
    }
  }

  @Test func `files and a watched folder at once, and neither, are unusable`() throws {
    #expect(try run(["publish", "--as", "alpha"]).code == 2)
    #expect(try run(["publish", "--as", "alpha", "--watch", "/tmp", "FILE"]).code == 2)
    #expect(try run(["publish", "--as", "alpha", "--type", "stix", "FILE"]).errors.contains("FORMAT/KIND"))
  }

  @Test func `listening ends with its time, and says how much came`() throws {
    let run = try run(["listen", "--as", "alpha", "--count", "2", "--timeout", "0.5"])
    #expect(run.code == 1)
    #expect(run.errors.contains("0 of 2 messages came within 0.5 seconds."))
  }
}
