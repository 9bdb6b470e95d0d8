import Glibc

@testable import AgencyClient

/// A folder of one test, removed at its end.
final class Folder: Sendable {
  let path: String

  init() {
    var name = Array("/tmp/agency-client-XXXXXX".utf8CString)
    guard mkdtemp(&name) != nil else { fatalError("no folder for a test") }
    path = String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit { Self.remove(path) }

  private static func remove(_ path: String) {
    guard let directory = opendir(path) else { return }
    while let entry = readdir(directory) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      if name == "." || name == ".." { continue }
      if entry.pointee.d_type == UInt8(DT_DIR) { remove("\(path)/\(name)") } else { unlink("\(path)/\(name)") }
    }
    closedir(directory)
    rmdir(path)
  }

  func files(_ folder: String = "") throws -> [String] { try Disk.files(in: path + folder) }
  func text(_ name: String) throws -> String { String(decoding: try Disk.read("\(path)/\(name)"), as: UTF8.self) }

  func put(_ text: String, as name: String) throws {
    let file = open("\(path)/\(name)", O_WRONLY | O_CREAT | O_APPEND, 0o600)
    try Disk.append(Array(text.utf8), to: file, name)
    close(file)
  }
}
