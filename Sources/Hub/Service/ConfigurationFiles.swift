import Glibc
import JSON

/// The files of a configuration folder as one text, so that the ledger can say later under which terms it decided.
struct ConfigurationFiles: Sendable {
  private let files: [(name: String, text: String)]

  /// Reads `hub.yaml`, `agencies/*.yaml` and `arrangements/*.yaml`.
  init(folder: String) throws(HubError) {
    var names = ["hub.yaml"]
    for part in ["agencies", "arrangements"] {
      names += Self.list("\(folder)/\(part)").filter { $0.hasSuffix(".yaml") }.sorted().map { "\(part)/\($0)" }
    }
    var files: [(name: String, text: String)] = []
    for name in names { files.append((name, try SecretFile.read("\(folder)/\(name)"))) }
    self.files = files
  }

  /// A JSON object from file names to texts.
  func encoded() -> [UInt8] {
    var writer = JSONWriter()
    writer.object { object in
      for file in files { object.member(file.name, file.text) }
    }
    return writer.bytes
  }

  private static func list(_ folder: String) -> [String] {
    guard let directory = opendir(folder) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let length = Int(entry.pointee.d_reclen)
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: length) { String(cString: $0) }
      }
      names.append(name)
    }
    return names
  }
}
