import Glibc

/// The schema files that come with the program: folder `Schemas/` of the sources, copied beside the executable.
package enum SchemaFiles {
  /// The bytes of one file, named by its path below the folder: `stix/2.1/bundle.json`.
  package static func read(_ path: String) throws(SchemaFileError) -> [UInt8] {
    try contents(of: absolute(path))
  }

  /// The paths of all files below a folder, sorted: `stix/2.1` gives `stix/2.1/attack-pattern.json` and so on.
  package static func list(under folder: String) throws(SchemaFileError) -> [String] {
    var paths: [String] = []
    var folders = [folder]
    while let next = folders.popLast() {
      let place = try absolute(next)
      guard let directory = opendir(place) else { throw SchemaFileError(path: place, reason: reason(errno)) }
      defer { closedir(directory) }
      while let entry = readdir(directory) {
        let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
          String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        if name.hasPrefix(".") { continue }
        let path = next.isEmpty ? name : next + "/" + name
        if isFolder(place + "/" + name) { folders.append(path) } else { paths.append(path) }
      }
    }
    return paths.sorted()
  }

  private static func absolute(_ path: String) throws(SchemaFileError) -> String {
    guard !path.hasPrefix("/"), !path.split(separator: "/").contains("..") else {
      throw SchemaFileError(path: path, reason: "a schema file is named by a path below the folder of schemas")
    }
    guard let folder else {
      throw SchemaFileError(path: candidates.joined(separator: " or "), reason: "the folder of schemas is missing")
    }
    return folder + "/" + path
  }

  /// Where the folder is: beside the executable, as the build leaves it, else among the sources it was built from.
  private static let folder: String? = candidates.first { isFolder($0 + "/stix") }

  private static let candidates: [String] = {
    let sources = folderPart(of: #filePath)
    guard let executable = realpath("/proc/self/exe", nil) else { return [sources] }
    defer { free(executable) }
    return [folderPart(of: String(cString: executable)) + "/entente_Schemas.resources", sources]
  }()

  private static func folderPart(of path: String) -> String {
    path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
  }

  private static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  private static func contents(of path: String) throws(SchemaFileError) -> [UInt8] {
    guard let file = fopen(path, "re") else { throw SchemaFileError(path: path, reason: reason(errno)) }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = fread(&buffer, 1, buffer.count, file)
      bytes += buffer[..<count]
      if count < buffer.count { break }
    }
    guard ferror(file) == 0 else { throw SchemaFileError(path: path, reason: reason(errno)) }
    return bytes
  }

  private static func reason(_ code: Int32) -> String { String(cString: strerror(code)) }
}

/// Why a schema file cannot be read: the place that was tried, and the reason.
package struct SchemaFileError: Error, Sendable, Equatable, CustomStringConvertible {
  package let path: String
  package let reason: String

  package var description: String { "\(path): \(reason); install the folder of schemas beside the program" }
}
