import AMQP
import Crypto
import Foundation
import Testing

@testable import Hub

/// The short ways to codes and texts that other ways have made before.
@Suite struct `What seals a delivery` {
  @Test(
    arguments: [
      .string("TLP:AMBER"), .string(""), .string("with \"quotes\" and \\"), .string("naïve\u{0}\n"), .int64(0),
      .int64(-7),
      .int64(.max), .bool(true), .bytes([1, 2]), .void, .array([.string("a")]),
    ] as [AMQPValue])
  func `is made of values as interpolation describes them`(_ value: AMQPValue) {
    #expect(value.described == Array("\(value)".utf8))
  }

  @Test(arguments: 0...70)
  func `is written in base 64 for URLs`(_ count: Int) {
    let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 * 37 + count) }
    let expected = Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
      .replacing("=", with: "")
    #expect(Base64URL.text(bytes) == expected)
  }

  @Test(arguments: [[], [0], [3, 5], [4096, 4097], [1, 9000, 2], [5000, 5000]])
  func `is a code over each part with its length before it, however large it is`(_ sizes: [Int]) throws {
    let keys = try testKeys().keys
    let parts = sizes.map { [UInt8](repeating: UInt8($0 & 255), count: $0) }
    var text: [UInt8] = []
    for part in parts {
      withUnsafeBytes(of: UInt64(part.count).bigEndian) { text += $0 }
      text += part
    }
    let expected = HMAC<SHA256>.authenticationCode(for: text, using: SymmetricKey(data: keys.hmac.bytes))
    #expect(keys.authenticate(parts) == Array(expected))
    #expect(keys.authenticate(parts) == Array(expected))
  }
}
