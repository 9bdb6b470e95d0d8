package import Contract
import JSON
import Ledger

/// What an operator asks of a replay of many, beside its list.
package struct ReplayOrder: Sendable, Equatable {
  /// The code of such an act in the ledger; of what operators and the hub do with it afterwards, `replay-` and the state.
  package static let kind = "replay-started"

  /// Messages per second at most; 0 sets no limit.
  package var rate: Double
  /// Whether it begins with 1, then 10, then 100, and looks at what came of them before it goes on.
  package var ramps: Bool
  /// It stops where more than this share failed, from 0 to 1.
  package var stopRatio: Double
  /// Whether a recipient gets once more what it has already: same id, same revision.
  package var again: Bool
  /// The lane to send along instead of the message's own.
  package var lane: Lane?
  /// Why, in the operator's words.
  package var reason: String
  /// What was chosen, in words.
  package var choice: String

  package init(
    rate: Double = 0, ramps: Bool = true, stopRatio: Double = 0.2, again: Bool = false, lane: Lane? = nil,
    reason: String = "", choice: String = ""
  ) {
    self.rate = rate
    self.ramps = ramps
    self.stopRatio = stopRatio
    self.again = again
    self.lane = lane
    self.reason = reason
    self.choice = choice
  }

  /// As the ledger keeps it.
  package func encoded() -> [UInt8] {
    var writer = JSONWriter()
    writer.object { order in
      order.member("rate", rate)
      order.member("ramps", ramps)
      order.member("stop_ratio", stopRatio)
      order.member("again", again)
      if let lane { order.member("lane", lane.rawValue) }
      order.member("reason", reason)
      order.member("choice", choice)
    }
    return writer.bytes
  }

  /// - Throws: ``StageFailure`` where the text is none of ours: nothing is replayed on a guess.
  package init(decoding bytes: [UInt8]) throws(StageFailure) {
    guard let document = try? JSONDocument(bytes), let rate = document.root["rate"]?.number,
      let ramps = document.root["ramps"]?.bool, let stopRatio = document.root["stop_ratio"]?.number,
      let again = document.root["again"]?.bool
    else { throw StageFailure(.ledger, .notReadable, "What was asked of the replay cannot be read.") }
    var lane: Lane?
    if let name = document.root["lane"]?.string {
      guard let known = Lane(rawValue: name) else {
        throw StageFailure(.ledger, .notReadable, "The replay names a lane '\(name.shortened)' that there is not.")
      }
      lane = known
    }
    self.init(
      rate: rate, ramps: ramps, stopRatio: stopRatio, again: again, lane: lane,
      reason: document.root["reason"]?.string ?? "", choice: document.root["choice"]?.string ?? "")
  }
}
