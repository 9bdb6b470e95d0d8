import Contract
import STIX

/// A moment of RFC 3339 with any offset.
package struct CSAFMoment: Comparable, Sendable {
  private let seconds: Int64
  private let fraction: String

  /// Nil where the text is none, or the calendar has no such moment.
  package init?(_ text: String) {
    var text = text
    guard let moment = text.withUTF8({ CSAFMoment($0) }) else { return nil }
    self = moment
  }

  /// The same of bytes in UTF-8.
  package init?(_ bytes: UnsafeBufferPointer<UInt8>) {
    guard let (moment, offset) = Self.parse(bytes) else { return nil }
    seconds = moment.seconds - offset
    fraction = moment.fraction
  }

  /// What stands before the offset, as if it were UTC, and the offset in seconds.
  private static func parse(_ bytes: UnsafeBufferPointer<UInt8>) -> (Timestamp, offset: Int64)? {
    guard bytes.count >= 20 else { return nil }
    var offset: Int64 = 0
    var length = bytes.count - 1
    if bytes[length] != UInt8(ascii: "Z"), bytes[length] != UInt8(ascii: "z") {
      length = bytes.count - 6
      let sign = bytes[length]
      guard sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-"), bytes[length + 3] == UInt8(ascii: ":"),
        let hours = number(bytes, at: length + 1), let minutes = number(bytes, at: length + 4), hours < 24, minutes < 60
      else { return nil }
      offset = (hours * 60 + minutes) * (sign == UInt8(ascii: "-") ? -60 : 60)
    }
    guard length > 10 else { return nil }
    let moment = withUnsafeTemporaryAllocation(of: UInt8.self, capacity: length + 1) { body in
      _ = body.initialize(from: bytes[..<length])
      if body[10] == UInt8(ascii: "t") || body[10] == UInt8(ascii: " ") { body[10] = UInt8(ascii: "T") }
      body[length] = UInt8(ascii: "Z")
      return Timestamp(UnsafeBufferPointer(body))
    }
    return moment.map { ($0, offset) }
  }

  /// Two digits.
  private static func number(_ bytes: UnsafeBufferPointer<UInt8>, at place: Int) -> Int64? {
    let (first, second) = (bytes[place], bytes[place + 1])
    guard (0x30...0x39).contains(first), (0x30...0x39).contains(second) else { return nil }
    return Int64(first - 0x30) * 10 + Int64(second - 0x30)
  }

  /// The moment in UTC, as STIX writes it.
  package var text: String {
    let digits = fraction.utf8.count < 3 ? (fraction + "000").prefix(3) : fraction[...]
    return Instant.text(ofSeconds: seconds, fraction: digits)
  }

  package static func < (left: CSAFMoment, right: CSAFMoment) -> Bool {
    left.seconds != right.seconds
      ? left.seconds < right.seconds : left.fraction.utf8.lexicographicallyPrecedes(right.fraction.utf8)
  }
}
