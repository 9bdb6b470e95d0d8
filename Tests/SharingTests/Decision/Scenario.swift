import Contract
import JSON
import STIX
import Testing

@testable import Sharing

/// One row of the table: what was agreed, what was sent, and what each recipient gets, in words.
///
/// Sender is `alpha`; `beta` is the usual recipient, `gamma` and `delta` are others.
///
/// - `terms`: arrangements as their files write them; what a row is not about is filled in (``TestTerms``).
/// - `message`: an object on each line, as ``TestMessage`` reads it.
/// - `sent`: what the sender set: `kind=`, `recipients=`, `tlp=`, `purpose=`, `basis=`, `at=`, `exercise`, `residue`.
/// - `agencies`: lines for agencies' files.
/// - `expected`: a line for each considered agency: outcome, rule, then what passes, is cut out and is withheld.
struct Scenario: Sendable, CustomTestStringConvertible {
  let title: String
  let terms: [String]
  let message: String
  let sent: String
  let agencies: [String: String]
  let expected: String

  init(
    _ title: String, terms: String..., agencies: [String: String] = [:], message: String, sent: String = "",
    expected: String
  ) {
    self.title = title
    self.terms = terms
    self.message = message
    self.sent = sent
    self.agencies = agencies
    self.expected = expected
  }

  var testDescription: String { title }

  func configuration() throws -> Configuration {
    let files = try terms.enumerated().map { try TestTerms.arrangement($1, number: $0 + 1) }
    return Configuration(agencies: try TestTerms.agencies(agencies), arrangements: files)
  }

  func outcome() throws -> String {
    let message = TestMessage(message)
    let submission = try TestMessage.submission(message.bundle(), sent)
    return try configuration().decide(submission).map { message.line($0) }.joined(separator: "\n")
  }
}

/// Fills in what a scenario's terms leave out. A line that begins with `!` is what a party takes back. A line that begins with `+` is a grant; what it does not say is
/// `id: g, from: alpha, to: [beta], kinds: [bundle], object-types: [all], maximum-tlp: TLP:AMBER`.
enum TestTerms {
  struct Fault: Error, CustomStringConvertible {
    let description: String
  }

  private static let defaults: [(key: String, text: String)] = [
    ("title", "title: Terms of a test"), ("version", "version: 1"), ("parties", "parties: [alpha, beta, gamma, delta]"),
    ("status", "status: trial"), ("effective-from", "effective-from: 2026-01-01"),
    ("legal-bases", "legal-bases: [{id: treaty, title: A treaty}]"),
  ]

  private static let grant: [(key: String, text: String)] = [
    ("id", "id: g"), ("from", "from: alpha"), ("to", "to: [beta]"), ("kinds", "kinds: [bundle]"),
    ("object-types", "object-types: [all]"), ("maximum-tlp", "maximum-tlp: TLP:AMBER"),
  ]

  private static func grant(_ text: String) -> String {
    let missing = grant.filter { !text.hasPrefix($0.key + ":") && !text.contains(", \($0.key):") }.map(\.text)
    return "  - {" + (missing + [text]).filter { $0 != "" }.joined(separator: ", ") + "}"
  }

  static func arrangement(_ text: String, number: Int) throws -> Arrangement {
    var lines = text.split(separator: "\n").map(String.init)
    var grants = lines.filter { $0.hasPrefix("+") }.map { String($0.dropFirst(2)) }
    lines.removeAll { $0.hasPrefix("+") }
    let restrictions = lines.filter { $0.hasPrefix("!") }.map { String($0.dropFirst(2)) }
    lines.removeAll { $0.hasPrefix("!") }
    func has(_ key: String) -> Bool { lines.contains { $0.hasPrefix(key + ":") } }
    let id = number == 1 ? "pact" : "pact-\(number)"
    var all = lines
    if !has("id") { all.append("id: \(id)") }
    all += defaults.filter { !has($0.key) }.map(\.text)
    if grants.isEmpty { grants = [""] }
    if !has("grants") { all += ["grants:"] + grants.map(grant) }
    let slug = lines.first { $0.hasPrefix("id: ") }.map { String($0.dropFirst(4)) } ?? id
    let file = try read(all.joined(separator: "\n"), "arrangements/\(slug).yaml", .arrangement)
    let findings = CrossChecks(agencySlugs: ["alpha", "beta", "gamma", "delta"]).findings(arrangement: file)
    guard findings.isEmpty, var arrangement = file.arrangement() else { throw Fault(description: "\(findings)") }
    for text in restrictions {
      let lines = "arrangement: \(slug)\n" + text.replacing("; ", with: "\n")
      let file = try read(lines, "restrictions/\(slug).yaml", .restriction)
      if let (_, restriction) = file.restriction() { arrangement.restrictions.append(restriction) }
    }
    return arrangement
  }

  static func agencies(_ extra: [String: String]) throws -> [Agency] {
    try ["alpha", "beta", "gamma", "delta"].map { slug in
      let given = extra[slug] ?? ""
      let accepts = given.contains("accepts:") ? "" : "accepts: [{format: stix}]\n"
      let maximum = given.contains("maximum-tlp:") ? "" : "maximum-tlp: TLP:RED\n"
      let country = given.contains("jurisdiction:") ? "" : "jurisdiction: EU\n"
      let text = "id: \(slug)\nname: \(slug)\n\(country)sends: [stix]\n\(accepts)\(maximum)\(given)"
      let file = try read(text, "agencies/\(slug).yaml", .agency)
      guard let agency = file.agency() else { throw Fault(description: "no agency: \(text)") }
      return agency
    }
  }

  private static let schemas = Result { try ConfigurationSchemas() }

  private static func read(
    _ text: String, _ name: String, _ kind: ConfigurationSchemas.Kind
  ) throws -> ConfigurationFile {
    let (document, findings) = YAMLReader.read(Array(text.utf8), file: name)
    guard let document else { throw Fault(description: "\(findings)\n\(text)") }
    let file = ConfigurationFile(name: name, yaml: document)
    let misfits = try schemas.get().findings(file, kind)
    guard misfits.isEmpty else { throw Fault(description: "\(misfits)\n\(text)") }
    return file
  }
}
