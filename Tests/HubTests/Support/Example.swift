import Contract
import FoundationEssentials
import Glibc
import Hub
import Sharing

/// The repository's example exchange, as tests use it without a broker.
enum Example {
  /// The top folder of the package.
  static let package = String(#filePath.split(separator: "/").dropLast(4).reduce("") { $0 + "/" + $1 })
  static let folder = package + "/Examples/transatlantic"

  static func configuration() throws -> Configuration { try Configuration.load(folder: folder) }

  /// The bytes of one of its messages.
  static func message(_ name: String) throws -> [UInt8] { try read("\(folder)/messages/\(name)") }

  static func read(_ path: String) throws -> [UInt8] {
    guard let file = fopen(path, "rb") else { throw Missing(path: path) }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = fread(&chunk, 1, chunk.count, file)
      if count == 0 { return bytes }
      bytes.append(contentsOf: chunk[..<count])
    }
  }

  struct Missing: Error {
    let path: String
  }

  /// A moment at which all arrangements of the example are in force.
  static let now = Instant(milliseconds: 1_795_500_000_000)
}

/// A folder that goes with the test.
final class TemporaryFolder: Sendable {
  let path: String

  init() throws {
    var template = Array("/tmp/entente-hub-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw Example.Missing(path: "/tmp") }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit { removeTree(path) }

  func write(_ text: String, to name: String) throws {
    var folder = path
    for part in name.split(separator: "/").dropLast() {
      folder += "/" + part
      mkdir(folder, 0o700)
    }
    guard let file = fopen("\(path)/\(name)", "wb") else { throw Example.Missing(path: name) }
    fputs(text, file)
    fclose(file)
  }
}

private func removeTree(_ path: String) { try? FileManager.default.removeItem(atPath: path) }

/// Keys that a test can count on.
func testKeys() throws -> (folder: TemporaryFolder, keys: HubKeys) {
  let folder = try TemporaryFolder()
  return (folder, try SecretsFolder(path: folder.path + "/secrets", create: true).keys())
}

extension AgencyID {
  /// A slug that is known to be one.
  static func known(_ slug: String) -> AgencyID { AgencyID(slug)! }
}
