/// The canonical spelling of a value (RFC 8785): members sorted by the UTF-16 code units of their keys, numbers as
/// ECMAScript writes the double that they are, no white space.
package enum JCS {
  package static func canonical(_ value: JSONValue) -> [UInt8] {
    var bytes: [UInt8] = []
    withExtendedLifetime(value.document) { append(value.document.tape, value.index, &bytes) }
    return bytes
  }

  private static func append(_ tape: JSONTape, _ index: Int, _ bytes: inout [UInt8]) {
    switch tape.tag(index) {
    case JSONTape.Tag.object: append(object: tape, index, &bytes)
    case JSONTape.Tag.array:
      bytes.append(UInt8(ascii: "["))
      let end = tape.close(index)
      var at = index + 1
      while at < end {
        if at > index + 1 { bytes.append(UInt8(ascii: ",")) }
        append(tape, at, &bytes)
        at = tape.next(at)
      }
      bytes.append(UInt8(ascii: "]"))
    case JSONTape.Tag.string: JSONText.append(string: tape.bytes(index), to: &bytes)
    case JSONTape.Tag.integer: JSONText.append(number: Double(Int64(bitPattern: tape.bits(index))), to: &bytes)
    case JSONTape.Tag.unsigned: JSONText.append(number: Double(tape.bits(index)), to: &bytes)
    case JSONTape.Tag.double: JSONText.append(number: Double(bitPattern: tape.bits(index)), to: &bytes)
    case JSONTape.Tag.yes: bytes.append(contentsOf: "true".utf8)
    case JSONTape.Tag.no: bytes.append(contentsOf: "false".utf8)
    default: bytes.append(contentsOf: "null".utf8)
    }
  }

  private static func append(object tape: JSONTape, _ index: Int, _ bytes: inout [UInt8]) {
    var keys: [Int] = []
    keys.reserveCapacity(tape.count(index))
    let end = tape.close(index)
    var at = index + 1
    while at < end {
      keys.append(at)
      at = tape.next(at + 1)
    }
    keys.sort { precedes(tape.bytes($0), tape.bytes($1)) }
    bytes.append(UInt8(ascii: "{"))
    for (place, key) in keys.enumerated() {
      if place > 0 { bytes.append(UInt8(ascii: ",")) }
      JSONText.append(string: tape.bytes(key), to: &bytes)
      bytes.append(UInt8(ascii: ":"))
      append(tape, key + 1, &bytes)
    }
    bytes.append(UInt8(ascii: "}"))
  }

  /// The order of UTF-16 code units, on UTF-8. It is the order of bytes, save that characters beyond the basic plane
  /// (lead bytes F0 to F4, surrogates in UTF-16) come before U+E000 to U+FFFF (lead bytes EE and EF).
  private static func precedes(_ left: UnsafeBufferPointer<UInt8>, _ right: UnsafeBufferPointer<UInt8>) -> Bool {
    for at in 0..<min(left.count, right.count) where left[at] != right[at] {
      return rank(left[at]) < rank(right[at])
    }
    return left.count < right.count
  }

  private static func rank(_ byte: UInt8) -> Int {
    byte == 0xEE || byte == 0xEF ? Int(byte) + 0x10 : Int(byte)
  }
}
