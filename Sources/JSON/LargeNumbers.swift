/// Whole numbers that need more than 64 bits. simdjson refuses them, though a double can hold them.
enum LargeNumbers {
  /// The text with each of those numbers spelled with an exponent in as many bytes, so that simdjson reads the same
  /// double and every token stays where it was. `places` are digits without sign, twenty or more.
  static func respelled(_ text: [UInt8], _ places: [Range<Int>]) -> [UInt8] {
    var text = text
    for place in places {
      guard let number = Double(String(decoding: text[place], as: UTF8.self)) else { continue }
      text.replaceSubrange(place, with: spelling(number, place.count))
    }
    return text
  }

  private static func spelling(_ number: Double, _ length: Int) -> [UInt8] {
    let (digits, point) = JSONText.shortest(number)
    for width in 1...4 {
      let count = length - 1 - width
      let exponent = String(point - count).utf8
      guard exponent.count == width, count >= digits.count else { continue }
      return digits + [UInt8](repeating: UInt8(ascii: "0"), count: count - digits.count) + [UInt8(ascii: "e")]
        + exponent
    }
    return []
  }
}
