import Crypto
import Glibc

/// The value of a commitment: its parts one after the other, each as its length in 8 bytes, big-endian, and its bytes;
/// an absent part is the length `0xFFFFFFFFFFFFFFFF` and no bytes. Integers are their decimal text.
package struct CommittedValue: Sendable {
  package private(set) var bytes: [UInt8] = []

  package init() {}

  package mutating func append(_ part: [UInt8]?) {
    let length = part.map { UInt64($0.count) } ?? .max
    withUnsafeBytes(of: length.bigEndian) { bytes.append(contentsOf: $0) }
    if let part { bytes.append(contentsOf: part) }
  }

  package mutating func append(_ part: String?) { append(part.map { Array($0.utf8) }) }

  /// `SHA-256(0x00 || salt || value)`.
  package func commitment(salt: [UInt8]) -> [UInt8] {
    var hasher = SHA256()
    hasher.update(data: [0x00])
    hasher.update(data: salt)
    hasher.update(data: bytes)
    return Array(hasher.finalize())
  }
}

extension [UInt8] {
  /// Lower-case hexadecimal.
  var hex: String {
    String(unsafeUninitializedCapacity: count * 2) { buffer in
      for (index, byte) in enumerated() {
        buffer[index * 2] = Self.digits[Int(byte >> 4)]
        buffer[index * 2 + 1] = Self.digits[Int(byte & 15)]
      }
      return count * 2
    }
  }

  private static let digits = Array("0123456789abcdef".utf8)

  /// A salt of 16 random bytes.
  static func salt() -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: 16) { buffer, count in
      // Never fails for 16 bytes on a system that has started; without randomness nothing may be vouched for.
      precondition(getentropy(buffer.baseAddress, 16) == 0, "the system gives no random bytes")
      count = 16
    }
  }
}
