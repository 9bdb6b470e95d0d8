import JSON

/// An operator's wish to put dead letters through today's schemas, adapters and arrangements: a frozen list of ids.
package struct ReplayAct: Sendable, Equatable {
  /// The code of such an act in the ledger.
  package static let kind = "replay"

  package var deadLetters: [Int64]

  package init(deadLetters: [Int64]) { self.deadLetters = deadLetters }

  /// As the ledger keeps it.
  package func encoded() -> [UInt8] {
    var writer = JSONWriter()
    writer.object { act in
      act.key("dead_letters")
      act.array { list in for id in deadLetters { list.integer(Int(id)) } }
    }
    return writer.bytes
  }

  /// - Throws: ``StageFailure`` where the text is none of ours.
  package init(decoding bytes: [UInt8]) throws(StageFailure) {
    guard let document = try? JSONDocument(bytes), let list = document.root["dead_letters"] else {
      throw StageFailure(.ledger, .notReadable, "The act holds no list of dead letters.")
    }
    deadLetters = list.elements.compactMap(\.integer)
  }
}

/// What one replay came to: one line of the act's result.
package struct ReplayOutcome: Sendable, Equatable {
  /// What became of the dead letter.
  package enum Verdict: String, Sendable, CaseIterable {
    /// The message was accepted and its deliveries are on their way.
    case accepted
    /// The delivery is on its way again, or has arrived.
    case delivered
    case pending
    /// The recipient has these bytes already, so nothing was sent.
    case unchanged
    /// It had been accepted before, in an equal form.
    case duplicate
    /// Today's terms withhold or hold it.
    case withheld
    case held
    /// It failed again and lies open as before.
    case failed
    /// Somebody else has it, or it is closed.
    case skipped
  }

  package var deadLetter: Int64
  package var verdict: Verdict
  package var detail: String

  package init(_ deadLetter: Int64, _ verdict: Verdict, _ detail: String) {
    self.deadLetter = deadLetter
    self.verdict = verdict
    self.detail = detail
  }

  /// The outcomes as the ledger keeps them.
  package static func encode(_ outcomes: [ReplayOutcome]) -> [UInt8] {
    var writer = JSONWriter()
    writer.object { result in
      result.key("outcomes")
      result.array { list in
        for outcome in outcomes {
          list.object { item in
            item.member("dead_letter", Int(outcome.deadLetter))
            item.member("verdict", outcome.verdict.rawValue)
            item.member("detail", outcome.detail)
          }
        }
      }
    }
    return writer.bytes
  }

  /// The outcomes that ``encode(_:)`` wrote; what is none of ours is left out.
  package static func decode(_ bytes: [UInt8]) -> [ReplayOutcome] {
    guard let document = try? JSONDocument(bytes), let list = document.root["outcomes"] else { return [] }
    return list.elements.compactMap { item in
      guard let id = item["dead_letter"]?.integer, let word = item["verdict"]?.string,
        let verdict = Verdict(rawValue: word)
      else { return nil }
      return ReplayOutcome(id, verdict, item["detail"]?.string ?? "")
    }
  }
}
