import FoundationEssentials
import JSON
import Testing

/// The project as it lies on disk, seen from the tests.
enum Project {
  /// The folder of `Package.swift`.
  static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path

  static func read(_ path: String) throws -> String {
    String(decoding: try Data(contentsOf: URL(filePath: "\(folder)/\(path)")), as: UTF8.self)
  }

  /// Paths of all Swift files below these folders, from the project's folder.
  static func swiftFiles(in folders: [String] = ["Sources", "Tests"]) throws -> [String] {
    try folders.flatMap { top in
      try FileManager.default.contentsOfDirectory(atPath: "\(folder)/\(top)").flatMap { name in
        try FileManager.default.subpathsOfDirectory(atPath: "\(folder)/\(top)/\(name)").map { "\(top)/\(name)/\($0)" }
      }
    }.filter { $0.hasSuffix(".swift") }.sorted()
  }

  /// The modules that a file imports.
  static func imports(of file: String) throws -> [String] {
    try read(file).split(separator: "\n").compactMap { line in
      let words = line.split(separator: " ")
      guard let place = words.firstIndex(of: "import"), words[..<place].allSatisfy(isModifier) else { return nil }
      // `import struct Module.Name` names a declaration.
      let kinds: Set<Substring> = ["struct", "class", "enum", "protocol", "func", "var", "let", "typealias", "actor"]
      let name = words[(place + 1)...].first { !kinds.contains($0) }
      return name.flatMap { $0.split(separator: ".").first }.map(String.init)
    }
  }

  private static func isModifier(_ word: Substring) -> Bool {
    ["public", "package", "internal", "fileprivate", "private"].contains(word) || word.hasPrefix("@")
  }
}

/// A target of the package, as the package manager understands the manifest.
struct PackageTarget: Sendable {
  var name: String
  /// `regular`, `executable`, `test`, `plugin`.
  var type: String
  /// The folder of its sources, from the project's folder.
  var folder: String
  /// Targets of this package and products of others.
  var dependencies: [String]

  var isOfTests: Bool { ["Tests", "Benchmarks", "Fuzz"].contains { folder.hasPrefix($0) } }

  static func all() throws -> [PackageTarget] {
    let path = "\(Project.folder)/.build/package.json"
    guard let text = FileManager.default.contents(atPath: path) else {
      throw NoDescription(description: "\(path) is missing: run the tests with `make test`, which writes it")
    }
    return try JSONDocument([UInt8](text)).root["targets"]?.elements.map { target in
      let name = target["name"]?.string ?? ""
      let type = target["type"]?.string ?? ""
      return PackageTarget(
        name: name, type: type,
        folder: target["path"]?.string ?? (type == "test" ? "Tests" : "Sources") + "/" + name,
        dependencies: target["dependencies"]?.elements.compactMap { dependency in
          dependency.members.compactMap { $0.value[0]?.string }.first
        } ?? [])
    } ?? []
  }

  private struct NoDescription: Error, CustomStringConvertible { let description: String }
}
