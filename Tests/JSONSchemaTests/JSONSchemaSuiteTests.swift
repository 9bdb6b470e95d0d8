import Foundation
import JSON
import JSONSchema
import Testing

/// Holds the validator to the public JSON-Schema-Test-Suite: draft 7 from Debian's package with all its optional and
/// format tests, 2020-12 where it lies beside the package. `make corpora` has the other drafts and parts.
struct JSONSchemaSuiteTests {
  struct Part: Sendable, CustomTestStringConvertible {
    var suite: String
    var folder: String
    var draft: Draft
    var options = SchemaCatalogue.Options()

    var testDescription: String { folder }

    init(_ suite: String, _ folder: String, _ draft: Draft, assertsFormats: Bool = false) {
      (self.suite, self.folder, self.draft) = (suite, folder, draft)
      options = .init(
        draft: draft, refusesUnknownKeywords: false, assertsFormats: assertsFormats,
        assertsContent: folder.hasSuffix("optional"))
    }
  }

  private static let debian = "/usr/share/json-schema-test-suite"
  private static let beside = "../shared/corpora/json-schema-suite"

  static let parts = [
    Part(debian, "draft7", .draft7), Part(debian, "draft7/optional", .draft7, assertsFormats: true),
    Part(debian, "draft7/optional/format", .draft7, assertsFormats: true),
    Part(beside, "draft2020-12", .draft2020),
  ]

  @Test(arguments: parts)
  func `every case has the verdict of the suite`(_ part: Part) throws {
    let tests = "\(part.suite)/tests/\(part.folder)"
    guard let files = try? FileManager.default.contentsOfDirectory(atPath: tests) else {
      print("skipped: no suite at \(tests)")
      return
    }
    let remotes = try Self.remotes(part)
    var right = 0
    for file in files.sorted() where file.hasSuffix(".json") {
      for group in try Self.read("\(tests)/\(file)").root.elements {
        right += try Self.judge(group, "\(file): \(group["description"]?.string ?? "")", part, remotes)
      }
    }
    print("\(part.folder): \(right) cases right")
  }

  private static func judge(
    _ group: JSONValue, _ title: String, _ part: Part, _ remotes: [(String, JSONDocument)]
  ) throws -> Int {
    let catalogue = SchemaCatalogue(options: part.options)
    for (id, document) in remotes { try catalogue.add(document, as: id) }
    let schema: JSONSchema
    do {
      let document = try JSONDocument(Array(#require(group["schema"]).source))
      try catalogue.add(document, as: "http://localhost:1234/test")
      schema = try catalogue.schema("http://localhost:1234/test")
    } catch {
      Issue.record("\(title): \(error)")
      return 0
    }
    var right = 0
    for test in try #require(group["tests"]).elements {
      let data = try #require(test["data"])
      let name = "\(title): \(test["description"]?.string ?? "")"
      let verdict = schema.isValid(data)
      #expect(verdict == test["valid"]?.bool, "\(name)")
      let findings = schema.findings(in: data)
      #expect(findings.isEmpty == verdict, "\(name)")
      #expect(!findings.contains { $0.rule == "schema" }, "\(name)")
      right += verdict == test["valid"]?.bool ? 1 : 0
    }
    return right
  }

  private static func remotes(_ part: Part) throws -> [(String, JSONDocument)] {
    let root = "\(part.suite)/remotes"
    let own = part.folder.prefix { $0 != "/" }
    let paths = try FileManager.default.subpathsOfDirectory(atPath: root)
    return try paths.sorted().compactMap { path in
      guard path.hasSuffix(".json"),
        path.hasPrefix("\(own)/") || !path.contains("draft") && !path.contains("v1/") && !path.contains("2019")
      else { return nil }
      return ("http://localhost:1234/\(path)", try read("\(root)/\(path)"))
    }
  }

  private static func read(_ path: String) throws -> JSONDocument {
    try JSONDocument([UInt8](Data(contentsOf: URL(filePath: path))))
  }
}
