/// How strings and numbers are spelled: the form of ECMAScript, which is also that of RFC 8785.
enum JSONText {
  static func append(string: String, to bytes: inout [UInt8]) {
    var string = string
    string.withUTF8 { append(string: $0, to: &bytes) }
  }

  /// A string with what stands around it. Most are short, and nothing in them has to be escaped: these are put together
  /// first, and appended at once.
  static func append(
    string: UnsafeBufferPointer<UInt8>, behindComma: Bool, beforeColon: Bool, to bytes: inout [UInt8]
  ) {
    let count = string.count
    guard count <= 500, endOfPlain(of: string, from: 0) == count else {
      if behindComma { bytes.append(UInt8(ascii: ",")) }
      append(string: string, to: &bytes)
      if beforeColon { bytes.append(UInt8(ascii: ":")) }
      return
    }
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: count + 4) { room in
      room[0] = UInt8(ascii: ",")
      room[1] = UInt8(ascii: "\"")
      if let start = string.baseAddress, let target = room.baseAddress {
        (target + 2).initialize(from: start, count: count)
      }
      room[count + 2] = UInt8(ascii: "\"")
      room[count + 3] = UInt8(ascii: ":")
      let part = (behindComma ? 0 : 1)..<(beforeColon ? count + 4 : count + 3)
      bytes.append(contentsOf: UnsafeBufferPointer(rebasing: room[part]))
    }
  }

  static func append(string: UnsafeBufferPointer<UInt8>, to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\""))
    var start = 0
    var at = endOfPlain(of: string, from: 0)
    while at < string.count {
      let byte = string[at]
      bytes.append(contentsOf: string[start..<at])
      start = at + 1
      bytes.append(UInt8(ascii: "\\"))
      switch byte {
      case 0x08: bytes.append(UInt8(ascii: "b"))
      case 0x09: bytes.append(UInt8(ascii: "t"))
      case 0x0A: bytes.append(UInt8(ascii: "n"))
      case 0x0C: bytes.append(UInt8(ascii: "f"))
      case 0x0D: bytes.append(UInt8(ascii: "r"))
      case 0..<0x20:
        bytes.append(contentsOf: "u00".utf8)
        bytes.append(hexadecimal(byte >> 4))
        bytes.append(hexadecimal(byte & 15))
      default: bytes.append(byte)
      }
      at = endOfPlain(of: string, from: at + 1)
    }
    bytes.append(contentsOf: UnsafeBufferPointer(rebasing: string[start...]))
    bytes.append(UInt8(ascii: "\""))
  }

  /// Where the first byte from `start` stands that has to be escaped; eight bytes at a time.
  private static func endOfPlain(of string: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let highs = ones &* 0x80
    var at = start
    if let base = string.baseAddress {
      while at &+ 8 <= string.count {
        let word = UnsafeRawPointer(base + at).loadUnaligned(as: UInt64.self)
        let quotes = word ^ (ones &* 0x22)
        let slashes = word ^ (ones &* 0x5C)
        // A byte's high bit stands where it is below a space, a quote or a backslash; or falsely behind one that is.
        let controls = (word &- ones &* 0x20) & ~word
        let found = (controls | (quotes &- ones) & ~quotes | (slashes &- ones) & ~slashes) & highs
        if found != 0 { break }
        at &+= 8
      }
    }
    while at < string.count {
      let byte = string[at]
      if byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { return at }
      at &+= 1
    }
    return at
  }

  /// ECMA-262, Number::toString: the shortest digits that read back the same, with an exponent from 1e21 up and
  /// below 1e-6.
  static func append(number: Double, to bytes: inout [UInt8]) {
    precondition(number.isFinite, "JSON has no spelling for infinities and NaN")
    if number == 0 {
      bytes.append(UInt8(ascii: "0"))
      return
    }
    if number < 0 { bytes.append(UInt8(ascii: "-")) }
    let (digits, point) = shortest(abs(number))
    switch point {
    case digits.count...21:
      bytes += digits
      bytes += repeatElement(UInt8(ascii: "0"), count: point - digits.count)
    case 1...21:
      bytes += digits[..<point]
      bytes.append(UInt8(ascii: "."))
      bytes += digits[point...]
    case -5...0:
      bytes += [UInt8(ascii: "0"), UInt8(ascii: ".")]
      bytes += repeatElement(UInt8(ascii: "0"), count: -point)
      bytes += digits
    default:
      bytes.append(digits[0])
      if digits.count > 1 {
        bytes.append(UInt8(ascii: "."))
        bytes += digits[1...]
      }
      bytes += [UInt8(ascii: "e"), UInt8(ascii: point > 0 ? "+" : "-")]
      bytes.append(contentsOf: String(abs(point - 1)).utf8)
    }
  }

  /// The digits of a positive number without zeros at either end, and where its decimal point stands:
  /// 0.digits times ten to that power.
  static func shortest(_ number: Double) -> (digits: [UInt8], point: Int) {
    let parts = number.description.split(separator: "e")
    let whole = parts[0].utf8.prefix { $0 != UInt8(ascii: ".") }
    var digits = parts[0].utf8.filter { $0 != UInt8(ascii: ".") }
    var place = whole.count + (parts.count > 1 ? Int(parts[1]) ?? 0 : 0)
    while digits.first == UInt8(ascii: "0"), digits.count > 1 {
      digits.removeFirst()
      place -= 1
    }
    while digits.last == UInt8(ascii: "0"), digits.count > 1 { digits.removeLast() }
    return (digits, place)
  }

  private static func hexadecimal(_ digit: UInt8) -> UInt8 {
    digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
  }
}

/// Bytes as a quoted, escaped string for a sentence, shortened when long.
func quoted(_ bytes: some Collection<UInt8>, longest: Int = 60) -> String {
  let text = String(decoding: bytes.prefix(longest * 4), as: UTF8.self)
  let shown = String(text.unicodeScalars.prefix(longest).map(Character.init))
  var spelled: [UInt8] = []
  JSONText.append(string: shown, to: &spelled)
  let cut = shown.utf8.count < bytes.count
  return String(decoding: spelled, as: UTF8.self) + (cut ? "..." : "")
}
