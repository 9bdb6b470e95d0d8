/// A pattern as a nondeterministic automaton over bytes (Thompson's construction).
struct PatternGraph {
  enum Step {
    /// One byte of a range, then on.
    case byte(ClosedRange<UInt8>, Int)
    /// Either way, without a byte.
    case split([Int])
    /// On, when this holds here.
    case assertion(PatternTree.Assertion, Int)
    case accept
  }

  private(set) var steps: [Step] = [.accept]
  private(set) var start = 0
  /// Past this many steps a pattern is refused: its bounds multiply to too much.
  static let mostSteps = 50_000

  init(_ tree: PatternTree) throws(PatternError) {
    start = try add(tree, then: 0)
  }

  private mutating func add(_ step: Step) throws(PatternError) -> Int {
    guard steps.count < Self.mostSteps else {
      throw PatternError(message: "the pattern is too large: its repetitions multiply to too much", offset: 0)
    }
    steps.append(step)
    return steps.count - 1
  }

  private mutating func add(_ tree: PatternTree, then next: Int) throws(PatternError) -> Int {
    switch tree {
    case .characters(let set): return try add(set, then: next)
    case .sequence(let parts):
      var target = next
      for part in parts.reversed() { target = try add(part, then: target) }
      return target
    case .choice(let branches):
      var targets: [Int] = []
      for branch in branches { targets.append(try add(branch, then: next)) }
      return try add(.split(targets))
    case .assertion(let assertion): return try add(.assertion(assertion, next))
    case .group(_, let part): return try add(part, then: next)
    case .reference, .look: throw PatternError(message: "the pattern is not regular", offset: 0)
    case .repeated(let part, let least, let most, _):
      var target = next
      if let most {
        for _ in least..<max(least, most) {
          target = try add(.split([try add(part, then: target), next]))
        }
      } else {
        let loop = try add(.split([]))
        steps[loop] = .split([try add(part, then: loop), next])
        target = loop
      }
      for _ in 0..<least { target = try add(part, then: target) }
      return target
    }
  }

  private mutating func add(_ set: CharacterSet, then next: Int) throws(PatternError) -> Int {
    var shared: [[ClosedRange<UInt8>]: Int] = [:]
    var targets: [Int] = []
    for sequence in UTF8Sequences.of(set) {
      var target = next
      for place in sequence.indices.reversed() {
        let rest = Array(sequence[place...])
        if let known = shared[rest] {
          target = known
        } else {
          target = try add(.byte(sequence[place], target))
          shared[rest] = target
        }
      }
      targets.append(target)
    }
    return targets.count == 1 ? targets[0] : try add(.split(targets))
  }
}
