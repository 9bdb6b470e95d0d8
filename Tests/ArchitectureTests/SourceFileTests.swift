import Testing

@Suite struct SourceFileTests {
  @Test func `no file is longer than 500 lines`() throws {
    for file in try Project.swiftFiles() {
      let lines = try Project.read(file).split(separator: "\n", omittingEmptySubsequences: false).count - 1
      #expect(lines <= 500, "\(file) has \(lines) lines: does it have one subject?")
    }
  }

  /// C, and the database, stay in one room each.
  @Test(arguments: [
    ("CLibXML2", "XML"), ("COpenSSL", "AMQP"), ("CPCRE2", "JSONSchema"), ("CRabbitMQ", "AMQP"), ("CSimdJSON", "JSON"),
    ("GRDB", "Ledger"),
  ])
  func `a module with one importer has no other`(module: String, room: String) throws {
    for file in try Project.swiftFiles() where try Project.imports(of: file).contains(module) {
      let isAtHome = file.hasPrefix("Sources/\(room)/") || file.hasPrefix("Tests/\(room)Tests/")
      #expect(isAtHome, "\(file) imports \(module), which only \(room) may")
    }
  }

  @Test func `imports of every form are seen`() throws {
    #expect(try Project.imports(of: "Sources/Broker/ManagementAPI.swift").contains("JSON"))
    #expect(try Project.imports(of: "Sources/Broker/BrokerError.swift").isEmpty)
  }

  @Test func `Foundation's JSON types appear nowhere`() throws {
    let names = ["JSONSerialization", "JSONDecoder", "JSONEncoder"]
    for file in try Project.swiftFiles() where !file.hasSuffix("/SourceFileTests.swift") {
      let text = try Project.read(file)
      for name in names { #expect(!text.contains(name + "("), "\(file) uses \(name)") }
    }
  }
}
