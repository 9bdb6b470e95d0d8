package import Contract

/// A moment of RFC 3339 in UTC, exact to as many fractional digits as were written (STIX 2.1 section 3.2).
///
/// Parsing accepts only `YYYY-MM-DDTHH:MM:SS[.digits]Z` with a day that exists. A leap second is accepted where leap
/// seconds are, at 23:59:60, and compares as the second that follows it.
package struct Timestamp: Sendable, Hashable, Comparable, CustomStringConvertible {
  /// Seconds since 1970-01-01T00:00:00Z.
  package let seconds: Int64
  /// The fractional digits without trailing zeros; they compare as text does.
  package let fraction: String

  /// Nil unless the whole text is such a moment.
  package init?(_ text: String) {
    var copy = text
    guard let parsed = copy.withUTF8(Self.parse) else { return nil }
    (seconds, fraction) = parsed
  }

  /// The same of bytes in UTF-8.
  package init?(_ bytes: UnsafeBufferPointer<UInt8>) {
    guard let parsed = Self.parse(bytes) else { return nil }
    (seconds, fraction) = parsed
  }

  package init(milliseconds: Int64) {
    let remainder = milliseconds % 1000
    let fraction = remainder < 0 ? remainder + 1000 : remainder
    seconds = (milliseconds - fraction) / 1000
    self.fraction = Self.withoutTrailingZeros(Self.padded(fraction, 3))
  }

  package init(_ instant: Instant) { self.init(milliseconds: instant.milliseconds) }

  /// Whole milliseconds since 1970-01-01T00:00:00Z; what is finer is cut off.
  package var milliseconds: Int64 {
    let digits = (fraction + "000").prefix(3)
    return seconds * 1000 + (Int64(digits) ?? 0)
  }

  package var instant: Instant { Instant(milliseconds: milliseconds) }

  package static func < (left: Timestamp, right: Timestamp) -> Bool {
    left.seconds != right.seconds
      ? left.seconds < right.seconds
      : left.fraction.utf8.lexicographicallyPrecedes(right.fraction.utf8)
  }

  /// RFC 3339 with at least three fractional digits: `2026-11-24T06:30:00.000Z`.
  package var description: String {
    let digits = fraction.utf8.count
    if digits >= 3 { return Instant.text(ofSeconds: seconds, fraction: fraction[...]) }
    return Instant.text(ofSeconds: seconds, fraction: (fraction + "000").prefix(3))
  }

  /// Whether the text has a timestamp's form, be there such a moment or not: digits where digits stand.
  static func hasShape(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    guard bytes.count >= 20, bytes[4] == UInt8(ascii: "-"), bytes[bytes.count - 1] == UInt8(ascii: "Z") else {
      return false
    }
    for place in 0..<bytes.count - 1 {
      let byte = bytes[place]
      switch place {
      case 4, 7: if byte != UInt8(ascii: "-") { return false }
      case 10: if byte != UInt8(ascii: "T") { return false }
      case 13, 16: if byte != UInt8(ascii: ":") { return false }
      case 19: if byte != UInt8(ascii: ".") { return false }
      default: if !(0x30...0x39).contains(byte) { return false }
      }
    }
    return true
  }

  private static func padded(_ number: Int64, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
  }

  private static func withoutTrailingZeros(_ digits: String) -> String {
    let length = digits.utf8.lastIndex { $0 != 0x30 }
    return length.map { String(digits[...$0]) } ?? ""
  }

  private static func parse(_ bytes: UnsafeBufferPointer<UInt8>) -> (Int64, String)? {
    guard bytes.count >= 20, bytes[bytes.count - 1] == UInt8(ascii: "Z") else { return nil }
    func number(_ start: Int, _ count: Int) -> Int64? {
      var value: Int64 = 0
      for index in start..<start + count {
        guard (0x30...0x39).contains(bytes[index]) else { return nil }
        value = value * 10 + Int64(bytes[index] - 0x30)
      }
      return value
    }
    guard bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"), bytes[10] == UInt8(ascii: "T"),
      bytes[13] == UInt8(ascii: ":"), bytes[16] == UInt8(ascii: ":")
    else { return nil }
    guard let year = number(0, 4), let month = number(5, 2), let day = number(8, 2), let hour = number(11, 2),
      let minute = number(14, 2), let second = number(17, 2)
    else { return nil }
    guard (1...12).contains(month), day >= 1, hour < 24, minute < 60 else { return nil }
    guard second < 60 || (second == 60 && hour == 23 && minute == 59) else { return nil }
    let date = CivilDate(year: year, month: month, day: day)
    guard CivilDate(dayNumber: date.dayNumber) == date else { return nil }
    var fraction = ""
    if bytes.count > 20 {
      guard bytes[19] == UInt8(ascii: "."), bytes.count > 21 else { return nil }
      let digits = bytes[20..<bytes.count - 1]
      guard digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
      let length = digits.lastIndex { $0 != 0x30 }.map { $0 + 1 - digits.startIndex } ?? 0
      if length > 0 { fraction = String(decoding: digits.prefix(length), as: UTF8.self) }
    }
    return (date.dayNumber * 86_400 + hour * 3600 + minute * 60 + second, fraction)
  }
}
