import Contract
import JSON
package import Ledger
import STIX
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

  /// Releases one: decided again with today's terms, of which this approval is one; what they withhold by now stays.
  /// - Throws: ``LedgerError``; ``StageFailure`` where the message cannot be read any more; ``HubError`` where the
  ///   folder's configuration is not the one in force.
  package func release(_ number: Int64, note: String) async throws -> DeliveryRow? {
    guard let row = try await home.ledger.pair(number) else { return nil }
    let version = try await versionInForce()
    let found = try await decision(for: row)
    if found.decision.outcome == .hold, let end = found.decision.heldUntil, end > clock.now() {
      throw StageFailure(
        .decide, .rule,
        "Delivery \(number) is held until \(end.plain) UTC by the terms themselves, which nobody approves away: release "
          + "it after that, or change the arrangement.")
    }
    let because = note.isEmpty ? "" : " (\(note))"
    let approved = found.decision.approved(
      isWholeRead: found.isWholeRead, reason: "Approved by \(`operator`)\(because). \(found.decision.reason)")
    return try await end(row, .release, approved.revised, under: version, note: note)
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
    _ row: HeldRow, _ verdict: Verdict, _ decision: RevisedDecision, under version: Int64, note: String
  ) async throws(LedgerError) -> DeliveryRow {
    var writer = JSONWriter()
    writer.object {
      $0.member("delivery", row.delivery.id)
      $0.member("note", note)
    }
    return try await home.ledger.endHold(
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

  /// What today's terms say of a pair.
  private func decision(
    for row: HeldRow
  ) async throws -> (decision: Decision, objects: [String], isWholeRead: Bool) {
    let message = try IncomingMessage(row.message, body: try await home.ledger.payload(of: row.message.id))
    let pipeline = IntakePipeline(configuration: home.configuration, keys: home.keys)
    let acceptedAt = row.message.acceptedAt ?? row.message.receivedAt
    let read = try pipeline.read(pipeline.identifyAgain(message), message, at: acceptedAt)
    let recipient = row.delivery.recipient
    let decision =
      home.configuration.decide(pipeline.submission(of: read, message, acceptedAt: acceptedAt, at: clock.now()))
      .first { $0.recipient == recipient }
      ?? Decision(
        recipient: recipient, outcome: .withhold, rule: .kindNotGranted,
        reason: "No grant in force names \(recipient) any more.")
    let objects = decision.keep.map { "\(read.canonical.objects[$0].id)" }
    return (decision, objects, read.residue.isEmpty)
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
