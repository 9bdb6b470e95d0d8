import JSON
package import Sharing

/// The files of a configuration folder as one text: so the ledger can say later under which terms it decided, and hubs
/// follow the ledger and not a folder.
package struct ConfigurationFiles: Sendable {
  private let files: [(name: String, bytes: [UInt8])]

  /// Reads a folder as it is now.
  package init(folder: String) { files = Configuration.files(of: folder) }

  /// Reads what ``encoded()`` wrote.
  package init(encoded: [UInt8]) throws {
    files = try JSONDocument(encoded).root.members.map { ($0.key, Array(($0.value.string ?? "").utf8)) }
      .sorted { $0.0 < $1.0 }
  }

  /// A JSON object from file names to texts.
  package func encoded() -> [UInt8] {
    var writer = JSONWriter()
    writer.object { object in
      for file in files { object.member(file.name, String(decoding: file.bytes, as: UTF8.self)) }
    }
    return writer.bytes
  }

  /// The configuration, checked whole.
  /// - Parameter folder: what its paths are relative to.
  package func configuration(folder: String) throws(ConfigurationError) -> Configuration {
    try Configuration.load(files, folder: folder)
  }
}
