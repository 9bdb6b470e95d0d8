import JSON
import JSONSchema

/// json-schema-org/JSON-Schema-Test-Suite: required tests of each draft that is there, its optional ones and formats.
struct JSONSchemaSuite: Corpus {
  /// Where `make corpora` unpacks the drafts and optional tests that the corpora lack.
  static let unpacked = ".build/json-schema-test-suite"

  /// Groups left out, with the reason.
  static let exceptions: [String: String] = [:]

  func judge(_ folder: String) throws -> [Tally] {
    var tallies: [Tally] = []
    var seen: Set<String> = []
    for suite in ["\(folder)/json-schema-suite", Self.unpacked] where Folder.exists("\(suite)/tests") {
      let remotes = try Self.remotes(suite)
      for draft in Folder.names("\(suite)/tests") {
        guard let dialect = Self.drafts[draft] else { continue }
        for part in Part.allCases {
          let tests = "\(suite)/tests/\(draft)\(part.folder)"
          guard Folder.names(tests).contains(where: { $0.hasSuffix(".json") }), seen.insert("\(draft)\(part)").inserted
          else { continue }
          tallies.append(try judge(tests, draft, dialect, part, remotes))
        }
      }
    }
    return tallies
  }

  private enum Part: CaseIterable {
    case required, optional, format

    var folder: String {
      switch self {
      case .required: ""
      case .optional: "/optional"
      case .format: "/optional/format"
      }
    }
  }

  private static let drafts: [String: Draft] = [
    "draft7": .draft7, "draft2019-09": .draft2019, "draft2020-12": .draft2020,
  ]

  private func judge(
    _ tests: String, _ draft: String, _ dialect: Draft, _ part: Part,
    _ remotes: [(path: String, document: JSONDocument)]
  ) throws -> Tally {
    var tally = Tally("JSON Schema suite, \(draft), \(part)", disagreements: Self.exceptions)
    for file in Folder.names(tests) where file.hasSuffix(".json") {
      for group in try JSONDocument(Folder.read("\(tests)/\(file)")).root.elements {
        let title = "\(draft)\(part.folder)/\(file): \(group["description"]?.string ?? "")"
        let schema = Self.compile(group["schema"], dialect, part, remotes)
        for test in group["tests"]?.elements.map({ $0 }) ?? [] {
          let name = "\(title): \(test["description"]?.string ?? "")"
          guard let data = test["data"], case .success(let schema) = schema else {
            tally.count(name, isRight: false, "\(schema)")
            continue
          }
          let verdict = schema.isValid(data)
          tally.count(name, isRight: verdict == test["valid"]?.bool, verdict ? "accepted" : "refused")
        }
      }
    }
    return tally
  }

  private static func compile(
    _ schema: JSONValue?, _ draft: Draft, _ part: Part, _ remotes: [(path: String, document: JSONDocument)]
  ) -> Result<JSONSchema, any Error> {
    Result {
      // The tests of content keywords that draft 7 leaves open are among the optional ones.
      let catalogue = SchemaCatalogue(
        options: .init(
          draft: draft, refusesUnknownKeywords: false, assertsFormats: part != .required,
          assertsContent: draft == .draft7 && part == .optional))
      // Those of other drafts are referred to across drafts, where they say their own.
      for (path, document) in remotes
      where document.root["$schema"] != nil || Self.draft(path).map({ $0 == draft }) ?? true {
        // What a draft cannot read is of another one; a test that refers to it then fails.
        try? catalogue.add(document, as: "http://localhost:1234/\(path)")
      }
      let document = try JSONDocument(Array(schema?.source ?? []))
      try catalogue.add(document, as: "http://localhost:1234/test")
      return try catalogue.schema("http://localhost:1234/test")
    }
  }

  /// The draft in whose folder a remote lies.
  private static func draft(_ path: String) -> Draft? {
    path.split(separator: "/").first.flatMap { drafts[String($0)] }
  }

  private static func remotes(_ suite: String) throws -> [(path: String, document: JSONDocument)] {
    let paths = Folder.paths("\(suite)/remotes", ending: ".json").filter { path in
      draft(path) != nil || !path.hasPrefix("draft") && !path.hasPrefix("v1/")
    }
    return try paths.map { (path: $0, document: try JSONDocument(Folder.read("\(suite)/remotes/\($0)"))) }
  }
}
