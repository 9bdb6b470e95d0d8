import Contract
import FoundationEssentials
import STIX
import Testing

@testable import Sharing

/// A configuration folder that ends with its test.
final class TestFolder {
  let path: String

  init(_ files: [String: String]) throws {
    path = FileManager.default.temporaryDirectory.path + "/entente-sharing-\(UUID().uuidString)"
    for (name, text) in files {
      let file = URL(filePath: path + "/" + name)
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: file)
    }
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func load() throws(ConfigurationError) -> Configuration {
    // The folder must outlive the reading of it.
    try withExtendedLifetime(self) { () throws(ConfigurationError) in try Configuration.load(folder: path) }
  }

  /// What is wrong with the folder, line by line.
  func findings() -> [String] {
    do {
      _ = try load()
      return []
    } catch {
      return error.findings.map(\.description)
    }
  }
}

@Suite struct ConfigurationLoadTests {
  static let hub = "name: test\n"
  static let alpha = "id: alpha\nname: Alpha\njurisdiction: PL\nsends: [stix]\naccepts:\n  - format: stix\n"
  static let beta = "id: beta\nname: Beta\njurisdiction: \"NO\"\nsends: []\naccepts:\n  - format: stix\n"
  static let pact = """
    id: pact
    title: Pact
    version: 2
    parties: [alpha, beta]
    status: trial
    effective-from: 2026-01-01
    legal-bases:
      - id: treaty
        title: Treaty
    grants:
      - id: first
        from: alpha
        to: [beta]
        kinds: [bundle]
        object-types: [all]
        maximum-tlp: TLP:AMBER+STRICT

    """

  static func folder(_ changes: [String: String?] = [:]) throws -> TestFolder {
    var files: [String: String] = [
      "hub.yaml": hub, "agencies/alpha.yaml": alpha, "agencies/beta.yaml": beta, "arrangements/pact.yaml": pact,
    ]
    for (name, text) in changes { files[name] = text }
    return try TestFolder(files)
  }

  static func findings(_ changes: [String: String?]) throws -> [String] { try folder(changes).findings() }

  @Test func `a folder without hub.yaml is refused`() throws {
    let findings = try Self.findings(["hub.yaml": String?.none])
    #expect(findings.count == 1 && findings[0].hasPrefix("hub.yaml:1: there is no such file in "))
  }

  @Test func `a folder that is not there is refused`() {
    #expect(throws: ConfigurationError.self) { try Configuration.load(folder: "/nowhere/at/all") }
  }

  @Test func `many faults in many files are reported at once, each with its line`() throws {
    let findings = try Self.findings([
      "hub.yaml": "name: test\nbroker:\n  port: 70000\nlimit: {}\n",
      "agencies/alpha.yaml": Self.alpha + "maximum-tlp: TLP:PINK\n",
      "arrangements/pact.yaml": Self.pact.replacing("from: alpha", with: "from: gamma"),
    ])
    #expect(findings.contains { $0.hasPrefix("hub.yaml:3: /broker/port: ") })
    #expect(findings.contains { $0.hasPrefix("hub.yaml:") && $0.contains("limit") })
    #expect(findings.contains { $0.hasPrefix("agencies/alpha.yaml:7: /maximum-tlp: ") })
    #expect(
      findings.contains("arrangements/pact.yaml:12: found \"gamma\", which is not among the parties"))
  }

  @Test func `a country that YAML reads as a truth value must be quoted`() throws {
    let findings = try Self.findings(["agencies/beta.yaml": Self.beta.replacing("\"NO\"", with: "NO")])
    #expect(findings.count == 1)
    #expect(findings[0].hasPrefix("agencies/beta.yaml:3: /jurisdiction: "))
    #expect(findings[0].hasSuffix("if the word NO is meant as a text, write it in quotes: \"NO\""))
  }

  @Test func `a text that YAML reads as a number must be quoted`() throws {
    let findings = try Self.findings(["agencies/alpha.yaml": Self.alpha.replacing("name: Alpha", with: "name: 112")])
    #expect(findings.count == 1)
    #expect(findings[0].contains("write it in quotes: \"112\""))
  }

  @Test(arguments: ["0x10", "017", "1_000", "12:30", ".5", "1e3", "+5", ".inf"])
  func `a number that readers of YAML take for different ones is refused`(_ word: String) throws {
    let findings = try Self.findings(["hub.yaml": "name: test\nbroker:\n  port: \(word)\n"])
    #expect(findings.count == 1)
    #expect(findings[0].hasPrefix("hub.yaml:3: found \(word), which readers of YAML take for different numbers"))
  }

  @Test(arguments: ["yes", "true", "on", "Y"])
  func `truth values may be written as YAML 1-1 has them`(_ word: String) throws {
    let folder = try Self.folder(["agencies/alpha.yaml": Self.alpha + "suspended: \(word)\n"])
    #expect(try folder.load().agencies[AgencyID("alpha")!]?.isSuspended == true)
  }

  @Test func `a key twice is refused`() throws {
    let findings = try Self.findings(["hub.yaml": "name: test\nledger: a\nledger: b\n"])
    #expect(findings == ["hub.yaml:2: found the key \"ledger\" twice"])
  }

  @Test func `anchors and aliases are refused, so that a few lines cannot fill the memory`() throws {
    var bomb = "name: test\na: &a [x, x]\n"
    for level in 1...40 { bomb += "a\(level): &a\(level) [*a\(level == 1 ? "" : String(level - 1)), *a]\n" }
    let findings = try Self.findings(["hub.yaml": bomb])
    #expect(findings.count == 1 && findings[0].hasPrefix("hub.yaml:2: found an anchor"))
  }

  @Test func `an anchor behind a mark that looks like a comment is refused`() throws {
    let findings = try Self.findings(["hub.yaml": "name: test\n\"a # b\": &a x\n"])
    #expect(findings.count == 1 && findings[0].hasPrefix("hub.yaml:2: found an anchor"))
  }

  @Test func `tags are refused`() throws {
    let findings = try Self.findings(["hub.yaml": "name: !!binary dGVzdA==\n"])
    #expect(findings.count == 1 && findings[0].hasPrefix("hub.yaml:1: found the tag "))
  }

  @Test(arguments: ["password", "api_key", "Client-Secret", "accessToken", "PASSPHRASE"])
  func `a key that looks like a secret is refused and names the secrets folder`(_ key: String) throws {
    let findings = try Self.findings(["hub.yaml": "name: test\nbroker:\n  \(key): hunter2\n"])
    #expect(findings.count == 1)
    #expect(findings[0].hasPrefix("hub.yaml:3: found \"\(key)\", which looks like a secret"))
    #expect(findings[0].contains("secrets folder"))
    #expect(!findings[0].contains("hunter2"))
  }

  @Test func `text that is no YAML names the line`() throws {
    let findings = try Self.findings(["hub.yaml": "name: test\nbroker: [1, 2\nx: y\n"])
    #expect(findings.count == 1 && findings[0].hasPrefix("hub.yaml:3: the file is no YAML here"))
  }

  @Test func `two documents in one file, an empty file and a list are refused`() throws {
    #expect(try Self.findings(["hub.yaml": "name: a\n---\nname: b\n"]).count == 1)
    #expect(try Self.findings(["hub.yaml": "# nothing\n"]).count == 1)
    #expect(try Self.findings(["hub.yaml": "- a\n"]).count == 1)
  }

  @Test func `bytes that are not UTF-8 and files beyond the limit are refused`() throws {
    let folder = try Self.folder()
    try Data([0x6E, 0xFF]).write(to: URL(filePath: folder.path + "/hub.yaml"))
    #expect(folder.findings() == ["hub.yaml:1: the file is not UTF-8; save it as UTF-8"])
    try Data(repeating: 0x20, count: YAMLReader.maximumBytes + 1).write(to: URL(filePath: folder.path + "/hub.yaml"))
    #expect(folder.findings().count == 1)
  }

  @Test func `deep nesting is refused`() throws {
    let deep = String(repeating: "[", count: 60) + String(repeating: "]", count: 60)
    #expect(!(try Self.findings(["hub.yaml": "name: \(deep)\n"])).isEmpty)
  }

  @Test func `a file that ends in yml is not passed over in silence`() throws {
    let findings = try Self.findings(["agencies/gamma.yml": Self.alpha])
    #expect(findings == ["agencies/gamma.yml:1: files end in .yaml here: rename it"])
  }

  @Test func `an id that is not the file's name is refused`() throws {
    let findings = try Self.findings(["agencies/gamma.yaml": Self.alpha])
    #expect(findings == ["agencies/gamma.yaml:1: found the id \"alpha\"; by the file's name it is \"gamma\""])
  }

  @Test func `an unknown agency among the parties is refused`() throws {
    let findings = try Self.findings([
      "arrangements/pact.yaml": Self.pact.replacing("parties: [alpha, beta]", with: "parties: [alpha, beta, gamma]")
    ])
    #expect(
      findings == ["arrangements/pact.yaml:4: found the agency \"gamma\"; there is no agencies/gamma.yaml"])
  }

  @Test func `an agency whose own file is wrong is not called unknown too`() throws {
    let findings = try Self.findings(["agencies/beta.yaml": Self.beta + "colour: blue\n"])
    #expect(findings.count == 1 && findings[0].hasPrefix("agencies/beta.yaml:"))
  }

  @Test(arguments: [
    ("to: [beta]", "to: [gamma]", "13: found \"gamma\", which is not among the parties"),
    ("to: [beta]", "to: [alpha]", "13: found \"alpha\" on both ends of a grant; an agency needs no grant for itself"),
    (
      "maximum-tlp: TLP:AMBER+STRICT",
      "maximum-tlp: TLP:RED\n    purposes: [research]\nprohibited-purposes: [research]",
      "17: found the purpose \"research\", which the arrangement does not have or prohibits"
    ),
    ("effective-from: 2026-01-01", "effective-from: 2026-02-30", "6: found \"2026-02-30\"; expected a day that exists"),
    ("status: trial", "status: trial\nexpires: 2025-01-01", "6: found an end that is not after the beginning"),
    ("status: trial", "status: trial\npurposes: [a-b]\nprohibited-purposes: [a-b]", "6: found the purpose \"a-b\""),
    ("title: Treaty", "title: Treaty\n  - id: treaty\n    title: Again", "10: found the id \"treaty\" a second time"),
  ])
  func `terms that contradict each other are refused`(_ old: String, _ new: String, _ message: String) throws {
    let findings = try Self.findings(["arrangements/pact.yaml": Self.pact.replacing(old, with: new)])
    #expect(findings.count == 1)
    #expect(findings.first?.hasPrefix("arrangements/pact.yaml:\(message)") == true)
  }

  @Test func `a line of accepted formats that is never used is refused`() throws {
    let text = Self.alpha + "  - format: misp\n    kinds: [indicators]\n"
    let findings = try Self.findings(["agencies/alpha.yaml": text])
    #expect(findings.count == 1 && findings[0].hasPrefix("agencies/alpha.yaml:7: this line is never used"))
  }

  @Test func `the digest depends on names and bytes, and not on where the folder lies`() throws {
    func digest(_ changes: [String: String?]) throws -> String {
      try Self.folder(changes).load().digest
    }
    let first = try digest([:])
    #expect(first.count == 64)
    #expect(try digest([:]) == first)
    #expect(try digest(["hub.yaml": "name: test \n"]) != first)
    #expect(try digest(["agencies/gamma.yaml": Self.alpha.replacing("alpha", with: "gamma")]) != first)
  }

  @Test func `what the files say is what the values are`() throws {
    let folder = try Self.folder([
      "hub.yaml": "name: test\nledger: l.sqlite\nsecrets-folder: /keys\nbroker: {host: rabbit, vhost-prefix: t-}\n"
    ])
    let configuration = try folder.load()
    #expect(configuration.settings.ledger == folder.path + "/l.sqlite")
    #expect(configuration.settings.secretsFolder == "/keys")
    #expect(configuration.settings.broker.management.host == "rabbit")
    #expect(configuration.settings.broker.vhostPrefix == "t-")
    #expect(configuration.settings.limits.messageBytes == 16 << 20)
    #expect(configuration.agencies.keys.sorted().map(\.slug) == ["alpha", "beta"])
    #expect(configuration.agencies[AgencyID("beta")!]?.jurisdiction == "NO")
    #expect(configuration.onTrial == ["pact"])
    let arrangement = try #require(configuration.arrangements.first)
    #expect(arrangement.version == 2 && arrangement.unmarked == nil && !arrangement.readsOldAmberLiterally)
    #expect(arrangement.grants.map(\.maximumTLP) == [.amberStrict])
    #expect(arrangement.effectiveFrom.description == "2026-01-01T00:00:00.000Z")
  }

  @Test func `the first accepted format that fits a kind is taken`() {
    let agency = Agency(
      id: AgencyID("alpha")!, name: "Alpha",
      accepts: [AcceptedFormat(format: .misp, kinds: [.indicators]), AcceptedFormat(format: .stix)])
    #expect(agency.format(for: .indicators) == .misp)
    #expect(agency.format(for: .alert) == .stix)
  }
}
