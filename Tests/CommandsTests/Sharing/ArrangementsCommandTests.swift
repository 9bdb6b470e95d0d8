import FoundationEssentials
import Testing

@Suite struct ArrangementsCommandTests {
  /// Keys that `openssl genpkey -algorithm ed25519` writes: PKCS #8 around 32 bytes.
  private static func pem(_ byte: UInt8) -> String {
    let prefix: [UInt8] = [0x30, 0x2E, 2, 1, 0, 0x30, 5, 6, 3, 0x2B, 0x65, 0x70, 4, 0x22, 4, 0x20]
    let text = Data(prefix + [UInt8](repeating: byte, count: 32)).base64EncodedString()
    return "-----BEGIN PRIVATE KEY-----\n\(text)\n-----END PRIVATE KEY-----\n"
  }

  private func run(_ folder: Scratch, _ arguments: String...) throws -> ProgramRun {
    try Program.run(["arrangements", arguments[0], "--config", folder.path] + arguments.dropFirst())
  }

  @Test func `a key that is none, a stranger and an unregistered key sign nothing`() throws {
    let folder = try Scratch()
    defer { folder.remove() }
    try Books.writeConfiguration(folder)
    let key = try folder.write("key.pem", Self.pem(1))
    let none = try folder.write("none.pem", "words")
    #expect(try run(folder, "sign", "pact", "--as", "alpha", "--key", none).code == 2)
    #expect(try run(folder, "sign", "pact", "--as", "alpha", "--key", folder.path + "/missing").code == 2)
    let stranger = try run(folder, "sign", "pact", "--as", "delta", "--key", key)
    #expect(stranger.code == 1 && stranger.errors.contains("delta is no party of pact"))
    let unregistered = try run(folder, "sign", "pact", "--as", "alpha", "--key", key)
    #expect(unregistered.code == 1 && unregistered.errors.contains("add it to agencies/alpha.yaml with use: policy"))
    #expect(try run(folder, "activate", "pact").errors.contains("pact version 2 is not signed by alpha, beta, gamma"))
    #expect(try run(folder, "activate", "nothing").code == 1)
  }

  @Test func `on trial, then signed by all, active, changed and no longer in force, suspended by one`() throws {
    let folder = try Scratch()
    defer { folder.remove() }
    try Books.writeConfiguration(folder)
    let check = try run(folder, "check")
    #expect(check.code == 0 && check.output.contains("pact version 2: on trial"))
    #expect(check.output.contains("trial, without signatures") && check.output.contains("not signed"))
    for (place, agency) in ["alpha", "beta", "gamma"].enumerated() {
      let key = try folder.write("\(agency).pem", Self.pem(UInt8(place + 1)))
      let asked = try run(folder, "sign", "pact", "--as", agency, "--key", key).errors
      // The answer says what to register.
      let text = asked.split(separator: " ").last.map { String($0.dropLast(2)) } ?? ""
      let file = folder.path + "/agencies/\(agency).yaml"
      let old = try String(decoding: Data(contentsOf: URL(filePath: file)), as: UTF8.self)
      try folder.write("agencies/\(agency).yaml", old + "keys:\n  - {id: desk, use: policy, ed25519: \"\(text)\"}\n")
      #expect(try run(folder, "sign", "pact", "--as", agency, "--key", key).code == 0)
    }
    #expect(try run(folder, "activate", "pact").output == "Wrote arrangements/pact.yaml.\n")
    let active = try run(folder, "check")
    #expect(active.code == 0 && active.output.contains("pact version 2: in force"))
    #expect(active.output.contains("signed with the key desk"))

    let file = folder.path + "/arrangements/pact.yaml"
    let terms = try String(decoding: Data(contentsOf: URL(filePath: file)), as: UTF8.self)
    try folder.write("arrangements/pact.yaml", terms.replacing("TLP:AMBER", with: "TLP:RED"))
    let changed = try run(folder, "check")
    #expect(changed.code == 1 && changed.output.contains("it is over other terms"))
    try folder.write("arrangements/pact.yaml", terms)

    #expect(try run(folder, "suspend", "pact", "--as", "beta", "--reason", "a 'leak': here").code == 0)
    #expect(try run(folder, "suspend", "pact", "--as", "beta").code == 1)
    #expect(try run(folder, "check").output.contains("took it back a 'leak': here"))
  }
}
