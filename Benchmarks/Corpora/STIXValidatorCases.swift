import Formats
import JSON

/// What the OASIS STIX validator's own tests feed it, with its verdict by the MUST rules and with the SHOULD rules too.
struct STIXValidatorCases: Corpus {
  private static let uuid = "section 2.9: an identifier ends in a UUID; the last group of this one has 11 digits"
  private static let version =
    "section 3.2: spec_version of domain and relationship objects is 2.1; these have none, as in STIX 2.0"
  private static let language =
    "section 6.14: languages are of RFC 5646, whose registry has \"bbb\", the Barai language"

  /// Where the reference's verdict contradicts the specification, which then decides.
  static let must = [
    "0276.json": uuid, "0280.json": uuid, "0284.json": uuid, "0288.json": uuid, "0404.json": language,
    "0488.json": version, "0496.json": version,
  ]

  /// Where we warn and the reference does not.
  static let should: [String: String] = {
    let creator = "section 3.2: created_by_ref is the id of an identity; here it is that of a \"source\""
    let derived =
      "section 2.9: the id of an observable should be derived from its contributing properties; this one is another"
    var cases: [String: String] = [:]
    for file in ["0108", "0116", "0124", "0144", "0148", "0152", "0156", "0160", "0172"] {
      cases["\(file).json"] = creator
    }
    for file in ["0196", "0208", "0292", "0308", "0312", "0408", "0440"] { cases["\(file).json"] = derived }
    return cases
  }()

  func judge(_ folder: String) throws -> [Tally] {
    let folder = "\(folder)/stix/validator-cases"
    guard Folder.exists(folder) else { return [] }
    var must = Tally("STIX validator cases, MUST", disagreements: Self.must)
    var should = Tally("STIX validator cases, MUST and SHOULD", disagreements: Self.should)
    let manifest = try JSONDocument(Folder.read("\(folder)/manifest.json"))
    for entry in manifest.root.elements {
      guard let file = entry["file"]?.string else { continue }
      let findings = Self.findings(try Folder.read("\(folder)/\(file)"))
      let errors = findings.filter { $0.severity == .error }
      must.count(
        file, isRight: errors.isEmpty == entry["must"]?.isString("valid"), errors.first?.description ?? "accepted")
      should.count(
        file, isRight: findings.isEmpty == entry["strict"]?.isString("valid"),
        findings.first?.description ?? "accepted")
    }
    return [must, should]
  }

  static func findings(_ text: [UInt8]) -> [Finding] {
    do {
      return STIXFormat().findings(try JSONDocument(text))
    } catch {
      return [Finding(.error, rule: "not-json", location: .root, message: "\(error)")]
    }
  }
}
