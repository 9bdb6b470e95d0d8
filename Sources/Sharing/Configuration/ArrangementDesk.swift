package import Contract
import Crypto
import FoundationEssentials
import JSON

/// What `entente arrangements` does with the files of a configuration folder: all of it as values, which commands
/// write.
package struct ArrangementDesk: Sendable {
  private let folder: String
  private let configuration: Configuration
  private let papers: [ArrangementPapers]
  private let proposals: [ArrangementPapers]

  /// - Throws: every fault of the folder, those of `proposals/*.yaml` among them.
  package init(folder: String) throws(ConfigurationError) {
    self.folder = folder
    configuration = try Configuration.load(folder: folder)
    let reader = try PapersReader(folder: folder, configuration)
    papers = try reader.read("arrangements")
    proposals = try reader.read("proposals")
  }

  /// Where an arrangement stands.
  package struct Standing: Sendable {
    package let arrangement: Arrangement
    /// It lies in `proposals/` and has no effect yet.
    package let isProposal: Bool
    /// SHA-256 of the terms that are to be signed.
    package let digest: String
    /// Nil where it is in force at the time; else why not.
    package let obstacle: String?
  }

  package func standings(at time: Instant) -> [Standing] {
    papers.map { standing($0, isProposal: false, at: time) }
      + proposals.map { standing($0, isProposal: true, at: time) }
  }

  private func standing(_ papers: ArrangementPapers, isProposal: Bool, at time: Instant) -> Standing {
    let arrangement = papers.arrangement
    return Standing(
      arrangement: arrangement, isProposal: isProposal, digest: ArrangementTerms.digest(papers.terms),
      obstacle: isProposal ? "it is a proposal" : arrangement.obstacle(at: time))
  }

  /// Why something cannot be signed or activated.
  package struct Trouble: Error, Sendable, Equatable {
    package let sentence: String
  }

  /// A file to be written, relative to the folder.
  package struct File: Sendable, Equatable {
    package let name: String
    package let text: String
    /// A file that this one takes the place of.
    package var replaces: String?
  }

  /// Signs the terms of an arrangement, of its proposal where there is one, with a party's private policy key.
  package func sign(_ id: String, as party: AgencyID, key: [UInt8], at time: Instant) throws(Trouble) -> File {
    let papers = try find(id)
    let arrangement = papers.arrangement
    guard arrangement.parties.contains(party) else {
      throw Trouble(sentence: "\(party) is no party of \(id); its parties are \(Self.list(arrangement.parties)).")
    }
    guard let privateKey = try? Curve25519.Signing.PrivateKey(rawRepresentation: key) else {
      throw Trouble(sentence: "The key is no Ed25519 private key.")
    }
    let publicKey = Array(privateKey.publicKey.rawRepresentation)
    let registered = configuration.agencies[party]?.keys.first { $0.use == .policy && $0.publicKey == publicKey }
    guard let registered else {
      throw Trouble(
        sentence: "The key is not registered: add it to agencies/\(party).yaml with use: policy and "
          + "ed25519: \(Ed25519Text.text(publicKey)).")
    }
    guard registered.isValid(at: time) else {
      throw Trouble(sentence: "The key \(registered.id) of \(party) is not valid at this time.")
    }
    let terms = papers.terms
    guard let signature = try? privateKey.signature(for: ArrangementTerms.message(terms)) else {
      throw Trouble(sentence: "The key could not sign.")
    }
    let text = """
      # The signature of \(party) over \(papers.file.name), made by `entente arrangements sign`.
      arrangement: \(id)
      version: \(arrangement.version)
      party: \(party)
      key: \(registered.id)
      digest: "\(ArrangementTerms.digest(terms))"
      signature: "\(Ed25519Text.text(Array(signature)))"
      signed-at: \(Moment.text(time))

      """
    return File(name: "signatures/\(id).v\(arrangement.version).\(party).yaml", text: text)
  }

  /// The arrangement's file with `status: active`, once each party's signature is there and holds.
  package func activate(_ id: String, at time: Instant) throws(Trouble) -> File {
    let papers = try find(id)
    let arrangement = papers.arrangement
    guard arrangement.signatures.areComplete(for: arrangement.parties) else {
      let missing = arrangement.parties.filter { arrangement.signatures.holding[$0] == nil }.map { party in
        arrangement.signatures.faults[party].map { "\(party) (\($0))" } ?? party.slug
      }
      throw Trouble(
        sentence: "\(id) version \(arrangement.version) is not signed by \(missing.joined(separator: ", ")).")
    }
    if let old = self.papers.first(where: { $0.arrangement.id == id })?.arrangement,
      papers.file.name.hasPrefix("proposals/"), old.version >= arrangement.version
    {
      throw Trouble(sentence: "The proposal has version \(arrangement.version), and version \(old.version) is there.")
    }
    if let expires = arrangement.expires, expires <= time {
      throw Trouble(sentence: "\(id) version \(arrangement.version) has expired.")
    }
    guard let data = FileManager.default.contents(atPath: folder + "/" + papers.file.name) else {
      throw Trouble(sentence: "\(papers.file.name) cannot be read any more.")
    }
    let text = String(decoding: data, as: UTF8.self)
    let line = papers.file.yaml.line(JSONPointer(tokens: ["status"]))
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    guard lines.indices.contains(line - 1), lines[line - 1].hasPrefix("status:") else {
      throw Trouble(sentence: "\(papers.file.name) does not have its status on a line of its own.")
    }
    lines[line - 1] = "status: active"
    let name = "arrangements/\(id).yaml"
    return File(
      name: name, text: lines.joined(separator: "\n"), replaces: papers.file.name == name ? nil : papers.file.name)
  }

  /// A restriction by one party that suspends the arrangement for it.
  package func suspend(_ id: String, as party: AgencyID, reason: String, at time: Instant) throws(Trouble) -> File {
    guard let papers = papers.first(where: { $0.arrangement.id == id }) else { throw Self.unknown(id) }
    guard papers.arrangement.parties.contains(party) else {
      throw Trouble(
        sentence: "\(party) is no party of \(id); its parties are \(Self.list(papers.arrangement.parties)).")
    }
    let name = "restrictions/\(id).\(party).yaml"
    guard !FileManager.default.fileExists(atPath: folder + "/" + name) else {
      throw Trouble(sentence: "\(name) is there already: write suspended: true into it.")
    }
    var words = JSONWriter()
    words.string(reason.isEmpty ? "suspended by \(party)" : reason)
    let text = """
      # \(party) takes \(id) back for itself; the others go on among themselves.
      arrangement: \(id)
      party: \(party)
      from: \(Moment.text(time))
      reason: \(String(decoding: words.bytes, as: UTF8.self))
      suspended: true

      """
    return File(name: name, text: text)
  }

  private func find(_ id: String) throws(Trouble) -> ArrangementPapers {
    guard let found = (proposals + papers).first(where: { $0.arrangement.id == id }) else { throw Self.unknown(id) }
    return found
  }

  private static func unknown(_ id: String) -> Trouble {
    Trouble(sentence: "There is no arrangement \(id): neither arrangements/\(id).yaml nor proposals/\(id).yaml.")
  }

  private static func list(_ parties: [AgencyID]) -> String { parties.map(\.slug).joined(separator: ", ") }
}

extension Arrangement {
  /// Why nothing passes by it at the time; nil where it is in force.
  package func obstacle(at time: Instant) -> String? {
    switch status {
    case .draft: return "it is a draft"
    case .terminated: return "it was terminated"
    case .trial, .active: break
    }
    if isSuspended { return "it is suspended" }
    if !isAgreed {
      let missing = parties.filter { signatures.holding[$0] == nil }.map { party in
        signatures.faults[party].map { "\(party): \($0)" } ?? "\(party) did not sign"
      }
      return missing.joined(separator: "; ")
    }
    if time < effectiveFrom { return "it holds from \(effectiveFrom)" }
    if let expires, time >= expires { return "it ended at \(expires)" }
    let invalid = legalBases.filter { !$0.isValid(at: time) }.map(\.id)
    return invalid.isEmpty ? nil : "its legal basis \(invalid.joined(separator: ", ")) is not valid"
  }
}

/// Reads arrangements with their files, for who works on the files themselves.
struct PapersReader {
  private let files: [(name: String, bytes: [UInt8])]
  private let schemas: ConfigurationSchemas
  private let agencies: [AgencyID: Agency]

  init(folder: String, _ configuration: Configuration) throws(ConfigurationError) {
    var findings: [ConfigurationFinding] = []
    files = ConfigurationFolder.read(folder, withProposals: true, &findings)
    schemas = try ConfigurationSchemas()
    agencies = configuration.agencies
    guard findings.isEmpty else { throw ConfigurationError(findings) }
  }

  func read(_ part: String) throws(ConfigurationError) -> [ArrangementPapers] {
    var findings: [ConfigurationFinding] = []
    func parsed(_ prefix: String) -> [ConfigurationFile] {
      files.filter { $0.name.hasPrefix(prefix + "/") }.compactMap { name, bytes in
        let (document, faults) = YAMLReader.read(bytes, file: name)
        findings += faults
        guard let document else { return nil }
        let file = ConfigurationFile(name: name, yaml: document)
        let misfits = schemas.findings(file, ConfigurationSchemas.Kind(file: name))
        findings += misfits
        return misfits.isEmpty ? file : nil
      }
    }
    let signatures = parsed("signatures")
    let restrictions = parsed("restrictions")
    let checks = CrossChecks(agencySlugs: Set(agencies.keys.map(\.slug)))
    var list: [ArrangementPapers] = []
    for file in parsed(part) {
      findings += checks.findings(arrangement: file)
      guard let arrangement = file.arrangement() else { continue }
      var papers = ArrangementPapers(file: file, arrangement)
      findings += papers.attach(restrictions: restrictions)
      papers.attach(signatures: signatures, agencies: agencies)
      findings += TogetherChecks(agencies: agencies).findings(papers)
      list.append(papers)
    }
    guard findings.isEmpty else { throw ConfigurationError(findings) }
    return list
  }
}
