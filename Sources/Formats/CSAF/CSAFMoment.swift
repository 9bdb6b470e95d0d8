import STIX

/// A moment of RFC 3339 with any offset.
package struct CSAFMoment: Comparable, Sendable {
  private let seconds: Int64
  private let fraction: String

  /// Nil where the text is none, or the calendar has no such moment.
  package init?(_ text: String) {
    let bytes = Array(text.utf8)
    guard bytes.count >= 20 else { return nil }
    var body = bytes
    var offset: Int64 = 0
    if bytes.last == UInt8(ascii: "Z") || bytes.last == UInt8(ascii: "z") {
      body.removeLast()
    } else {
      let zone = bytes.suffix(6).map { $0 }
      guard zone[0] == UInt8(ascii: "+") || zone[0] == UInt8(ascii: "-"), zone[3] == UInt8(ascii: ":"),
        let hours = Int64(String(decoding: zone[1...2], as: UTF8.self)),
        let minutes = Int64(String(decoding: zone[4...5], as: UTF8.self)), (0...23).contains(hours),
        (0...59).contains(minutes)
      else { return nil }
      offset = (hours * 60 + minutes) * (zone[0] == UInt8(ascii: "-") ? -60 : 60)
      body.removeLast(6)
    }
    guard body.count > 10 else { return nil }
    if body[10] == UInt8(ascii: "t") || body[10] == UInt8(ascii: " ") { body[10] = UInt8(ascii: "T") }
    guard let moment = Timestamp(String(decoding: body, as: UTF8.self) + "Z") else { return nil }
    seconds = moment.seconds - offset
    fraction = moment.fraction
  }

  /// The moment in UTC, as STIX writes it.
  package var text: String {
    let whole = Timestamp(milliseconds: seconds * 1000).description.dropLast(4)
    return whole + fraction + String(repeating: "0", count: max(0, 3 - fraction.utf8.count)) + "Z"
  }

  package static func < (left: CSAFMoment, right: CSAFMoment) -> Bool {
    left.seconds != right.seconds
      ? left.seconds < right.seconds : left.fraction.utf8.lexicographicallyPrecedes(right.fraction.utf8)
  }
}
