import Contract
import STIX

/// UUIDs and times of MISP, derived from those of STIX.
enum MISPID {
  private static let namespace = "8d6c1f7a-4b0e-5a1d-8f3c-2e9b7d5a6c40"

  /// A UUID that follows from what it is of.
  static func uuid(_ parts: String...) -> String {
    DeterministicID.uuid5(namespace: namespace, name: name(parts))
  }

  /// Each part with its length: no two lists of parts give one name.
  private static func name(_ parts: [String]) -> [UInt8] {
    var name: [UInt8] = []
    for part in parts {
      name.append(contentsOf: String(part.utf8.count).utf8)
      name.append(UInt8(ascii: ":"))
      name.append(contentsOf: part.utf8)
    }
    return name
  }

  /// As `uuid`, in the form of a random one.
  static func randomLike(_ parts: String...) -> String {
    var text = Array(DeterministicID.uuid5(namespace: namespace, name: name(parts)).utf8)
    text[14] = UInt8(ascii: "4")
    return String(decoding: text, as: UTF8.self)
  }

  /// Whether a UUID has a version and a variant that STIX ids may have.
  static func isStandard(_ uuid: String) -> Bool {
    let bytes = uuid.utf8
    guard bytes.count == 36 else { return false }
    let version = bytes[bytes.index(bytes.startIndex, offsetBy: 14)]
    let variant = bytes[bytes.index(bytes.startIndex, offsetBy: 19)]
    return (0x31...0x35).contains(version) && [0x38, 0x39, 0x61, 0x62].contains(variant)
  }

  /// The UUID of a STIX id, in lower case; nil where it is no id.
  static func uuid(ofID id: String) -> String? { STIXID.uuid(of: id) }

  /// ISO 8601 with an offset, up to microseconds.
  static func moment(_ timestamp: Timestamp) -> String {
    let text = timestamp.description
    let whole = text.prefix(19)
    let fraction = text.dropFirst(20).dropLast().prefix(6)
    return "\(whole).\(fraction)+00:00"
  }

  /// `YYYY-MM-DD`.
  static func day(_ timestamp: Timestamp) -> String { String(timestamp.description.prefix(10)) }
}
