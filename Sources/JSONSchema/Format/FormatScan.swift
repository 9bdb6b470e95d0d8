/// Reads a string from the left, byte by byte. Each rule says whether it could read what it names.
struct FormatScan {
  let text: UnsafeBufferPointer<UInt8>
  var at = 0

  init(_ text: UnsafeBufferPointer<UInt8>) { self.text = text }

  var isDone: Bool { at == text.count }
  var next: UInt8? { at < text.count ? text[at] : nil }

  mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard next == UInt8(ascii: character) else { return false }
    at += 1
    return true
  }

  /// Exactly so many decimal digits.
  mutating func number(_ digits: Int) -> Int? {
    guard at + digits <= text.count else { return nil }
    var value = 0
    for place in at..<at + digits {
      guard text[place].isDigit else { return nil }
      value = value * 10 + Int(text[place] - 0x30)
    }
    at += digits
    return value
  }

  /// Any number of bytes that satisfy a rule, at least `least`.
  mutating func run(least: Int = 1, _ rule: (UInt8) -> Bool) -> Bool {
    let start = at
    while let byte = next, rule(byte) { at += 1 }
    return at - start >= least
  }
}

extension UInt8 {
  var isDigit: Bool { (0x30...0x39).contains(self) }
  var isLetter: Bool { (0x61...0x7A).contains(self | 0x20) }
  var isHexadecimal: Bool { isDigit || (0x61...0x66).contains(self | 0x20) }
  /// What an unquoted local part of an address is made of (RFC 5322, atext).
  var isAtom: Bool { isDigit || isLetter || "!#$%&'*+-/=?^_`{|}~".utf8.contains(self) }
}

// MARK: - RFC 3339

extension FormatScan {
  mutating func dateTime() -> Bool {
    guard date(), let separator = next, separator | 0x20 == UInt8(ascii: "t") else { return false }
    at += 1
    return time() && isDone
  }

  mutating func date() -> Bool {
    guard let year = number(4), take("-"), let month = number(2), take("-"), let day = number(2) else { return false }
    guard (1...12).contains(month), day >= 1 else { return false }
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    return day <= [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
  }

  mutating func time() -> Bool {
    guard let hour = number(2), take(":"), let minute = number(2), take(":"), let second = number(2) else {
      return false
    }
    guard hour <= 23, minute <= 59, second <= 60 else { return false }
    if take("."), !run(\.isDigit) { return false }
    guard let zone = next else { return false }
    at += 1
    if zone | 0x20 == UInt8(ascii: "z") { return second < 60 || (hour, minute) == (23, 59) }
    guard zone == UInt8(ascii: "+") || zone == UInt8(ascii: "-") else { return false }
    guard let hours = number(2), take(":"), let minutes = number(2), hours <= 23, minutes <= 59 else { return false }
    guard second == 60 else { return true }
    // A leap second is at 23:59:60 UTC.
    let sign = zone == UInt8(ascii: "+") ? -1 : 1
    let utc = hour * 60 + minute + sign * (hours * 60 + minutes)
    return (utc % 1440 + 1440) % 1440 == 23 * 60 + 59
  }

  /// ISO 8601 as in RFC 3339 appendix A.
  mutating func duration() -> Bool {
    guard take("P"), !isDone else { return false }
    var parts = 0
    if units(["W"]) == 1 { return isDone }
    at = 1
    parts += units(["Y", "M", "D"]) ?? -100
    if take("T") {
      guard let times = units(["H", "M", "S"]), times > 0 else { return false }
      parts += times
    }
    return isDone && parts > 0
  }

  /// Numbers with those units in that order, without a gap between the first and the last; how many.
  private mutating func units(_ units: [Unicode.Scalar]) -> Int? {
    var place = 0
    var found = 0
    while let byte = next, byte.isDigit {
      guard run(\.isDigit), let unit = next else { return nil }
      guard let here = units[place...].firstIndex(where: { UInt8(ascii: $0) == unit }) else { return nil }
      if found > 0, here != place { return nil }
      at += 1
      place = here + 1
      found += 1
    }
    return found
  }
}

// MARK: - Addresses

extension FormatScan {
  /// Four numbers up to 255 without leading zeros.
  mutating func ipv4() -> Bool {
    for place in 0..<4 {
      if place > 0, !take(".") { return false }
      let start = at
      var value = 0
      while let byte = next, byte.isDigit, at - start < 3 {
        value = value * 10 + Int(byte - 0x30)
        at += 1
      }
      guard at > start, value <= 255, text[start] != 0x30 || at - start == 1 else { return false }
    }
    return true
  }

  /// RFC 4291 section 2.2, up to the end of what can belong to it.
  mutating func ipv6() -> Bool {
    var groups = 0
    var gap = false
    if take(":") {
      guard take(":") else { return false }
      gap = true
    }
    var needsGroup = !gap
    while groups < 8 {
      let start = at
      while let byte = next, byte.isHexadecimal, at - start < 4 { at += 1 }
      if at == start { return needsGroup ? false : gap && groups < 8 }
      if next == UInt8(ascii: ".") {
        at = start
        guard groups <= 6, ipv4() else { return false }
        groups += 2
        return gap ? groups < 8 : groups == 8
      }
      groups += 1
      needsGroup = false
      guard next == UInt8(ascii: ":") else { break }
      if groups == 8 { return false }
      at += 1
      if take(":") {
        guard !gap else { return false }
        gap = true
      } else {
        needsGroup = true
      }
    }
    return gap ? groups < 8 : groups == 8
  }

  /// RFC 1123 section 2.1, at most 253 bytes.
  mutating func hostname() -> Bool {
    guard !isDone, text.count <= 253 else { return false }
    repeat {
      let start = at
      guard run({ $0.isDigit || $0.isLetter || $0 == UInt8(ascii: "-") }), at - start <= 63 else { return false }
      guard text[start] != UInt8(ascii: "-"), text[at - 1] != UInt8(ascii: "-") else { return false }
      // A label with "--" in third place is an A-label or nothing (RFC 5891 section 4.2.3.1).
      if at - start >= 4, text[start + 2] == UInt8(ascii: "-"), text[start + 3] == UInt8(ascii: "-") {
        guard InternationalName.accepts(encoded: text[start..<at]) else { return false }
      }
    } while take(".")
    return isDone
  }

  /// RFC 5321 section 4.1.2, Mailbox; with RFC 6531 when international.
  mutating func email(international: Bool) -> Bool {
    if take("\"") {
      while let byte = next, byte != UInt8(ascii: "\"") {
        guard byte >= 0x20, byte != 0x7F, byte < 0x80 || international else { return false }
        at += 1
        // After a backslash stands one printable character of ASCII.
        if byte == UInt8(ascii: "\\") {
          guard let escaped = next, (0x20...0x7E).contains(escaped) else { return false }
          at += 1
        }
      }
      guard take("\"") else { return false }
    } else {
      repeat {
        guard run({ $0.isAtom || (international && $0 >= 0x80) }) else { return false }
      } while take(".")
    }
    guard at <= 64 || international, take("@"), !isDone else { return false }
    if take("[") {
      var isGood = false
      if text[at...].prefix(5).map({ $0 | 0x20 }).elementsEqual("ipv6:".utf8) {
        at += 5
        isGood = ipv6()
      } else {
        isGood = ipv4()
      }
      return isGood && take("]") && isDone
    }
    if international { return InternationalName.accepts(UnsafeBufferPointer(rebasing: text[at...])) }
    var domain = FormatScan(UnsafeBufferPointer(rebasing: text[at...]))
    return domain.hostname()
  }

  mutating func uuid() -> Bool {
    guard text.count == 36 else { return false }
    for place in 0..<36 {
      switch place {
      case 8, 13, 18, 23: guard text[place] == UInt8(ascii: "-") else { return false }
      default: guard text[place].isHexadecimal else { return false }
      }
    }
    return true
  }
}

// MARK: - Pointers

extension FormatScan {
  mutating func jsonPointer() -> Bool {
    guard !isDone else { return true }
    guard next == UInt8(ascii: "/") else { return false }
    while let byte = next {
      at += 1
      if byte == UInt8(ascii: "~"), !take("0"), !take("1") { return false }
    }
    return true
  }

  mutating func relativeJSONPointer() -> Bool {
    let start = at
    guard run(\.isDigit), text[start] != 0x30 || at == start + 1 else { return false }
    if take("#") { return isDone }
    return jsonPointer()
  }
}
