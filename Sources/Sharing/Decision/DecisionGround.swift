package import Contract

/// What a decision was made under. As long as it stands, whatever passed would pass again.
package struct DecisionGround: Sendable {
  fileprivate let memory: DecisionMemory
  fileprivate let period: Int
  fileprivate let at: Instant
}

extension Configuration {
  /// What is decided under at a moment.
  package func ground(at time: Instant) -> DecisionGround {
    DecisionGround(memory: memory, period: memory.period(at: time), at: time)
  }

  /// Whether deciding a message again, later, would let the same pass of it as a decision that let it pass at once: by the
  /// same terms, between the same two moments at which something of them begins or ends. (What a grant lets wait for a
  /// time ends with that time, so that what waited for nothing then waits for nothing now.)
  package func stands(_ ground: DecisionGround, at time: Instant) -> Bool {
    ground.memory === memory && time >= ground.at && memory.period(at: time) == ground.period
  }
}
