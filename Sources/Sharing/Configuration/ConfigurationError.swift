/// One fault of a configuration folder.
package struct ConfigurationFinding: Sendable, Equatable, CustomStringConvertible {
  /// Relative to the folder: `agencies/eu-enisa.yaml`.
  package var file: String
  /// From 1.
  package var line: Int
  /// What was found and what was expected.
  package var message: String

  package init(file: String, line: Int, message: String) {
    self.file = file
    self.line = line
    self.message = message
  }

  package var description: String { "\(file):\(line): \(message)" }
}

/// Why a folder is no configuration: every fault that was found, by file and line. Always permanent.
package struct ConfigurationError: Error, Sendable, Equatable, CustomStringConvertible {
  package var findings: [ConfigurationFinding]

  package init(_ findings: [ConfigurationFinding]) {
    self.findings = findings.sorted { ($0.file, $0.line, $0.message) < ($1.file, $1.line, $1.message) }
  }

  package var description: String { findings.map(\.description).joined(separator: "\n") }
}
