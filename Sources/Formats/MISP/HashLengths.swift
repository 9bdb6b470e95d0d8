/// How long the hashes of MISP's attribute types are.
package enum HashLengths {
  /// Hexadecimal digits of a type, composite or not; nil where the type is no hash of a fixed length.
  package static func length(of type: String) -> Int? {
    guard let bar = type.utf8.lastIndex(of: UInt8(ascii: "|")) else { return digits[type] }
    return digits[String(type[type.utf8.index(after: bar)...])]
  }

  /// False where the type is a hash of a fixed length and the value has no such hash.
  package static func fits(_ type: String, _ value: String) -> Bool {
    guard let length = length(of: type) else { return true }
    let bytes = value.utf8
    let digest = bytes.lastIndex(of: UInt8(ascii: "|")).map { bytes[bytes.index(after: $0)...] } ?? bytes[...]
    return digest.count == length && digest.allSatisfy(isHex)
  }

  private static func isHex(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x46, 0x61...0x66: true
    default: false
    }
  }

  private static let digits: [String: Int] = [
    "md5": 32, "imphash": 32, "sha1": 40, "pehash": 40, "sha224": 56, "sha256": 64, "sha384": 96, "sha512": 128,
    "sha512/224": 56, "sha512/256": 64, "sha3-224": 56, "sha3-256": 64, "sha3-384": 96, "sha3-512": 128,
    "x509-fingerprint-md5": 32, "x509-fingerprint-sha1": 40, "x509-fingerprint-sha256": 64, "authentihash": 64,
  ]
}
