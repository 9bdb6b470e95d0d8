import CPCRE2
import Synchronization

/// A pattern that no automaton can hold, matched by PCRE2 with a bound on its work.
final class BacktrackingPattern: @unchecked Sendable {
  // The compiled pattern is not written after it is made; what a match writes to is behind a lock.
  private let code: OpaquePointer
  /// Whether matches are tried at the start of a text only.
  private let isAnchored: Bool
  private let spare = Mutex<[Scratch]>([])

  /// What one match writes to.
  private struct Scratch: @unchecked Sendable {
    // Belongs to one match at a time.
    let data: OpaquePointer
    let context: OpaquePointer
    let stack: OpaquePointer?
  }

  /// How often a match may go on at one place of the text, and at all places together.
  private static let mostSteps = 200_000
  private static let mostStepsTogether = 10_000_000
  private static let largestStack = 1 << 20
  private static let largestHeap: UInt32 = 8 << 10

  convenience init(_ tree: PatternTree) throws(PatternError) {
    var writer = PatternTranslation()
    try self.init(pcre: try writer.translate(tree))
  }

  /// A pattern in the words of PCRE2.
  init(pcre text: String) throws(PatternError) {
    var (code, offset): (Int32, Int) = (0, 0)
    let options = PCRE2_UTF | PCRE2_MATCH_UNSET_BACKREF | PCRE2_NEVER_BACKSLASH_C
    let made = Array(text.utf8).withUnsafeBufferPointer { bytes in
      pcre2_compile_8(bytes.baseAddress, bytes.count, options, &code, &offset, nil)
    }
    guard let made else {
      throw PatternError(message: "the pattern is too large, or its look-behind has no one length", offset: 0)
    }
    self.code = made
    pcre2_jit_compile_8(made, PCRE2_JIT_COMPLETE)
    var inferred: UInt32 = 0
    pcre2_pattern_info_8(made, UInt32(PCRE2_INFO_ALLOPTIONS), &inferred)
    isAnchored = inferred & PCRE2_ANCHORED != 0
  }

  deinit {
    spare.withLock { spare in
      for scratch in spare { Self.free(scratch) }
    }
    pcre2_code_free_8(code)
  }

  /// Whether the pattern matches somewhere in a text of UTF-8; nil when the bound does not suffice to say.
  func verdict(_ text: UnsafeBufferPointer<UInt8>) -> Bool? {
    guard let scratch = spare.withLock({ $0.popLast() }) ?? make() else { return nil }
    defer { spare.withLock { $0.append(scratch) } }
    let steps =
      isAnchored
      ? min(Self.mostSteps + 4 * text.count, Self.mostStepsTogether)
      : min(Self.mostSteps, Self.mostStepsTogether / (text.count + 1) + 20)
    pcre2_set_match_limit_8(scratch.context, UInt32(steps))
    let result = pcre2_match_8(
      code, text.baseAddress, text.count, 0, PCRE2_NO_UTF_CHECK, scratch.data, scratch.context)
    if result >= 0 { return true }
    return result == PCRE2_ERROR_NOMATCH ? false : nil
  }

  private func make() -> Scratch? {
    guard let data = pcre2_match_data_create_8(1, nil) else { return nil }
    guard let context = pcre2_match_context_create_8(nil) else {
      pcre2_match_data_free_8(data)
      return nil
    }
    pcre2_set_heap_limit_8(context, Self.largestHeap)
    let stack = pcre2_jit_stack_create_8(32 << 10, Self.largestStack, nil)
    if let stack { pcre2_jit_stack_assign_8(context, nil, UnsafeMutableRawPointer(stack)) }
    return Scratch(data: data, context: context, stack: stack)
  }

  private static func free(_ scratch: Scratch) {
    pcre2_match_data_free_8(scratch.data)
    pcre2_match_context_free_8(scratch.context)
    if let stack = scratch.stack { pcre2_jit_stack_free_8(stack) }
  }
}

// MARK: - Properties

extension BacktrackingPattern {
  /// The characters that have a property, by the name that PCRE2 uses; nil when it knows none of that name.
  static func set(ofProperty name: String) -> CharacterSet? {
    guard let pattern = try? BacktrackingPattern(pcre: "\\p{\(name)}+") else { return nil }
    return CharacterSet(pattern.runs(in: allCharacters))
  }

  /// All characters in UTF-8, one after another.
  private static let allCharacters: [UInt8] = {
    let count = 0x80 + 2 * 0x780 + 3 * (0xF800 - 0x800) + 4 * 0x100000
    return [UInt8](unsafeUninitializedCapacity: count) { buffer, length in
      for value in UInt32(0)...0x10FFFF where value & ~0x7FF != 0xD800 {
        switch value {
        case 0..<0x80: buffer[length] = UInt8(value)
        case 0x80..<0x800: buffer[length] = UInt8(0xC0 | value >> 6)
        case 0x800..<0x10000: buffer[length] = UInt8(0xE0 | value >> 12)
        default: buffer[length] = UInt8(0xF0 | value >> 18)
        }
        length += 1
        var left = value < 0x80 ? 0 : value < 0x800 ? 1 : value < 0x10000 ? 2 : 3
        while left > 0 {
          left -= 1
          buffer[length] = UInt8(0x80 | value >> UInt32(6 * left) & 0x3F)
          length += 1
        }
      }
    }
  }()

  /// The first and last character of each match in a text.
  private func runs(in text: [UInt8]) -> [ClosedRange<UInt32>] {
    guard let data = pcre2_match_data_create_8(1, nil) else { return [] }
    defer { pcre2_match_data_free_8(data) }
    var runs: [ClosedRange<UInt32>] = []
    text.withUnsafeBufferPointer { bytes in
      var start = 0
      while pcre2_match_8(code, bytes.baseAddress, bytes.count, start, PCRE2_NO_UTF_CHECK, data, nil) > 0,
        let ends = pcre2_get_ovector_pointer_8(data)
      {
        var last = ends[1] - 1
        while bytes[last] & 0xC0 == 0x80 { last -= 1 }
        runs.append(Self.character(bytes, at: ends[0])...Self.character(bytes, at: last))
        start = ends[1]
      }
    }
    return runs
  }

  private static func character(_ bytes: UnsafeBufferPointer<UInt8>, at start: Int) -> UInt32 {
    String(decoding: bytes[start..<min(start + 4, bytes.count)], as: UTF8.self).unicodeScalars.first?.value ?? 0
  }
}
