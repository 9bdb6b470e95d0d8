import Glibc

/// Reading files and folders.
enum Folder {
  static func exists(_ path: String) -> Bool { access(path, R_OK) == 0 }

  /// The names in a folder, sorted; none when it is not there.
  static func names(_ path: String) -> [String] {
    guard let directory = opendir(path) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if !name.hasPrefix(".") { names.append(name) }
    }
    return names.sorted()
  }

  /// The paths of all files below a folder that end so, relative to it, sorted.
  static func paths(_ folder: String, ending: String) -> [String] {
    names(folder).flatMap { name -> [String] in
      if name.hasSuffix(ending) { return [name] }
      return paths("\(folder)/\(name)", ending: ending).map { "\(name)/\($0)" }
    }
  }

  static func read(_ path: String) throws -> [UInt8] {
    guard let file = fopen(path, "r") else { throw Unreadable(path: path) }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = fread(&buffer, 1, buffer.count, file)
      bytes += buffer[..<count]
      if count < buffer.count { return bytes }
    }
  }

  struct Unreadable: Error, CustomStringConvertible {
    let path: String
    var description: String { "\(path) cannot be read: \(String(cString: strerror(errno)))" }
  }
}
