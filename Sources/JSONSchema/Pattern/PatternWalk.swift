/// Walks a pattern's graph over a text, all ways at once.
struct PatternWalk {
  /// Where the walk stands between two bytes: the steps reached by bytes, and what stood before.
  struct State: Hashable {
    var steps: [Int]
    var isStart: Bool
    var afterWord: Bool
  }

  enum Outcome {
    case dead
    case matched
    case state(State)
  }

  private let graph: PatternGraph
  /// Whether every match begins at the start of the text, so that no new attempt is worth beginning later.
  private let isAnchored: Bool
  private let hasWords: Bool

  init(_ graph: PatternGraph) {
    self.graph = graph
    hasWords = graph.steps.contains { step in
      switch step {
      case .assertion(.wordBoundary, _), .assertion(.noWordBoundary, _): true
      default: false
      }
    }
    isAnchored = Self.beginsWithAnchor(graph)
  }

  var start: State { State(steps: [graph.start], isStart: true, afterWord: false) }

  /// What stands after a place, as far as assertions ask.
  enum Following: Equatable {
    case end, word, other
  }

  /// What each of some bytes leads to.
  func steps(_ state: State, _ bytes: [UInt8]) -> [Outcome] {
    let other = closure(state, .other)
    let word = hasWords ? closure(state, .word) : other
    return bytes.map { step(state, $0, reached: Self.isWord($0) ? word : other) }
  }

  private func step(_ state: State, _ byte: UInt8, reached: [Int]?) -> Outcome {
    guard let reached else { return .matched }
    var following: [Int] = isAnchored ? [] : [graph.start]
    for step in reached {
      if case .byte(let range, let target) = graph.steps[step], range.contains(byte) { following.append(target) }
    }
    if following.isEmpty { return .dead }
    following.sort()
    var distinct: [Int] = []
    for step in following where distinct.last != step { distinct.append(step) }
    return .state(State(steps: distinct, isStart: false, afterWord: hasWords && Self.isWord(byte)))
  }

  /// Whether a text that ends here matches.
  func acceptsAtEnd(_ state: State) -> Bool { closure(state, .end) == nil }

  /// Whether a text matches; nil when that takes more than `mostCost`.
  func matches(_ text: UnsafeBufferPointer<UInt8>) -> Bool? {
    var state = start
    var cost = 0
    for byte in text {
      let reached = closure(state, Self.isWord(byte) ? .word : .other, &cost)
      guard cost <= Self.mostCost else { return nil }
      switch step(state, byte, reached: reached) {
      case .dead: return false
      case .matched: return true
      case .state(let following): state = following
      }
    }
    return acceptsAtEnd(state)
  }

  /// Steps of the graph looked at for one text: a fraction of a second.
  private static let mostCost = 10_000_000

  /// All steps reached without a byte; nil when the match is among them.
  private func closure(_ state: State, _ next: Following) -> [Int]? {
    var cost = 0
    return closure(state, next, &cost)
  }

  private func closure(_ state: State, _ next: Following, _ cost: inout Int) -> [Int]? {
    var seen = [Bool](repeating: false, count: graph.steps.count)
    // Clearing so many marks costs too, though less than looking at a step.
    cost += 1 + seen.count / 64
    var reached: [Int] = []
    var waiting = state.steps
    while let step = waiting.popLast() {
      guard !seen[step] else { continue }
      seen[step] = true
      cost += 1
      switch graph.steps[step] {
      case .accept: return nil
      case .split(let targets): waiting += targets
      case .assertion(let assertion, let target):
        if holds(assertion, state, next) { waiting.append(target) }
      case .byte: reached.append(step)
      }
    }
    return reached
  }

  private func holds(_ assertion: PatternTree.Assertion, _ state: State, _ next: Following) -> Bool {
    switch assertion {
    case .begin: state.isStart
    case .end: next == .end
    case .wordBoundary: state.afterWord != (next == .word)
    case .noWordBoundary: state.afterWord == (next == .word)
    }
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x5F, 0x61...0x7A: true
    default: false
    }
  }

  private static func beginsWithAnchor(_ graph: PatternGraph) -> Bool {
    var seen = Set<Int>()
    var waiting = [graph.start]
    while let step = waiting.popLast() {
      guard seen.insert(step).inserted else { continue }
      switch graph.steps[step] {
      case .assertion(.begin, _): break
      case .split(let targets): waiting += targets
      default: return false
      }
    }
    return true
  }
}
