import Foundation
import JSON
import JSONSchema
import Testing

/// Holds the validator to the public JSON-Schema-Test-Suite, which lies beside the package where it is to be had.
struct JSONSchemaSuiteTests {
  static let folder = "../shared/corpora/json-schema-suite"

  /// Cases left out, with the reason.
  static let exceptions: [String: String] = [:]

  @Test func `every required case of 2020-12 has the verdict of the suite`() throws {
    let tests = "\(Self.folder)/tests/draft2020-12"
    guard let files = try? FileManager.default.contentsOfDirectory(atPath: tests) else {
      print("skipped: no suite at \(tests)")
      return
    }
    let remotes = try Self.remotes()
    var right = 0
    var left: [String] = []
    for file in files.sorted() where file.hasSuffix(".json") {
      for group in try Self.read("\(tests)/\(file)").root.elements {
        let title = "\(file): \(group["description"]?.string ?? "")"
        if let reason = Self.exceptions[title] {
          left.append("\(title) (\(group["tests"]?.count ?? 0) cases): \(reason)")
          continue
        }
        right += try Self.judge(group, title, remotes)
      }
    }
    print("2020-12: \(right) cases right, \(left.count) groups left out")
    for line in left { print("  left out: \(line)") }
  }

  private static func judge(
    _ group: JSONValue, _ title: String, _ remotes: [(String, JSONDocument)]
  ) throws -> Int {
    let catalogue = SchemaCatalogue(
      options: .init(refusesUnknownKeywords: false, assertsFormats: false))
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

  private static func remotes() throws -> [(String, JSONDocument)] {
    let root = "\(folder)/remotes"
    let paths = try FileManager.default.subpathsOfDirectory(atPath: root)
    return try paths.sorted().compactMap { path in
      guard path.hasSuffix(".json"),
        path.hasPrefix("draft2020-12/") || !path.contains("draft") && !path.contains("v1/")
      else { return nil }
      return ("http://localhost:1234/\(path)", try read("\(root)/\(path)"))
    }
  }

  private static func read(_ path: String) throws -> JSONDocument {
    try JSONDocument([UInt8](Data(contentsOf: URL(filePath: path))))
  }
}
