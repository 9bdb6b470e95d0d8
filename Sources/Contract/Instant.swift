/// A moment in milliseconds since 1970-01-01T00:00:00Z; the resolution of the wire and of the ledger.
public struct Instant: Hashable, Comparable, Sendable, CustomStringConvertible {
  public var milliseconds: Int64

  public init(milliseconds: Int64) { self.milliseconds = milliseconds }

  public static func < (left: Instant, right: Instant) -> Bool { left.milliseconds < right.milliseconds }

  /// The moment so many milliseconds later (or earlier, when negative).
  public func adding(milliseconds delta: Int64) -> Instant { Instant(milliseconds: milliseconds + delta) }

  /// RFC 3339 in UTC with three fractional digits: `2026-11-24T06:30:00.000Z`.
  public var description: String {
    let seconds = milliseconds.flooredDivision(by: 1000)
    return Self.text(ofSeconds: seconds, fraction: String(milliseconds - seconds * 1000 + 1000).dropFirst())
  }

  /// The second of a moment in RFC 3339, in UTC, with these digits behind it: without loops over pieces of text, since
  /// each object of a bundle has several.
  public static func text(ofSeconds seconds: Int64, fraction: Substring) -> String {
    let day = seconds.flooredDivision(by: 86_400)
    let date = CivilDate(dayNumber: day)
    let second = seconds - day * 86_400
    guard (0...9999).contains(date.year) else {
      // No clock comes here; what does still reads as what it is.
      let clock = text(ofSeconds: second, fraction: fraction).dropFirst("1970-01-01".count)
      let dayAndMonth = text(
        ofSeconds: CivilDate(year: 2000, month: date.month, day: date.day).dayNumber * 86_400, fraction: "")
      return String(date.year) + dayAndMonth.dropFirst(4).prefix(6) + clock
    }
    return String(unsafeUninitializedCapacity: 21 + fraction.utf8.count) { text in
      var at = 0
      func put(_ byte: UInt8) {
        text.initializeElement(at: at, to: byte)
        at += 1
      }
      func two(_ number: Int64) {
        put(0x30 + UInt8(truncatingIfNeeded: number / 10))
        put(0x30 + UInt8(truncatingIfNeeded: number % 10))
      }
      two(date.year / 100)
      two(date.year % 100)
      put(UInt8(ascii: "-"))
      two(date.month)
      put(UInt8(ascii: "-"))
      two(date.day)
      put(UInt8(ascii: "T"))
      two(second / 3600)
      put(UInt8(ascii: ":"))
      two(second / 60 % 60)
      put(UInt8(ascii: ":"))
      two(second % 60)
      put(UInt8(ascii: "."))
      for digit in fraction.utf8 { put(digit) }
      put(UInt8(ascii: "Z"))
      return at
    }
  }
}

/// A day of the proleptic Gregorian calendar, counted in days since 1970-01-01.
public struct CivilDate: Hashable, Sendable {
  public var year: Int64
  public var month: Int64
  public var day: Int64

  public init(year: Int64, month: Int64, day: Int64) {
    self.year = year
    self.month = month
    self.day = day
  }

  /// The date of a day number; years begin in March inside, so that the leap day comes last.
  public init(dayNumber: Int64) {
    let shifted = dayNumber + 719_468
    let era = shifted.flooredDivision(by: 146_097)
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let marchMonth = (5 * dayOfYear + 2) / 153
    day = dayOfYear - (153 * marchMonth + 2) / 5 + 1
    month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
    year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  }

  /// Days since 1970-01-01.
  public var dayNumber: Int64 {
    let shiftedYear = month <= 2 ? year - 1 : year
    let era = shiftedYear.flooredDivision(by: 400)
    let yearOfEra = shiftedYear - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }
}

extension Int64 {
  /// Division that rounds towards minus infinity, as calendars need it before 1970.
  func flooredDivision(by divisor: Int64) -> Int64 {
    let quotient = self / divisor
    return self % divisor != 0 && (self < 0) != (divisor < 0) ? quotient - 1 : quotient
  }
}
