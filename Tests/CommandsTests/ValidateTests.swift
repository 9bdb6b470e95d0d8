import Hub
import JSON
import Testing

/// The program itself is run: exit codes and both outputs are what users and scripts see.
@Suite struct ValidateTests {
  @Test func `a file that is not there is told on stderr, and the others are checked all the same`() throws {
    let folder = try Scratch()
    defer { folder.remove() }
    let good = try folder.write("good.json", Papers.bundle())
    let run = try Program.run("validate", folder.path + "/missing.json", good)
    #expect(run.code == 2)
    #expect(run.errors == "\(folder.path)/missing.json cannot be read: no such file or directory.\n")
    #expect(run.output == "ok   stix 2.1  \(good) (2 objects)\n")
  }

  @Test func `a folder is refused with what to do`() throws {
    let run = try Program.run("validate", "/tmp")
    #expect(run.code == 2)
    #expect(run.errors == "/tmp is a folder: name the files in it, as in /tmp/*.json.\n")
  }

  @Test func `unreadable counts more than invalid`() throws {
    let folder = try Scratch()
    defer { folder.remove() }
    let bad = try folder.write("bad.json", "{")
    #expect(try Program.run("validate", bad, folder.path + "/missing.json").code == 2)
    #expect(try Program.run("validate", bad).code == 1)
  }

  @Test(arguments: [
    ("{", "not-json", "1:2"), ("", "empty", ""), ("[]", "unknown-format", ""),
    ("{\"a\": 1, \"a\": 2}", "duplicate-key", "1:10"),
    (
      "{\"type\": \"bundle\", \"id\": \"bundle--1\", \"spec_version\": \"2.0\", \"objects\": []}",
      "unsupported-version", ""
    ),
    (String(repeating: "[", count: 100_000), "too-deep", nil), ("\u{FEFF}{}", "not-json", "1:1"),
  ])
  func `a text that is no message is invalid, with its cause`(text: String, rule: String, location: String?) throws {
    let run = try Program.run("validate", "--json", "-", input: Array(text.utf8))
    #expect(run.code == 1)
    let line = try JSONDocument(Array(run.output.utf8)).root
    #expect(line["file"]?.string == "-")
    #expect(line["valid"]?.bool == false)
    let finding = try #require(line["findings"]?[0])
    #expect(finding["severity"]?.string == "error")
    #expect(finding["rule"]?.string == rule)
    if let location { #expect(finding["location"]?.string == location) }
    let message = try #require(finding["message"]?.string)
    #expect(!message.isEmpty)
  }

  @Test func `what is wrong stands beneath the file, with its place`() throws {
    let run = try Program.run("validate", "-", input: Array(Papers.invalidBundle.utf8))
    #expect(run.code == 1)
    #expect(run.outputLines.first == "bad  stix 2.1  - (2 objects)")
    #expect(run.output.contains("error  /objects/1"))
    #expect(run.output.contains("pattern_type"))
    #expect(run.outputLines.allSatisfy { $0.count <= 100 })
  }

  @Test func `another format than the one asked for is invalid`() throws {
    let run = try Program.run("validate", "--format", "nis2", "-", input: Array(Papers.bundle().utf8))
    #expect(run.code == 1)
    #expect(run.output.contains("this is stix 2.1, and nis2 was asked for"))
  }

  @Test func `what is asked to be a format says what keeps it from being one`() throws {
    let run = try Program.run("validate", "--format", "nis2", "--json", "-", input: Array("{\"stage\": 1}".utf8))
    #expect(run.code == 1)
    let line = try JSONDocument(Array(run.output.utf8)).root
    #expect(line["format"]?.string == "nis2")
    #expect((line["findings"]?.count ?? 0) > 1)
  }

  @Test func `an endless input is refused at the limit`() throws {
    let run = try Program.run("validate", "--max-bytes", "100000", "/dev/zero")
    #expect(run.code == 2)
    #expect(run.errors.hasPrefix("/dev/zero has more than 100000 bytes"))
  }

  @Test func `nothing of a hostile text reaches the terminal as a command`() throws {
    let text = "{\"type\": \"bundle\", \"id\": \"bundle--\\u001b[2J\", \"objects\": [], \"\\u001b]0;x\\u0007\": 1}"
    let run = try Program.run("validate", "-", input: Array(text.utf8))
    #expect(!run.output.contains("\u{1B}"))
    #expect(!run.output.contains("\u{07}"))
  }

  @Test func `of faults without end a thousand are told`() throws {
    let objects = String(repeating: "{\"type\": \"indicator\", \"id\": \"indicator--1\"},", count: 600)
    let id = "bundle--0a1f6f1e-5f0b-4c8a-9c1e-0d4a4f0e9a01"
    let text = "{\"type\": \"bundle\", \"id\": \"\(id)\", \"objects\": [\(objects.dropLast())]}"
    let run = try Program.run("validate", "--json", "-", input: Array(text.utf8))
    #expect(run.code == 1)
    let line = try JSONDocument(Array(run.output.utf8)).root
    #expect(line["findings"]?.count == 1000)
    #expect((line["omitted"]?.integer ?? 0) > 0)
  }

  @Test func `arguments that make no sense end with 2`() throws {
    #expect(try Program.run("validate").code == 2)
    #expect(try Program.run("validate", "--format", "xml", "x").code == 2)
    #expect(try Program.run("validate", "-", "-").code == 2)
    #expect(try Program.run("validate", "--max-bytes", "0", "x").code == 2)
  }

  @Test func `a single object, and files in the order in which they were named`() throws {
    let folder = try Scratch()
    defer { folder.remove() }
    let bundle = try JSONDocument(Array(Papers.bundle().utf8)).root
    let files = try (0..<12).map { number in
      try number % 2 == 0
        ? folder.write("\(number).json", Papers.bundle())
        : folder.write("\(number).json", Array(try #require(bundle["objects"]?[1]).source))
    }
    let run = try Program.run("validate", files[0], files[1], files[2], files[3], files[4], files[5])
    #expect(run.code == 0)
    #expect(run.errors.isEmpty)
    #expect(
      run.outputLines.map(String.init)
        == files.prefix(6).enumerated().map { "ok   stix 2.1  \($1) (\($0 % 2 == 0 ? "2 objects" : "indicator"))" })
  }
}
