import JSON
import STIX

/// Places of a document that were not read.
final class ResidueAccount {
  private(set) var places: [JSONPointer] = []

  func add(_ place: JSONPointer) { places.append(place) }
}

/// The values of MISP's core format in their several spellings: numbers as strings or as numbers, times with an offset.
enum MISPValue {
  /// Null, an empty text or an empty list says nothing: it is neither read nor residue.
  static func isBlank(_ value: JSONValue) -> Bool {
    switch value.kind {
    case .null: true
    case .string: value.isString("")
    case .array, .object: value.count == 0
    default: false
    }
  }

  /// A number of the instance that the event comes from; 0 is none.
  static func isNone(_ value: JSONValue) -> Bool {
    isBlank(value) || value.isString("0") || value.integer == 0
  }

  /// A whole number, quoted or not.
  static func number(_ value: JSONValue) -> Int64? {
    if let number = value.integer { return number }
    guard let text = value.string, !text.isEmpty, text.utf8.count <= 12,
      text.utf8.allSatisfy({ (0x30...0x39).contains($0) })
    else { return nil }
    return Int64(text)
  }

  /// Seconds since 1970; none for 0, which MISP writes for never.
  static func time(_ value: JSONValue) -> Timestamp? {
    number(value).flatMap { $0 > 0 ? Timestamp(milliseconds: $0 * 1000) : nil }
  }

  /// The seconds since 1970 that MISP has a place for.
  static let seconds: ClosedRange<Int64> = 0...999_999_999_999

  /// A day that the calendar has.
  static func day(_ value: JSONValue) -> String? {
    guard let text = value.string, text.utf8.count == 10, Timestamp(text + "T00:00:00Z") != nil else { return nil }
    return text
  }

  /// True, false, or their numbers.
  static func flag(_ value: JSONValue) -> Bool? {
    if let flag = value.bool { return flag }
    switch number(value) {
    case 0: return false
    case 1: return true
    default: return nil
    }
  }

  /// ISO 8601 with an offset, in UTC.
  static func moment(_ value: JSONValue) -> Timestamp? { value.string.flatMap { moment($0) } }

  static func moment(_ text: String) -> Timestamp? {
    let bytes = Array(text.utf8)
    guard bytes.count >= 20, bytes[10] == UInt8(ascii: "T") || bytes[10] == UInt8(ascii: " ") else { return nil }
    var end = bytes.count
    var offset: Int64 = 0
    if bytes[end - 1] == UInt8(ascii: "Z") {
      end -= 1
    } else if let sign = bytes[19...].lastIndex(where: { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "-") }) {
      let digits = bytes[(sign + 1)...].filter { $0 != UInt8(ascii: ":") }
      guard digits.count == 4 || digits.count == 2, digits.allSatisfy({ (0x30...0x39).contains($0) }) else {
        return nil
      }
      func two(_ at: Int) -> Int64 {
        digits.count > at ? Int64(digits[at] - 0x30) * 10 + Int64(digits[at + 1] - 0x30) : 0
      }
      guard two(0) < 24, two(2) < 60 else { return nil }
      offset = (two(0) * 3600 + two(2) * 60) * (bytes[sign] == UInt8(ascii: "-") ? -1 : 1)
      end = sign
    } else {
      return nil
    }
    let day = String(decoding: bytes[0..<10], as: UTF8.self)
    let clock = String(decoding: bytes[11..<end], as: UTF8.self)
    guard let local = Timestamp("\(day)T\(clock)Z") else { return nil }
    guard offset != 0 else { return local }
    let shifted = Timestamp(milliseconds: (local.seconds - offset) * 1000)
    return local.fraction.isEmpty
      ? shifted : Timestamp(shifted.description.prefix(19) + "." + local.fraction + "Z")
  }

  /// A UUID in lower case.
  static func uuid(_ value: JSONValue) -> String? {
    guard let text = value.string, text.utf8.count == 36 else { return nil }
    var hasCapitals = false
    for (offset, byte) in text.utf8.enumerated() {
      switch offset {
      case 8, 13, 18, 23: if byte != UInt8(ascii: "-") { return nil }
      default:
        switch byte {
        case 0x30...0x39, 0x61...0x66: break
        case 0x41...0x46: hasCapitals = true
        default: return nil
        }
      }
    }
    return hasCapitals ? text.lowercased() : text
  }
}

/// Hands out the members of one object of a document; each one is taken, or is residue.
struct MemberWalk {
  let value: JSONValue
  let place: JSONPointer
  let residue: ResidueAccount

  /// Calls `take` with each member that says something. What it does not take is residue.
  func forEach(_ take: (_ name: String, _ value: JSONValue) -> Bool) {
    for (name, member) in value.members where !MISPValue.isBlank(member) {
      if !take(name, member) { residue.add(place.appending(name)) }
    }
  }

  /// Walks the entries of a list; an entry that `take` does not take is residue.
  func list(_ name: String, _ list: JSONValue, _ take: (JSONValue, JSONPointer) -> Bool) -> Bool {
    guard list.isArray else { return false }
    let inside = place.appending(name)
    for (index, entry) in list.elements.enumerated() {
      let place = inside.appending(index)
      if !take(entry, place) { residue.add(place) }
    }
    return true
  }
}
