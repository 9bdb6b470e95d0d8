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
      for draft in Folder.names("\(suite)/tests") where Self.dialects[draft] != nil {
        for part in Part.allCases {
          let tests = "\(suite)/tests/\(draft)\(part.folder)"
          guard Folder.names(tests).contains(where: { $0.hasSuffix(".json") }), seen.insert("\(draft)\(part)").inserted
          else { continue }
          tallies.append(try judge(tests, draft, part, remotes))
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

  private static let dialects = [
    "draft7": "http://json-schema.org/draft-07/schema#",
    "draft2019-09": "https://json-schema.org/draft/2019-09/schema",
    "draft2020-12": "https://json-schema.org/draft/2020-12/schema",
  ]

  private func judge(
    _ tests: String, _ draft: String, _ part: Part, _ remotes: [(path: String, document: JSONDocument)]
  ) throws -> Tally {
    var tally = Tally("JSON Schema suite, \(draft), \(part)", disagreements: Self.exceptions)
    for file in Folder.names(tests) where file.hasSuffix(".json") {
      for group in try JSONDocument(Folder.read("\(tests)/\(file)")).root.elements {
        let title = "\(draft)\(part.folder)/\(file): \(group["description"]?.string ?? "")"
        let schema = Self.compile(group["schema"], draft, remotes, assertsFormats: part == .format)
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
    _ schema: JSONValue?, _ draft: String, _ remotes: [(path: String, document: JSONDocument)], assertsFormats: Bool
  ) -> Result<JSONSchema, any Error> {
    Result {
      let catalogue = SchemaCatalogue(options: .init(refusesUnknownKeywords: false, assertsFormats: assertsFormats))
      for (path, document) in remotes where !path.contains("draft") || path.hasPrefix("\(draft)/") {
        try catalogue.add(document, as: "http://localhost:1234/\(path)")
      }
      let document = try JSONDocument(Array(schema?.source ?? []))
      try catalogue.add(document, as: "http://localhost:1234/test")
      return try catalogue.schema("http://localhost:1234/test")
    }
  }

  private static func remotes(_ suite: String) throws -> [(path: String, document: JSONDocument)] {
    try Folder.paths("\(suite)/remotes", ending: ".json").filter { !$0.contains("v1/") }.map { path in
      (path, try JSONDocument(Folder.read("\(suite)/remotes/\(path)")))
    }
  }
}
