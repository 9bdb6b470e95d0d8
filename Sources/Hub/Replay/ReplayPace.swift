/// How fast a replay goes on, and when it holds itself: a value, told what came of each step.
struct ReplayPace: Sendable, Equatable {
  /// The sizes of the first steps; after them each is as large as it may be.
  static let ramp = [1, 10, 100]
  /// How many lines one step has at most.
  static let largestStep = 256
  /// A share of fewer lines than these says nothing.
  static let fewestToJudge = 10

  private let rate: Double
  private let stopRatio: Double
  private let ramps: Bool
  private var steps = 0
  private var done = 0
  private var failed = 0

  init(_ order: ReplayOrder) {
    rate = order.rate
    stopRatio = order.stopRatio
    ramps = order.ramps
  }

  /// Whether the steps are still those that are looked at before more follows.
  var isRamping: Bool { ramps && steps < Self.ramp.count }

  /// How many lines the next step has: with a rate, no more than a quarter of a second's.
  var step: Int {
    let size = isRamping ? Self.ramp[steps] : Self.largestStep
    guard rate > 0 else { return size }
    return max(1, min(size, Int(rate / 4)))
  }

  /// How many milliseconds so many lines may not be quicker than.
  func milliseconds(for lines: Int) -> Double { rate > 0 ? Double(lines) * 1000 / rate : 0 }

  /// Takes down what came of a step; gives the sentence that says why the replay must hold, or nil.
  mutating func note(done lines: Int, failed bad: Int) -> String? {
    steps += 1
    done += lines
    failed += bad
    guard done >= Self.fewestToJudge, Double(failed) > stopRatio * Double(done) else { return nil }
    let share = Int((Double(failed) * 100 / Double(done)).rounded())
    let limit = Int((stopRatio * 100).rounded())
    return "\(failed) of \(done) failed (\(share) %); it stops above \(limit) %"
  }
}
