import Contract
import JSON
package import Ledger
import Sharing

/// What an operator does with held pairs: the acts behind the commands, and behind a page.
package struct HeldDesk: Sendable {
  let home: HubHome
  private let `operator`: String
  private let clock: any HubClock

  package init(_ home: HubHome, operator: String, clock: any HubClock = SystemClock()) {
    self.home = home
    self.operator = `operator`
    self.clock = clock
  }

  /// What an operator decides of a hold.
  package enum Verdict: String, Sendable {
    case release
    case refuse

    /// The code of such an act in the ledger.
    var act: String { "held-" + rawValue }
  }

  package func list(_ filter: HeldFilter) async throws(LedgerError) -> HeldList {
    var more = filter
    more.limit += 1
    let rows = try await home.ledger.held(more)
    return HeldList(
      rows: Array(rows.prefix(filter.limit)), isCutShort: rows.count > filter.limit, now: clock.now())
  }

  /// A held pair with what releasing it would come to now; nil where there is none of this number.
  package func story(_ number: Int64) async throws(LedgerError) -> HeldStory? {
    guard let row = try await home.ledger.pair(number) else { return nil }
    do {
      let today = try await decision(for: row)
      return HeldStory(row: row, today: today.decision, objects: today.objects, trouble: nil, now: clock.now())
    } catch let error as StageFailure {
      return HeldStory(row: row, today: nil, objects: [], trouble: error.detail, now: clock.now())
    } catch let error as LedgerError {
      throw error
    } catch {
      return HeldStory(row: row, today: nil, objects: [], trouble: "\(error)", now: clock.now())
    }
  }

  /// Releases one: decided again with today's terms, of which this release is one; what they withhold by now stays, and
  /// what others have to release too, or time has to end, holds it still.
  ///
  /// - Parameter voice: the party that releases it; nil where it is for the hub's operators.
  /// - Throws: ``LedgerError``; ``StageFailure`` where the message cannot be read any more, or it is not theirs to
  ///   release; ``HubError`` where the folder's configuration is not the one in force.
  package func release(_ number: Int64, as voice: PartyVoice? = nil, note: String) async throws -> DeliveryRow? {
    guard let row = try await home.ledger.pair(number) else { return nil }
    let version = try await versionInForce()
    let found = try await decision(for: row)
    let before = (try? Decision(decoding: row.delivery.decision))?.releases ?? []
    var proof: PartyVoice.Proof?
    if found.decision.outcome == .hold {
      try refuseStrangers(found.decision.released(by: before, isWholeRead: true), voice, number)
      proof = try voice?.proof(for: row.delivery.deliveryID, home.configuration, at: clock.now())
    }
    let who = proof.map { "\($0.sentence), entered by \(`operator`)" } ?? `operator`
    let because = note.isEmpty ? "" : " (\(note))"
    let approved = found.decision.released(
      by: before + [Release(by: voice?.party)], isWholeRead: found.isWholeRead,
      reason: "Approved by \(who)\(because). \(found.decision.reason)")
    return try await end(row, .release, approved.revised, under: version, note: note, proof: proof)
  }

  /// Nobody releases what is another's to release, or what time alone ends.
  private func refuseStrangers(_ held: Decision, _ voice: PartyVoice?, _ number: Int64) throws(StageFailure) {
    // What was released before may be all that it waited for: time has ended the rest.
    guard held.outcome == .hold else { return }
    let open = held.openHolds
    guard !open.contains(where: { $0.isEnded(by: [Release(by: voice?.party)]) }) else { return }
    guard let first = open.first(where: { $0.until == nil }) else {
      let end = held.heldUntil.map { " until \($0.plain) UTC" } ?? ""
      throw StageFailure(
        .decide, .rule,
        "Delivery \(number) is held\(end) by the terms themselves, which nobody approves away: the hub releases it "
          + "then; to have it earlier, change the arrangement.")
    }
    let parties = PlainText.list(first.releasedBy.map(\.slug), "or")
    let whose =
      first.releasedBy.isEmpty
      ? "the hub's operators: leave out --as" : "\(parties): release it with --as \(first.releasedBy[0])"
    throw StageFailure(.decide, .rule, "Delivery \(number) is (\(first.rule.rawValue)) for \(whose).")
  }

  /// Refuses one: it is withheld.
  package func refuse(_ number: Int64, reason: String) async throws -> DeliveryRow? {
    guard let row = try await home.ledger.pair(number) else { return nil }
    let sentence = "Refused by \(`operator`): \(reason)"
    let refused = Decision(
      recipient: row.delivery.recipient, outcome: .withhold, rule: .needsApproval,
      arrangement: row.delivery.arrangement, reason: sentence)
    return try await end(row, .refuse, refused.revised, under: row.delivery.configuration, note: reason)
  }

  private func end(
    _ row: HeldRow, _ verdict: Verdict, _ decision: RevisedDecision, under version: Int64, note: String,
    proof: PartyVoice.Proof? = nil
  ) async throws(LedgerError) -> DeliveryRow {
    var writer = JSONWriter()
    writer.object {
      $0.member("delivery", row.delivery.id)
      $0.member("note", note)
      guard let proof else { return }
      $0.member("party", proof.party.slug)
      if let key = proof.key { $0.member("key", key) }
      if let signature = proof.signature { $0.member("signature", signature) }
    }
    return try await home.ledger.answerHold(
      row.delivery.id, decision: decision, configuration: version, act: verdict.act, arguments: writer.bytes,
      operator: `operator`, at: clock.now())
  }

  /// The version of the folder's configuration, which must be the newest in the ledger: nothing is released by terms that
  /// no hub follows.
  private func versionInForce() async throws -> Int64 {
    guard let newest = try await home.ledger.newestConfiguration() else {
      throw HubError(
        .configuration, "No configuration is in force yet: start a hub with `entente serve`, then release it.")
    }
    guard newest.digest == home.configuration.digest else {
      throw HubError(
        .configuration,
        "The configuration in \(home.folder) is not the one in force (version \(newest.version)): restart the hub, so "
          + "that it takes the folder up, or name the folder that it runs with.")
    }
    return newest.version
  }

  private func decision(for row: HeldRow) async throws -> HeldDecision {
    try await HeldDecision(row, home.configuration, home.keys, home.ledger, at: clock.now())
  }
}

extension Decision {
  /// As the ledger takes it in the place of an earlier one.
  var revised: RevisedDecision {
    RevisedDecision(
      outcome: DecisionOutcome(outcome), rule: rule.rawValue, arrangement: arrangement, reason: reason, objects: keep,
      decision: encoded())
  }
}
