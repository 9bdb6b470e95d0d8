package import JSON

/// A page of YAML that describes something of a partner's, such as a mapping: its values, and the line of each.
package struct DescriptionFile: Sendable {
  package let json: JSONDocument
  private let lines: [JSONPointer: Int]

  /// Reads a page by the rules that hold for all files of the configuration.
  package init(_ bytes: [UInt8], file: String) throws(ConfigurationError) {
    let (document, findings) = YAMLReader.read(bytes, file: file)
    guard let document, findings.isEmpty else { throw ConfigurationError(findings) }
    json = document.json
    lines = document.lines
  }

  /// The line of a value, or of what holds it.
  package func line(_ pointer: JSONPointer) -> Int {
    var tokens = pointer.tokens[...]
    while !tokens.isEmpty {
      if let line = lines[JSONPointer(tokens: Array(tokens))] { return line }
      tokens = tokens.dropLast()
    }
    return 1
  }
}
