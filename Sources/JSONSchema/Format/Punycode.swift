/// The ASCII form of labels of other scripts (RFC 3492), without its prefix `xn--`.
enum Punycode {
  private static let base = 36
  private static let least = 1
  private static let most = 26
  private static let skew = 38
  private static let damp = 700

  /// The characters that a text of it stands for; nil when it stands for none.
  static func decoded(_ text: some BidirectionalCollection<UInt8>) -> [Unicode.Scalar]? {
    var scalars: [UInt32] = []
    var rest = text[...]
    if let dash = text.indices.reversed().first(where: { text[$0] == UInt8(ascii: "-") }) {
      scalars = text[..<dash].map { UInt32($0) }
      rest = text[text.index(after: dash)...]
    }
    guard scalars.allSatisfy({ $0 < 0x80 }) else { return nil }
    var (character, place, bias) = (128, 0, 72)
    while !rest.isEmpty {
      let before = place
      var (weight, step) = (1, base)
      while true {
        guard let byte = rest.popFirst(), let digit = value(byte) else { return nil }
        place += digit * weight
        guard place < 1 << 32 else { return nil }
        let threshold = min(max(step - bias, least), most)
        if digit < threshold { break }
        weight *= base - threshold
        guard weight < 1 << 32 else { return nil }
        step += base
      }
      bias = adapted(place - before, scalars.count + 1, isFirst: before == 0)
      character += place / (scalars.count + 1)
      place %= scalars.count + 1
      guard character <= 0x10FFFF else { return nil }
      scalars.insert(UInt32(character), at: place)
      place += 1
    }
    let characters = scalars.compactMap(Unicode.Scalar.init)
    return characters.count == scalars.count ? characters : nil
  }

  /// The text that stands for some characters.
  static func encoded(_ scalars: [Unicode.Scalar]) -> [UInt8] {
    var text = scalars.filter(\.isASCII).map { UInt8($0.value) }
    var done = text.count
    if done > 0 { text.append(UInt8(ascii: "-")) }
    let basic = done
    var (character, place, bias) = (128, 0, 72)
    while done < scalars.count {
      guard let next = scalars.lazy.map({ Int($0.value) }).filter({ $0 >= character }).min() else { break }
      place += (next - character) * (done + 1)
      character = next
      for scalar in scalars {
        if scalar.value < character { place += 1 }
        guard scalar.value == character else { continue }
        var (rest, step) = (place, base)
        while true {
          let threshold = min(max(step - bias, least), most)
          if rest < threshold { break }
          text.append(digit(threshold + (rest - threshold) % (base - threshold)))
          rest = (rest - threshold) / (base - threshold)
          step += base
        }
        text.append(digit(rest))
        bias = adapted(place, done + 1, isFirst: done == basic)
        place = 0
        done += 1
      }
      place += 1
      character += 1
    }
    return text
  }

  private static func adapted(_ distance: Int, _ count: Int, isFirst: Bool) -> Int {
    var distance = isFirst ? distance / damp : distance / 2
    distance += distance / count
    var steps = 0
    while distance > (base - least) * most / 2 {
      distance /= base - least
      steps += base
    }
    return steps + (base - least + 1) * distance / (distance + skew)
  }

  private static func value(_ byte: UInt8) -> Int? {
    if byte.isLetter { return Int((byte | 0x20) - UInt8(ascii: "a")) }
    return byte.isDigit ? Int(byte - UInt8(ascii: "0")) + 26 : nil
  }

  private static func digit(_ value: Int) -> UInt8 {
    UInt8(value < 26 ? value + 0x61 : value - 26 + 0x30)
  }
}
