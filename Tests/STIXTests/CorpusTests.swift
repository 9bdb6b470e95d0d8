import Glibc
import JSON
import JSONSchema
import Schemas
import Testing

@testable import STIX

/// Facts made by others. They lie beside the repository, in `../shared/corpora`; without them these tests do nothing.
enum Corpora {
  static let stix: String? = {
    let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    let folder = "/\(root)/../shared/corpora/stix"
    return access(folder, R_OK) == 0 ? folder : nil
  }()

  static func read(_ path: String) throws -> [UInt8] {
    let file = try #require(fopen(path, "r"), "\(path) cannot be read")
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = fread(&buffer, 1, buffer.count, file)
      bytes += buffer[..<count]
      if count < buffer.count { return bytes }
    }
  }

  /// The schemas for a bundle and for one object, compiled once.
  static func schemas() throws -> (bundle: JSONSchema, object: JSONSchema) { try compiled.get() }

  private static let compiled = Result {
    let catalogue = SchemaCatalogue()
    for file in try SchemaFiles.list(under: "stix/2.1") { try catalogue.add(JSONDocument(SchemaFiles.read(file))) }
    let base = "https://entente.example/schemas/stix/2.1/"
    return (bundle: try catalogue.schema(base + "bundle.json"), object: try catalogue.schema(base + "object.json"))
  }
}

@Suite(.enabled(if: Corpora.stix != nil, "the corpora are not here")) struct CorpusTests {
  let folder = Corpora.stix ?? ""

  /// Schema and MUST rules together: the errors in words.
  func errors(_ document: JSONDocument, _ schemas: (bundle: JSONSchema, object: JSONSchema)) -> [String] {
    let schema = document.root["type"]?.isString("bundle") == true ? schemas.bundle : schemas.object
    let found =
      schema.isValid(document.root) ? [] : schema.findings(in: document.root).map { "\($0.instance): \($0.message)" }
    do throws(STIXError) {
      let rules = try STIXBundle(reading: document).errors()
      if RuleScreen.clears(document) { #expect(rules == [], "the quick look and the closer one agree") }
      return found + rules.map { "\($0.pointer): \($0.message)" }
    } catch {
      return found + [error.description]
    }
  }

  @Test(arguments: [
    "attack-ics-18.1.json", "examples/indicator-for-c2-ip-address.json",
    "examples/indicator-to-campaign-relationship.json", "examples/indicators-for-C2-with-COA.json",
    "examples/infrastructure.json", "examples/interop-objectmarking-test.json",
    "examples/malicious-email-indicator-with-attachment.json", "examples/threat-reports/apt1.json",
    "examples/threat-reports/poisonivy.json",
  ])
  func `real documents are valid whole`(file: String) throws {
    let document = try JSONDocument(Corpora.read(folder + "/" + file))
    #expect(errors(document, try Corpora.schemas()).prefix(5) == [])
  }

  /// Where the reference's verdict contradicts the specification, which then decides.
  static let disagreements = [
    // Section 2.9: an identifier is a type and a UUID; the last group of this one has 11 digits.
    "0276.json", "0280.json", "0284.json", "0288.json",
    // Section 6.14: languages are of RFC 5646, whose registry has "bbb", the Barai language.
    "0404.json",
    // Section 3.2: domain objects have spec_version 2.1; these have none, as in STIX 2.0.
    "0488.json", "0496.json",
  ]

  @Test func `the validator's cases are judged as the specification says`() throws {
    let schemas = try Corpora.schemas()
    let manifest = try JSONDocument(Corpora.read(folder + "/validator-cases/manifest.json"))
    var right = 0
    var wrong: [String] = []
    for entry in manifest.root.elements {
      let file = try #require(entry["file"]?.string)
      let document = try JSONDocument(Corpora.read(folder + "/validator-cases/" + file))
      let errors = errors(document, schemas)
      let isRight = errors.isEmpty == (entry["must"]?.isString("valid") ?? false)
      if isRight { right += 1 } else if !Self.disagreements.contains(file) { wrong.append("\(file): \(errors)") }
    }
    print(
      "STIX validator cases: \(right) right of \(manifest.root.count), \(Self.disagreements.count) listed disagreements"
    )
    #expect(wrong == [])
    #expect(right + Self.disagreements.count == manifest.root.count)
  }

  @Test func `the pattern validator's cases are judged as it says`() throws {
    var wrong: [String] = []
    var count = 0
    for line in try Corpora.read(folder + "/patterns.jsonl").split(separator: UInt8(ascii: "\n")) {
      let entry = try JSONDocument(Array(line)).root
      let text = try #require(entry["pattern"]?.string)
      count += 1
      let isValid = (try? Pattern(text)) != nil
      if isValid != entry["expect"]?.isString("valid") { wrong.append(text) }
    }
    print("STIX patterns: \(count - wrong.count) right of \(count)")
    #expect(wrong == [])
  }
}
