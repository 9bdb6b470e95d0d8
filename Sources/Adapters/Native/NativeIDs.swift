import Contract
import STIX

/// Makes ids that follow from a sender and from what an object is, in one buffer for all of them.
struct NativeIDs {
  /// What the names of all ids begin with, and behind it the name of the one that is made.
  private var name: [UInt8]
  private let headCount: Int

  init(_ format: FormatID, _ origin: Origin) {
    name = Self.namespace
    Self.append(format.slug, to: &name)
    Self.append(origin.sender.slug, to: &name)
    headCount = name.count
  }

  mutating func id(_ type: String, _ parts: [String]) -> String {
    begin(type)
    for part in parts { Self.append(part, to: &name) }
    return DeterministicID.id(type, bytes: name)
  }

  mutating func id(_ type: String, _ part: String, _ other: String?) -> String {
    begin(type)
    Self.append(part, to: &name)
    if let other { Self.append(other, to: &name) }
    return DeterministicID.id(type, bytes: name)
  }

  /// Of a part that is no text yet, with a number behind it where there is one.
  mutating func id(_ type: String, _ part: [UInt8], number: Int? = nil) -> String {
    begin(type)
    Self.append(part.count, to: &name)
    name.append(contentsOf: part)
    if let number { Self.append(String(number), to: &name) }
    return DeterministicID.id(type, bytes: name)
  }

  private mutating func begin(_ type: String) {
    name.removeLast(name.count - headCount)
    Self.append(type, to: &name)
  }

  /// Each part with its length: no two lists of parts give one name.
  private static func append(_ part: String, to name: inout [UInt8]) {
    append(part.utf8.count, to: &name)
    name.append(contentsOf: part.utf8)
  }

  private static func append(_ length: Int, to name: inout [UInt8]) {
    if length < 10 {
      name.append(UInt8(ascii: "0") + UInt8(length))
    } else {
      name.append(contentsOf: length.description.utf8)
    }
    name.append(UInt8(ascii: ":"))
  }

  private static let namespace = DeterministicID.bytes(of: "0e0c8b1a-52b7-5a0e-9c3d-7a1f4e6b2d58")
}
