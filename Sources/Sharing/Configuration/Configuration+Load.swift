import Contract
import Crypto
import FoundationEssentials
import JSON
import JSONSchema
import Schemas

extension Configuration {
  /// Reads `hub.yaml`, and the pages in `agencies`, `arrangements`, `mappings` and the like of a folder.
  /// - Throws: every fault found, in all files at once.
  package static func load(folder: String) throws(ConfigurationError) -> Configuration {
    var findings: [ConfigurationFinding] = []
    let files = ConfigurationFolder.read(folder, &findings)
    return try load(files, folder: folder, findings)
  }

  /// The files of a folder as they are, sorted by name; what cannot be read is left out.
  package static func files(of folder: String) -> [(name: String, bytes: [UInt8])] {
    var findings: [ConfigurationFinding] = []
    return ConfigurationFolder.read(folder, &findings)
  }

  /// The same from files that were read before, as the ledger keeps them, with the findings of whoever read them.
  /// - Parameters:
  ///   - files: sorted by name.
  ///   - folder: what paths in `hub.yaml` are relative to.
  package static func load(
    _ files: [(name: String, bytes: [UInt8])], folder: String, _ known: [ConfigurationFinding] = []
  ) throws(ConfigurationError) -> Configuration {
    var findings = known
    let schemas = try ConfigurationSchemas()
    var digest = SHA256()
    for (name, bytes) in files {
      digest.update(data: Array("\(name)\u{0}\(bytes.count)\u{0}".utf8))
      digest.update(data: bytes)
    }
    let checks = CrossChecks(
      agencySlugs: Set(files.map(\.name).filter { $0.hasPrefix("agencies/") }.map(ConfigurationFile.slug)))
    var settings = HubSettings()
    var agencies: [(file: ConfigurationFile, agency: Agency)] = []
    var arrangements: [ArrangementPapers] = []
    var restrictions: [ConfigurationFile] = []
    var signatures: [ConfigurationFile] = []
    var partners = PartnerPages(scripts: folder + "/converters")
    for (name, bytes) in files {
      let (document, faults) = YAMLReader.read(bytes, file: name)
      findings += faults
      guard let document else { continue }
      let file = ConfigurationFile(name: name, yaml: document)
      if partners.take(file) { continue }
      let kind = ConfigurationSchemas.Kind(file: name)
      let misfits = schemas.findings(file, kind)
      findings += misfits
      guard misfits.isEmpty else { continue }
      switch kind {
      case .hub: settings = file.settings(folder: folder)
      case .agency:
        findings += checks.findings(agency: file)
        if let agency = file.agency() { agencies.append((file, agency)) }
      case .arrangement:
        findings += checks.findings(arrangement: file)
        if let arrangement = file.arrangement() { arrangements.append(ArrangementPapers(file: file, arrangement)) }
      case .restriction: restrictions.append(file)
      case .signature: signatures.append(file)
      }
    }
    let together = TogetherChecks(agencies)
    findings += together.agencyFindings()
    findings += partners.findings
    for (file, agency) in agencies { findings += partners.findings(agency, file) }
    for index in arrangements.indices {
      findings += arrangements[index].attach(restrictions: restrictions)
      arrangements[index].attach(signatures: signatures, agencies: together.agencies)
      findings += together.findings(arrangements[index])
    }
    let ids = Set(arrangements.map(\.arrangement.id))
    findings += (restrictions + signatures).flatMap { Self.strays($0, ids) }
    guard findings.isEmpty else { throw ConfigurationError(findings) }
    return Configuration(
      digest: Hexadecimal.text(digest.finalize()), settings: settings, agencies: agencies.map(\.agency),
      arrangements: arrangements.map(\.arrangement), partners: partners.descriptions)
  }

  /// A restriction or a signature whose file is misnamed, or that is about nothing.
  private static func strays(_ file: ConfigurationFile, _ arrangements: Set<String>) -> [ConfigurationFinding] {
    let id = file.root["arrangement"]?.string ?? ""
    let party = file.root["party"]?.string ?? ""
    let version = file.root["version"]?.integer.map { ".v\($0)" } ?? ""
    let expected = "\(id)\(version).\(party)"
    var findings: [ConfigurationFinding] = []
    if file.slug != expected {
      findings.append(file.finding("arrangement", "by what it says the file's name would be \(expected).yaml"))
    }
    // A signature may wait for a proposal, or be left over from an arrangement that went.
    if !arrangements.contains(id), file.name.hasPrefix("restrictions/") {
      findings.append(file.finding("arrangement", "found \"\(id)\"; there is no arrangements/\(id).yaml"))
    }
    return findings
  }
}

/// The files of a configuration folder.
enum ConfigurationFolder {
  /// Names and bytes, sorted by name; what is missing or cannot be read is a finding.
  static func read(
    _ folder: String, withProposals: Bool = false, _ findings: inout [ConfigurationFinding]
  ) -> [(name: String, bytes: [UInt8])] {
    var names: [String] = []
    if FileManager.default.fileExists(atPath: folder + "/hub.yaml") {
      names.append("hub.yaml")
    } else {
      findings.append(
        ConfigurationFinding(
          file: "hub.yaml", line: 1, message: "there is no such file in \(folder); name the configuration folder"))
    }
    for part in ["agencies", "arrangements", "restrictions", "signatures", "mappings", "converters"]
      + (withProposals ? ["proposals"] : [])
    {
      let inside = (try? FileManager.default.contentsOfDirectory(atPath: folder + "/" + part)) ?? []
      for name in inside where !name.hasPrefix(".") {
        if name.hasSuffix(".yaml") {
          names.append(part + "/" + name)
        } else if name.hasSuffix(".yml") {
          findings.append(
            ConfigurationFinding(file: part + "/" + name, line: 1, message: "files end in .yaml here: rename it"))
        }
      }
    }
    var files: [(name: String, bytes: [UInt8])] = []
    for name in names.sorted() {
      if let data = FileManager.default.contents(atPath: folder + "/" + name) {
        files.append((name, Array(data)))
      } else {
        findings.append(ConfigurationFinding(file: name, line: 1, message: "the file cannot be read"))
      }
    }
    return files
  }
}

/// The schemas of our own that configuration files are checked by.
struct ConfigurationSchemas {
  enum Kind: String, CaseIterable {
    case hub, agency, arrangement, restriction, signature

    init(file: String) {
      self =
        switch file.split(separator: "/").first {
        case "agencies": .agency
        case "arrangements", "proposals": .arrangement
        case "restrictions": .restriction
        case "signatures": .signature
        default: .hub
        }
    }
  }

  private var schemas: [Kind: JSONSchema] = [:]

  init() throws(ConfigurationError) {
    for kind in Kind.allCases {
      let path = "entente/1/\(kind.rawValue).json"
      do {
        let document = try JSONDocument(try SchemaFiles.read(path))
        let catalogue = SchemaCatalogue()
        try catalogue.add(document)
        schemas[kind] = try catalogue.schema(document.root["$id"]?.string ?? "")
      } catch {
        throw ConfigurationError([
          ConfigurationFinding(file: path, line: 1, message: "the schema cannot be used: \(error)")
        ])
      }
    }
  }

  /// What in a file does not fit its schema.
  func findings(_ file: ConfigurationFile, _ kind: Kind) -> [ConfigurationFinding] {
    guard let schema = schemas[kind] else { return [] }
    return schema.findings(in: file.root).map { finding in
      var message = finding.message
      if finding.rule == "type", let word = file.yaml.plainWords[finding.instance] {
        message += "; if the word \(word.isEmpty ? "here" : word) is meant as a text, write it in quotes: \"\(word)\""
      }
      if finding.instance != .root { message = "\(finding.instance): \(message)" }
      return ConfigurationFinding(file: file.name, line: file.yaml.line(finding.instance), message: message)
    }
  }
}

/// Bytes in hexadecimal digits.
enum Hexadecimal {
  static func text(_ bytes: some Sequence<UInt8>) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }
}
