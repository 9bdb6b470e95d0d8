import STIX

/// Patterns: what cannot be read has a place in the text.
enum FuzzPattern {
  static func run(_ bytes: [UInt8]) {
    let text = String(decoding: bytes.prefix(1 << 16), as: UTF8.self)
    do throws(PatternError) {
      let pattern = try Pattern(text)
      _ = pattern.faults
      _ = pattern.equalities()
    } catch {
      promise(error.position >= 1 && error.position <= text.count + 1, "an error stands inside the text")
      promise(!error.message.isEmpty, "an error says what it is")
    }
  }
}
