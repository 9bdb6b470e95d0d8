import Adapters
package import Contract
package import Ledger
package import Sharing

/// What replaying one pair of history comes to as of now: a function of what the ledger has and of the configuration.
package enum PairProspect: Sendable {
  /// The recipient has these bytes, confirmed.
  case unchanged
  /// It leaves, as this revision and in this format.
  case sends(Decision, revision: Int, format: FormatID?, losses: Int)
  /// The recipient has these bytes and gets them once more, as they were.
  case sendsAgain(revision: Int)
  case withheld(Decision)
  case held(Decision)
  case failed(StageFailure)

  package init(
    of row: DeliveryRow, _ source: DeliverySource, again: Bool, under configuration: Configuration, keys: HubKeys,
    at time: Instant
  ) {
    let decision = Self.decision(for: row, source, configuration, keys, at: time)
    switch decision.outcome {
    case .withhold: self = .withheld(decision)
    case .hold: self = .held(decision)
    case .deliver, .redact:
      let format = configuration.agencies[row.recipient]?.format(for: source.read.kind)
      let pipeline = DeliveryPipeline(configuration: configuration, keys: keys, now: time)
      let confirmed = row.confirmedRevision
      do throws(DeliveryPipeline.Refusal) {
        let pending = PendingDelivery(row, decision, format: format, revision: confirmed ?? 1)
        let sealed = try pipeline.run(pending, of: source)
        if let confirmed, sealed.mac == row.bodyMAC {
          self = again ? .sendsAgain(revision: confirmed) : .unchanged
        } else {
          self = .sends(decision, revision: (confirmed ?? 0) + 1, format: format, losses: sealed.losses.count)
        }
      } catch {
        switch error {
        case .failed(let failure): self = .failed(failure)
        case .withheld(_, let reason):
          var narrowed = decision
          narrowed.outcome = .withhold
          narrowed.keep = []
          narrowed.reason = reason
          self = .withheld(narrowed)
        }
      }
    }
  }

  /// What today's terms say of the pair. What was released stays released, within them.
  static func decision(
    for row: DeliveryRow, _ source: DeliverySource, _ configuration: Configuration, _ keys: HubKeys, at time: Instant
  ) -> Decision {
    let pipeline = IntakePipeline(configuration: configuration, keys: keys)
    let submission = pipeline.submission(
      of: source.read, source.message, acceptedAt: source.origin.acceptedAt, at: time)
    let today =
      configuration.decide(submission).first { $0.recipient == row.recipient }
      ?? Decision(
        recipient: row.recipient, outcome: .withhold, rule: .kindNotGranted,
        reason: "No grant in force names \(row.recipient) any more.")
    let releases = (try? Decision(decoding: row.decision))?.releases ?? []
    return today.released(by: releases, isWholeRead: source.read.residue.isEmpty)
  }

  /// One or two sentences on what it would come to.
  package func sentence(for recipient: AgencyID) -> String {
    switch self {
    case .unchanged: "\(recipient) has it as it would be now: nothing is sent."
    case .sends(_, let revision, let format, let losses):
      "It goes to \(recipient) as \(format?.slug ?? "its format"), revision \(revision)"
        + (losses == 0 ? "." : ", with \(PlainText.count(losses, "loss", "losses")).")
    case .sendsAgain(let revision): "It goes to \(recipient) once more, as revision \(revision)."
    case .withheld(let decision): "Withheld now: \(decision.reason)"
    case .held(let decision): "Held now: \(decision.reason)"
    case .failed(let failure): failure.detail
    }
  }
}
