package import Contract
import JSON
package import Ledger
import STIX
package import Sharing

/// Why a recipient got what it got of a message: what was decided, by which line of which arrangement, and what today's
/// terms would say.
package struct WhyAnswer: Sendable {
  package let message: MessageRow
  package let delivery: DeliveryRow?
  package let recipient: AgencyID
  /// As it stands in the ledger; nil where the recipient was not considered.
  package let decision: Decision?
  /// What would be decided now; nil where the message cannot be read any more.
  package let today: ExplainedRecipient?
  /// It is the recipient that asks: it is told of what it got, and of nothing beside that.
  package let isRecipients: Bool

  package func lines(width: Int = PlainText.width) -> [String] {
    if isRecipients { return recipientsLines(width) }
    var lines = ["\(message.messageID.printable.cut(to: 100)), from \(message.sender) to \(recipient)"]
    guard let delivery, let decision else {
      lines += "Not considered: no grant in force named it under configuration \(message.configuration ?? 0).".under(
        "  then   ", width: width)
      return lines + now(width)
    }
    let version = decision.arrangementVersion.map { ", version \($0)" } ?? ""
    let place = decision.arrangement.map { arrangement in
      " by \(decision.grant.map { "grant \($0) of " } ?? "")\(arrangement)\(version)"
    }
    let when = "\(delivery.decidedAt), configuration \(delivery.configuration)"
    lines += "\(decision.reason)".under("  then   ", width: width)
    lines += "\(delivery.state.rawValue) (\(decision.rule.rawValue)\(place ?? "")), \(when)".under(
      "         ", width: width)
    let duties = decision.obligations.sentence
    if decision.outcome != .withhold, !duties.isEmpty { lines += duties.under("         ", width: width) }
    return lines + now(width)
  }

  /// No word on how much was withheld, which nobody but the sender may know of; nor whose it was, where that is hidden.
  private func recipientsLines(_ width: Int) -> [String] {
    guard let delivery, let decision else { return [] }
    let isHidden = decision.isSourceHidden
    let from = isHidden ? "an agency that may not be named" : message.sender.slug
    let version = decision.arrangementVersion.map { ", version \($0)" } ?? ""
    let grant = decision.grant.map { "grant \($0) of " } ?? ""
    let place = isHidden ? nil : decision.arrangement.map { " by \(grant)arrangement \($0)\(version)" }
    let passed = PlainText.count(decision.keep.count, "object")
    var lines = ["\(delivery.deliveryID.printable), from \(from) to \(recipient)"]
    lines += "\(passed) passed\(place ?? ""), delivered at \(delivery.confirmedAt?.description ?? "").".under(
      "  then   ", width: width)
    let duties = decision.obligations.sentence
    if !duties.isEmpty { lines += duties.under("         ", width: width) }
    let still = today?.decision.map { $0.outcome != .withhold && Set(decision.keep).isSubset(of: $0.keep) } ?? false
    lines.append("  today  " + (still ? "It would pass again." : "It would not pass again as it was."))
    return lines
  }

  private func now(_ width: Int) -> [String] {
    guard let today else { return ["  today  The message cannot be read any more."] }
    let isSame = today.decision?.outcome == decision?.outcome && today.decision?.keep == decision?.keep
    let trial =
      today.isOnTrial
      ? " (Arrangement \(today.decision?.arrangement ?? "") is on trial, without signatures.)" : ""
    return ((isSame ? "The same. " : "") + today.reason + trial).under("  today  ", width: width)
  }
}

/// Who saw a message, or an object of any message.
package struct Sighting: Sendable {
  package let message: MessageRow
  package let delivery: DeliveryRow
  /// How many objects it got, or nil where one object was asked for.
  package let objects: Int?
  /// The id under which the recipient has the object, where that is not the one that was asked for.
  package let knownAs: String?
  /// It is told to the recipient, which may not know whose it was or how its sender called it.
  package var isHidden = false
}

extension Decision {
  /// Whether the recipient may not know who the originator is.
  var isSourceHidden: Bool { hidesSource || obligations.attribution == .mustNot }
}

extension Sighting {
  package static func lines(_ sightings: [Sighting], width: Int = PlainText.width) -> [String] {
    guard !sightings.isEmpty else { return ["Nobody saw it."] }
    var table = TextTable([
      .init("who", widest: 24), .init("when", widest: 24), .init("as", widest: 10), .init("from", widest: 24),
      .init("message", widest: 40), .init("what", widest: width),
    ])
    for sighting in sightings {
      let what =
        sighting.knownAs.map { _ in "changed" } ?? sighting.objects.map { PlainText.count($0, "object") }
        ?? "as it was sent"
      table.rows.append([
        sighting.delivery.recipient.slug, sighting.delivery.confirmedAt?.description ?? "",
        sighting.delivery.format?.slug ?? "", sighting.isHidden ? "" : sighting.message.sender.slug,
        (sighting.isHidden ? sighting.delivery.deliveryID : sighting.message.messageID).printable.cut(to: 40), what,
      ])
    }
    // An id that is cut is of no use: it is what somebody quotes.
    let ids = sightings.compactMap { sighting in
      sighting.knownAs.map { "  \(sighting.delivery.recipient): its other id is \($0)" }
    }
    return table.lines(width: width) + ids
  }
}

extension HubHome {
  /// Why a recipient got what it got of a message; nil where the ledger knows no such message, or where it is none of
  /// the business of whoever asks: what was withheld from somebody and what never was are told alike.
  package func why(
    _ id: String, to recipient: AgencyID, asking: AgencyID? = nil, at time: Instant
  ) async throws -> WhyAnswer? {
    var record = try await ledger.trace(messageID: id)
    if record.messages.isEmpty { record = try await ledger.trace(deliveryID: id) }
    for message in record.messages where message.state == .accepted {
      let delivery = record.deliveries.first { $0.message == message.id && $0.recipient == recipient }
      guard Self.mayAsk(asking, message, delivery.map { [$0] } ?? [], about: recipient) else { continue }
      let decision = delivery.flatMap { try? Decision(decoding: $0.decision) }
      return WhyAnswer(
        message: message, delivery: delivery, recipient: recipient, decision: decision,
        today: try await explained(message, to: recipient, at: time),
        isRecipients: asking != nil && asking != message.sender)
    }
    return nil
  }

  /// Who got a message (by its id, or that of a delivery), or an object (by its own id, or the keyed one that some
  /// recipient has); nil where the answer is none of the business of whoever asks, or there is nothing to answer.
  package func whoSaw(_ id: String, asking: AgencyID? = nil, since: Instant) async throws -> [Sighting]? {
    if STIXID(id) != nil { return try await whoSaw(object: id, asking: asking, since: since) }
    var record = try await ledger.trace(messageID: id)
    if record.messages.isEmpty { record = try await ledger.trace(deliveryID: id) }
    var answers: [Sighting]?
    for message in record.messages where message.state == .accepted {
      let deliveries = record.deliveries.filter { $0.message == message.id }
      let seen = deliveries.filter { $0.confirmedAt != nil && Self.mayAsk(asking, message, [$0], about: $0.recipient) }
      guard asking == nil || asking == message.sender || !seen.isEmpty else { continue }
      answers =
        (answers ?? [])
        + seen.map { delivery in
          Sighting(
            message: message, delivery: delivery, objects: delivery.objects.count, knownAs: nil,
            isHidden: Self.isHidden(delivery, of: message, from: asking))
        }
    }
    return answers
  }

  private func whoSaw(object id: String, asking: AgencyID?, since: Instant) async throws -> [Sighting]? {
    var answers: [Sighting]?
    var last: Int64 = 0
    let key = ObjectIndex(keys).key(of: id)
    while true {
      let rows = try await ledger.acceptedMessages(holding: [key], after: last, since: since)
      guard let end = rows.last else { return answers }
      last = end.id
      for row in rows {
        let deliveries = try await ledger.deliveries(of: row.id)
        guard asking == nil || asking == row.sender || deliveries.contains(where: { $0.recipient == asking }),
          let source = try await source(row)
        else { continue }
        let found = sightings(of: id, in: source, row, deliveries, asking: asking)
        let told = found.filter { Self.mayAsk(asking, row, [$0.delivery], about: $0.delivery.recipient) }
        let isOwn = asking == nil || asking == row.sender
        if isOwn, source.read.canonical.objects(id: id).isEmpty, told.isEmpty { continue }
        if isOwn || !told.isEmpty { answers = (answers ?? []) + told }
      }
    }
  }

  private func sightings(
    of id: String, in source: DeliverySource, _ row: MessageRow, _ deliveries: [DeliveryRow], asking: AgencyID?
  ) -> [Sighting] {
    let isRecipients = asking != nil && asking != row.sender
    let bundle = source.read.canonical
    let places = Set(bundle.objects(id: id).map(\.index))
    return deliveries.compactMap { delivery in
      guard delivery.confirmedAt != nil, let decision = try? Decision(decoding: delivery.decision),
        decision.fits(bundle.objects.count)
      else { return nil }
      let redactor = Redactor(
        decision, of: bundle, pseudonyms: Pseudonyms(key: keys.pseudonymKey, recipient: delivery.recipient),
        hub: configuration.settings.name, acceptedAt: row.acceptedAt ?? row.receivedAt, sourceNames: [],
        keepsCut: delivery.format != .stix)
      for index in decision.keep {
        let keyed = redactor.changed.contains(index) ? redactor.id(of: index) : nil
        let isAsked = keyed == id.lowercased()
        // Of an object that was changed a recipient knows its own id alone, and may not learn which one it was.
        guard isAsked || places.contains(index) && (keyed == nil || !isRecipients) else { continue }
        return Sighting(
          message: row, delivery: delivery, objects: nil,
          knownAs: isRecipients ? nil : isAsked ? bundle.objects[index].id : keyed,
          isHidden: Self.isHidden(delivery, of: row, from: asking))
      }
      return nil
    }
  }

  private static func isHidden(_ delivery: DeliveryRow, of message: MessageRow, from asking: AgencyID?) -> Bool {
    guard asking != nil, asking != message.sender else { return false }
    // What cannot be read might hide it.
    return (try? Decision(decoding: delivery.decision))?.isSourceHidden ?? true
  }

  /// A sender may ask about what it sent, a recipient about what it got, and whoever runs the hub about all.
  private static func mayAsk(
    _ asking: AgencyID?, _ message: MessageRow, _ deliveries: [DeliveryRow], about recipient: AgencyID
  ) -> Bool {
    guard let asking, asking != message.sender else { return true }
    return asking == recipient && deliveries.contains { $0.recipient == asking && $0.confirmedAt != nil }
  }

  func source(_ row: MessageRow) async throws -> DeliverySource? {
    guard let body = try? await ledger.payload(of: row.id), let message = try? IncomingMessage(row, body: body) else {
      return nil
    }
    let pipeline = IntakePipeline(configuration: configuration, keys: keys)
    let acceptedAt = row.acceptedAt ?? row.receivedAt
    guard let read = try? pipeline.read(pipeline.identifyAgain(message), message, at: acceptedAt) else { return nil }
    return DeliverySource(message: message, read: read, acceptedAt: acceptedAt)
  }

  private func explained(_ row: MessageRow, to recipient: AgencyID, at time: Instant) async throws
    -> ExplainedRecipient?
  {
    guard let source = try await source(row) else { return nil }
    let pipeline = IntakePipeline(configuration: configuration, keys: keys)
    let submission = pipeline.submission(of: source.read, source.message, acceptedAt: source.acceptedAt, at: time)
    return configuration.explain(submission, to: recipient).recipients.first
  }
}
