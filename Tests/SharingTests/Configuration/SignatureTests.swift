import Contract
import FoundationEssentials
import STIX
import Testing

@testable import Sharing

/// An arrangement is in force when each party's registered policy key signed the same terms, and not before.
@Suite struct SignatureTests {
  static let alphaKey = [UInt8](repeating: 1, count: 32)
  static let betaKey = [UInt8](repeating: 2, count: 32)
  static let now = Moment.read("2026-11-24")!
  static let (alpha, beta) = (AgencyID("alpha")!, AgencyID("beta")!)

  static func keyLine(_ key: [UInt8], id: String = "desk", use: String = "policy", more: String = "") -> String {
    "keys:\n  - {id: \(id), use: \(use), ed25519: \"\(Ed25519Text.publicText(ofPrivate: key)!)\"\(more)}\n"
  }

  static func folder(_ changes: [String: String?] = [:], status: String = "active") throws -> TestFolder {
    var all: [String: String?] = [
      "agencies/alpha.yaml": ConfigurationLoadTests.alpha + keyLine(alphaKey),
      "agencies/beta.yaml": ConfigurationLoadTests.beta + keyLine(betaKey),
      "arrangements/pact.yaml": ConfigurationLoadTests.pact.replacing("status: trial", with: "status: \(status)"),
    ]
    for (name, text) in changes { all[name] = text }
    return try ConfigurationLoadTests.folder(all)
  }

  static func write(_ file: ArrangementDesk.File, into folder: TestFolder) throws {
    let path = URL(filePath: folder.path + "/" + file.name)
    try FileManager.default.createDirectory(at: path.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(file.text.utf8).write(to: path)
    if let old = file.replaces { try FileManager.default.removeItem(atPath: folder.path + "/" + old) }
  }

  static func sign(_ folder: TestFolder, _ parties: AgencyID...) throws {
    for party in parties {
      let key = party == alpha ? alphaKey : betaKey
      try write(ArrangementDesk(folder: folder.path).sign("pact", as: party, key: key, at: now), into: folder)
    }
  }

  /// What becomes of a message from alpha to beta.
  static func rule(_ folder: TestFolder, at time: Instant = now) throws -> DecisionRule? {
    var submission = try TestMessage.submission(TestMessage("indicator open GREEN").bundle(), "")
    submission.at = time
    return try folder.load().decide(submission).first?.rule
  }

  @Test func `an active arrangement without signatures passes nothing, and says whose are missing`() throws {
    let folder = try Self.folder()
    #expect(try Self.rule(folder) == .arrangementNotSigned)
    try Self.sign(folder, Self.alpha)
    #expect(try Self.rule(folder) == .arrangementNotSigned)
    let submission = try TestMessage.submission(TestMessage("indicator open GREEN").bundle(), "")
    #expect(
      try folder.load().decide(submission).first?.reason
        == "grant first of arrangement pact would cover it, but the signature of beta is missing.")
  }

  @Test func `signed by all it passes, and one changed word ends that`() throws {
    let folder = try Self.folder()
    try Self.sign(folder, Self.alpha, Self.beta)
    #expect(try Self.rule(folder) == .granted)
    #expect(try folder.load().onTrial == [])
    let pact = URL(filePath: folder.path + "/arrangements/pact.yaml")
    let text = try String(decoding: Data(contentsOf: pact), as: UTF8.self)
    try Data(text.replacing("TLP:AMBER+STRICT", with: "TLP:RED").utf8).write(to: pact)
    #expect(try Self.rule(folder) == .arrangementNotSigned)
    // Spelling and comments are no terms.
    try Data(("# read me\n" + text.replacing("to: [beta]", with: "to:\n      - beta")).utf8).write(to: pact)
    #expect(try Self.rule(folder) == .granted)
  }

  @Test func `a draft and a terminated arrangement pass nothing, signed or not`() throws {
    for status in ["draft", "terminated"] {
      let folder = try Self.folder(status: status)
      try Self.sign(folder, Self.alpha, Self.beta)
      #expect(try Self.rule(folder) == nil)
    }
  }

  @Test func `signatures of one version say nothing of the next`() throws {
    let folder = try Self.folder()
    try Self.sign(folder, Self.alpha, Self.beta)
    let pact = URL(filePath: folder.path + "/arrangements/pact.yaml")
    let text = try String(decoding: Data(contentsOf: pact), as: UTF8.self)
    try Data(text.replacing("version: 2", with: "version: 3").utf8).write(to: pact)
    #expect(try Self.rule(folder) == .arrangementNotSigned)
  }

  @Test func `a signature by a key that was taken out, is for messages or of another party does not hold`() throws {
    let changes: [(line: String, words: String)] = [
      ("", "is not registered"), (Self.keyLine(Self.alphaKey, use: "message"), "is not registered"),
      (Self.keyLine(Self.alphaKey, id: "other"), "is not registered"),
      (Self.keyLine(Self.betaKey), "does not verify"),
      (Self.keyLine(Self.alphaKey, more: ", valid-to: 2026-11-01"), "was not valid when it was signed"),
    ]
    for change in changes {
      let folder = try Self.folder(status: "trial")
      try Self.sign(folder, Self.alpha, Self.beta)
      try Data((ConfigurationLoadTests.alpha + change.line).utf8)
        .write(to: URL(filePath: folder.path + "/agencies/alpha.yaml"))
      let fault = try folder.load().arrangements[0].signatures.faults[Self.alpha]
      #expect(fault?.contains(change.words) == true, "\(change.line): \(fault ?? "holds")")
    }
  }

  @Test func `a party that is none, a wrong key and an unknown arrangement cannot sign`() throws {
    let folder = try Self.folder()
    let desk = try withExtendedLifetime(folder) { try ArrangementDesk(folder: folder.path) }
    func trouble(_ id: String, _ party: String, _ key: [UInt8]) -> String {
      do throws(ArrangementDesk.Trouble) {
        _ = try desk.sign(id, as: AgencyID(party)!, key: key, at: Self.now)
        return ""
      } catch { return error.sentence }
    }
    #expect(trouble("pact", "gamma", Self.alphaKey) == "gamma is no party of pact; its parties are alpha, beta.")
    #expect(trouble("pact", "alpha", [1, 2]) == "The key is no Ed25519 private key.")
    #expect(
      trouble("pact", "alpha", Self.betaKey).hasPrefix("The key is not registered: add it to agencies/alpha.yaml"))
    #expect(trouble("nothing", "alpha", Self.alphaKey).hasPrefix("There is no arrangement nothing"))
  }

  @Test func `activating waits for all signatures, and takes a proposal into force`() throws {
    let proposal = ConfigurationLoadTests.pact.replacing("version: 2", with: "version: 3")
      .replacing("status: trial", with: "status: draft").replacing("TLP:AMBER+STRICT", with: "TLP:RED")
    let folder = try Self.folder(["proposals/pact.yaml": proposal], status: "trial")
    func activate() throws -> ArrangementDesk.File {
      try ArrangementDesk(folder: folder.path).activate("pact", at: Self.now)
    }
    #expect(throws: ArrangementDesk.Trouble(sentence: "pact version 3 is not signed by alpha, beta.")) {
      try activate()
    }
    try Self.sign(folder, Self.alpha)
    #expect(throws: ArrangementDesk.Trouble(sentence: "pact version 3 is not signed by beta.")) { try activate() }
    // What is in force stays so until then.
    #expect(try Self.rule(folder) == .granted)
    try Self.sign(folder, Self.beta)
    try Self.write(activate(), into: folder)
    let arrangement = try #require(try folder.load().arrangements.first)
    #expect(arrangement.version == 3 && arrangement.status == .active && arrangement.isAgreed)
    #expect(arrangement.grants[0].maximumTLP == .red)
    #expect(!FileManager.default.fileExists(atPath: folder.path + "/proposals/pact.yaml"))
  }

  @Test func `one party alone suspends or narrows at once, whoever signed`() throws {
    let folder = try Self.folder()
    try Self.sign(folder, Self.alpha, Self.beta)
    let file = try ArrangementDesk(folder: folder.path).suspend("pact", as: Self.beta, reason: "a leak", at: Self.now)
    try Self.write(file, into: folder)
    #expect(try Self.rule(folder) == .partySuspended)
    #expect(try Self.rule(folder, at: Self.now.adding(milliseconds: -1)) == .granted)
    let narrower = "arrangement: pact\nparty: beta\nmaximum-tlp: TLP:CLEAR\n"
    try Data(narrower.utf8).write(to: URL(filePath: folder.path + "/" + file.name))
    #expect(try Self.rule(folder) == .nothingLeft)
  }

  @Test func `a restriction of what is not there, or by who is no party, is refused with its line`() throws {
    #expect(
      try Self.folder(["restrictions/nothing.beta.yaml": "arrangement: nothing\nparty: beta\n"]).findings()
        == ["restrictions/nothing.beta.yaml:1: found \"nothing\"; there is no arrangements/nothing.yaml"])
    #expect(
      try Self.folder(["restrictions/pact.gamma.yaml": "arrangement: pact\nparty: gamma\n"]).findings()
        == ["restrictions/pact.gamma.yaml:2: found \"gamma\", which is no party of pact"])
    #expect(
      try Self.folder(["restrictions/odd.yaml": "arrangement: pact\nparty: beta\n"]).findings()
        == ["restrictions/odd.yaml:1: by what it says the file's name would be pact.beta.yaml"])
  }

  @Test func `an active arrangement with a party that has no policy key is refused with its line`() throws {
    let findings = try Self.folder(["agencies/beta.yaml": ConfigurationLoadTests.beta]).findings()
    #expect(findings.count == 1)
    #expect(
      findings.first?.hasPrefix("arrangements/pact.yaml:4: found an active arrangement with beta, which has no") == true
    )
  }

  @Test func `keys that openssl writes are read`() {
    let pem =
      "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n"
      + "-----END PRIVATE KEY-----\n"
    #expect(
      Ed25519Text.privateKey(pem: pem).flatMap(Ed25519Text.publicText(ofPrivate:))
        == "GbRH0eoPw+1hL7X5y3Pn/JYO0oHzJHt8rLbJvSyR4IM=" || Ed25519Text.privateKey(pem: pem)?.count == 32)
    #expect(Ed25519Text.privateKey(pem: "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----") == nil)
    #expect(Ed25519Text.publicKey("GbRH") == nil)
    #expect(
      Ed25519Text.publicKey("MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=")?.count == 32)
  }
}
