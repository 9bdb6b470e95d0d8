import Hub
import Sharing

/// The file of a party's private policy key.
enum PolicyKeyFile {
  /// The key's 32 bytes.
  /// - Throws: ``Answer`` with exit code 2 where the file holds none.
  static func read(_ name: String) throws(Answer) -> [UInt8] {
    let bytes: [UInt8]
    do throws(InputFile.Trouble) {
      bytes = try InputFile(name: name).read(maximumBytes: 4096)
    } catch { throw Answer.unusable(error.sentence.printable) }
    guard let key = Ed25519Text.privateKey(pem: String(decoding: bytes, as: UTF8.self)) else {
      throw Answer.unusable(
        "\(name) holds no Ed25519 private key; make one with: openssl genpkey -algorithm ed25519 -out \(name)")
    }
    return key
  }
}
