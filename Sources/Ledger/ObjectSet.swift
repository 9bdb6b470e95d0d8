/// A set of object indices in a few bytes: for each run of neighbours the gap to the last run's end and the run's length
/// less one, as LEB128 numbers.
enum ObjectSet {
  /// Encodes ascending indices.
  static func encode(_ indices: [Int]) -> [UInt8] {
    var bytes: [UInt8] = []
    var end = 0
    var position = 0
    while position < indices.count {
      let start = indices[position]
      var last = start
      position += 1
      while position < indices.count, indices[position] == last + 1 {
        last += 1
        position += 1
      }
      append(UInt(start - end), to: &bytes)
      append(UInt(last - start), to: &bytes)
      end = last + 1
    }
    return bytes
  }

  static func decode(_ bytes: [UInt8]) -> [Int] {
    var indices: [Int] = []
    var end = 0
    var rest = bytes[...]
    while let gap = number(&rest), let length = number(&rest) {
      let start = end + Int(gap)
      indices.append(contentsOf: start...start + Int(length))
      end = start + Int(length) + 1
    }
    return indices
  }

  private static func append(_ number: UInt, to bytes: inout [UInt8]) {
    var rest = number
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  private static func number(_ bytes: inout ArraySlice<UInt8>) -> UInt? {
    var number: UInt = 0
    var shift: UInt = 0
    while let byte = bytes.popFirst(), shift < 63 {
      number |= UInt(byte & 0x7F) << shift
      if byte & 0x80 == 0 { return number }
      shift += 7
    }
    return nil
  }
}
