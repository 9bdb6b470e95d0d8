/// A pattern of ECMA-262, searched for anywhere in a string, in time linear in the string where it is regular.
///
/// It is a table of states when that stays small; a pattern whose table would grow too large is walked as a graph,
/// which costs more per byte but is as linear, within a bound. What no automaton can hold (look-around, back-references) is PCRE2's,
/// within a bound.
final class Pattern: @unchecked Sendable {
  // The table is written while the pattern is made, and never after.
  let source: String
  private let graph: PatternGraph
  private let table: Table?
  /// The end of the pattern, where it has a fixed length; graph and table are for what comes before.
  private let tail: PatternTail?
  /// For patterns that are not regular; graph and table are of nothing then.
  private let backtracking: BacktrackingPattern?

  /// The next state by state and class of byte. States are numbered in steps of the number of classes, so that a
  /// state is the place of its row.
  private struct Table {
    var next: UnsafeMutablePointer<UInt32>
    var accepts: UnsafeMutablePointer<Bool>
    var classes: UnsafeMutablePointer<UInt8>
    var classCount: Int
  }

  /// The state from which no match can come, and the one in which the match is certain.
  private static let dead: UInt16 = 0
  private static let matched: UInt16 = 1
  private static let start: UInt16 = 2
  /// More states than this are not tabulated, nor is a table that takes more work: steps of the graph looked at.
  private static let mostStates = 12_000
  private static let mostWork = 1_000_000

  init(_ source: String) throws(PatternError) {
    self.source = source
    let whole = try PatternParser.parse(source)
    guard let tree = whole.regular else {
      backtracking = try BacktrackingPattern(whole)
      (tail, table) = (nil, nil)
      graph = try PatternGraph(.sequence([]))
      return
    }
    backtracking = nil
    let parts = PatternTail.split(tree)
    tail = parts?.tail
    graph = try PatternGraph(parts?.head ?? tree)
    let (classes, count) = ByteClasses.of(graph)
    table = Self.tabulate(PatternWalk(graph), classes, count).map { made in
      Table(
        next: allocated(made.next.map { UInt32($0) * UInt32(count) }), accepts: allocated(made.accepts),
        classes: allocated(classes), classCount: count)
    }
  }

  deinit {
    table?.next.deallocate()
    table?.accepts.deallocate()
    table?.classes.deallocate()
    tail?.deallocate()
  }

  /// Whether the table could be made.
  var isTabulated: Bool { table != nil }

  /// Whether a text matches; nil when that would cost too much to find out.
  func verdict(_ text: String) -> Bool? {
    var text = text
    return text.withUTF8 { verdict($0) }
  }

  /// Whether the pattern matches somewhere in a text of UTF-8; nil when that would cost too much to find out.
  func verdict(_ text: UnsafeBufferPointer<UInt8>) -> Bool? {
    if let backtracking { return backtracking.verdict(text) }
    guard let tail else { return searches(text) }
    guard text.count >= tail.count, tail.accepts(text) else { return false }
    return searches(UnsafeBufferPointer(rebasing: text[..<(text.count &- tail.count)]))
  }

  private func searches(_ text: UnsafeBufferPointer<UInt8>) -> Bool? {
    guard let table else { return PatternWalk(graph).matches(text) }
    let width = UInt32(truncatingIfNeeded: table.classCount)
    let matched = UInt32(Self.matched) &* width
    var state = UInt32(Self.start) &* width
    for byte in text {
      let next = table.next[Int(state) &+ Int(table.classes[Int(byte)])]
      // Where a state leads to itself, the processor guesses so and does not wait for the table.
      if next != state {
        state = next
        if state <= matched { return state == matched }
      }
    }
    return table.accepts[Int(state / width)]
  }

  private static func tabulate(
    _ walk: PatternWalk, _ classes: [UInt8], _ classCount: Int
  ) -> (next: [UInt16], accepts: [Bool])? {
    var states: [PatternWalk.State: UInt16] = [:]
    var waiting: [PatternWalk.State] = [walk.start]
    states[walk.start] = start
    var next = [UInt16](repeating: dead, count: classCount) + [UInt16](repeating: matched, count: classCount)
    var accepts = [false, true]
    let bytes = (0..<classCount).map { wanted in UInt8(classes.firstIndex(of: UInt8(wanted)) ?? 0) }
    var done = 0
    var work = 0
    while done < waiting.count {
      let state = waiting[done]
      done += 1
      work += state.steps.count * classCount
      guard work <= mostWork else { return nil }
      accepts.append(walk.acceptsAtEnd(state))
      for outcome in walk.steps(state, bytes) {
        switch outcome {
        case .dead: next.append(dead)
        case .matched: next.append(matched)
        case .state(let following):
          if let known = states[following] {
            next.append(known)
          } else {
            guard waiting.count < mostStates else { return nil }
            let number = UInt16(waiting.count) + start
            states[following] = number
            waiting.append(following)
            next.append(number)
          }
        }
      }
    }
    return (next, accepts)
  }
}

/// The bytes that a pattern cannot tell apart.
enum ByteClasses {
  static func of(_ graph: PatternGraph) -> (classes: [UInt8], count: Int) {
    var starts = [Bool](repeating: false, count: 257)
    func cut(_ range: ClosedRange<UInt8>) {
      starts[Int(range.lowerBound)] = true
      starts[Int(range.upperBound) + 1] = true
    }
    var hasWords = false
    for step in graph.steps {
      switch step {
      case .byte(let range, _): cut(range)
      case .assertion(.wordBoundary, _), .assertion(.noWordBoundary, _): hasWords = true
      default: break
      }
    }
    if hasWords {
      for range in CharacterSet.word.ranges { cut(UInt8(range.lowerBound)...UInt8(range.upperBound)) }
    }
    var classes = [UInt8](repeating: 0, count: 256)
    var current = 0
    for byte in 1..<256 {
      if starts[byte] { current += 1 }
      classes[byte] = UInt8(current)
    }
    return (classes, current + 1)
  }
}
