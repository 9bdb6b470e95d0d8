import JSON

/// A number as a tape holds it, compared and divided without rounding.
enum ExactNumber: Sendable {
  case integer(Int64)
  case unsigned(UInt64)
  case double(Double)

  init?(_ tape: JSONTape, _ index: Int) {
    switch tape.tag(index) {
    case JSONTape.Tag.integer: self = .integer(Int64(bitPattern: tape.bits(index)))
    case JSONTape.Tag.unsigned: self = .unsigned(tape.bits(index))
    case JSONTape.Tag.double: self = .double(Double(bitPattern: tape.bits(index)))
    default: return nil
    }
  }

  init?(_ value: JSONValue) { self.init(value.document.tape, value.index) }

  static func < (left: ExactNumber, right: ExactNumber) -> Bool {
    switch (left, right) {
    case (.integer(let left), .integer(let right)): left < right
    case (.unsigned(let left), .unsigned(let right)): left < right
    case (.integer(let left), .unsigned(let right)): left < right
    case (.unsigned(let left), .integer(let right)): left < right
    case (.double(let left), .double(let right)): left < right
    case (.double(let left), .integer(let right)): isBelow(left, right)
    case (.double(let left), .unsigned(let right)): isBelow(left, right)
    case (.integer(let left), .double(let right)): isAbove(right, left)
    case (.unsigned(let left), .double(let right)): isAbove(right, left)
    }
  }

  static func <= (left: ExactNumber, right: ExactNumber) -> Bool { !(right < left) }

  private static func isBelow<Whole: FixedWidthInteger>(_ number: Double, _ whole: Whole) -> Bool {
    let down = number.rounded(.down)
    guard let exact = Whole(exactly: down) else { return number < 0 }
    return exact < whole
  }

  private static func isAbove<Whole: FixedWidthInteger>(_ number: Double, _ whole: Whole) -> Bool {
    let up = number.rounded(.up)
    guard let exact = Whole(exactly: up) else { return number > 0 }
    return exact > whole
  }

  /// Whether this number is a whole multiple of another, both taken as the decimals that they are written as.
  func isMultiple(of divisor: ExactNumber) -> Bool {
    if case .integer(let number) = self, case .integer(let divisor) = divisor, divisor != 0 {
      return number.magnitude % divisor.magnitude == 0
    }
    let (mantissa, exponent) = decimal
    let (modulus, modulusExponent) = divisor.decimal
    if mantissa == 0 { return true }
    if modulus == 0 { return false }
    let shift = exponent - modulusExponent
    if shift >= 0 {
      return Self.product(mantissa % modulus, Self.power(10, shift, modulus), modulus) == 0
    }
    // The divisor has the larger unit: it must divide after being multiplied by ten as often.
    guard -shift <= 19 else { return false }
    let (scaled, overflows) = modulus.multipliedReportingOverflow(by: Self.powerOfTen(-shift))
    return !overflows && mantissa % scaled == 0
  }

  /// The magnitude as a whole number times a power of ten.
  private var decimal: (mantissa: UInt64, exponent: Int) {
    switch self {
    case .integer(let value): return (value.magnitude, 0)
    case .unsigned(let value): return (value, 0)
    case .double(let value):
      let parts = value.magnitude.description.split(separator: "e")
      let digits = parts[0].split(separator: ".")
      var fraction = digits.count > 1 ? digits[1] : ""
      while fraction.last == "0" { fraction.removeLast() }
      let exponent = (parts.count > 1 ? Int(parts[1]) ?? 0 : 0) - fraction.count
      return (UInt64(digits[0] + fraction) ?? 0, exponent)
    }
  }

  private static func powerOfTen(_ exponent: Int) -> UInt64 { (0..<exponent).reduce(1) { power, _ in power * 10 } }

  private static func product(_ left: UInt64, _ right: UInt64, _ modulus: UInt64) -> UInt64 {
    modulus.dividingFullWidth(left.multipliedFullWidth(by: right)).remainder
  }

  private static func power(_ base: UInt64, _ exponent: Int, _ modulus: UInt64) -> UInt64 {
    var result = 1 % modulus
    var square = base % modulus
    var rest = exponent
    while rest > 0 {
      if rest & 1 == 1 { result = product(result, square, modulus) }
      square = product(square, square, modulus)
      rest >>= 1
    }
    return result
  }
}
