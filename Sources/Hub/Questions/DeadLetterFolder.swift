import Contract
import Glibc
import JSON
package import Ledger

/// Dead letters as plain files: `<number>.body` with the bytes, and `<number>.json` beside it with what the ledger says
/// of it. What is changed in a body comes back as an edit.
package struct DeadLetterFolder: Sendable {
  package let path: String

  package init(path: String) { self.path = path }

  package func bodyFile(_ number: Int64) -> String { "\(path)/\(number).body" }
  package func storyFile(_ number: Int64) -> String { "\(path)/\(number).json" }

  /// Makes the folder, for its owner alone, where it is not there.
  /// - Throws: ``HubError`` where it cannot be made, or holds something already.
  package func prepare() throws(HubError) {
    guard mkdir(path, 0o700) != 0 else { return }
    guard errno == EEXIST else {
      throw HubError(.configuration, "\(path) cannot be made: \(String(cString: strerror(errno)).lowercased()).")
    }
    guard try names().isEmpty else {
      throw HubError(.configuration, "\(path) holds something already: name a new folder, so that nothing is mixed.")
    }
  }

  /// The numbers of the bodies in the folder, ascending.
  package func numbers() throws(HubError) -> [Int64] {
    try names().filter { $0.hasSuffix(".body") }.compactMap { Int64($0.dropLast(5)) }.sorted()
  }

  private func names() throws(HubError) -> [String] {
    guard let directory = opendir(path) else {
      throw HubError(.configuration, "\(path) cannot be read: \(String(cString: strerror(errno)).lowercased()).")
    }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let length = Int(entry.pointee.d_reclen)
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: length) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names
  }

  /// What is written beside a body.
  package func story(of row: DeadLetterRow) -> [UInt8] { row.encoded() + [UInt8(ascii: "\n")] }

  /// Why a body of the folder is not that of a dead letter of this ledger; nil where it is.
  package func mismatch(_ story: [UInt8], _ row: DeadLetterRow) -> String? {
    guard let root = (try? JSONDocument(story))?.root else { return "the file beside it is no JSON" }
    guard root["dead_letter"]?.integer == row.id, root["message_id"]?.string == row.messageID,
      root["sender"]?.string == row.sender.slug
    else { return "the file beside it tells of another message" }
    return nil
  }
}
