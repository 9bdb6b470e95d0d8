package import AMQP
package import Adapters
package import Contract
import Formats
import JSON
import STIX
package import Sharing

/// From an intended delivery to the message that one recipient gets: a function of what the ledger has and of the
/// active configuration.
///
///     Write   PendingDelivery -> WrittenDocument   in the recipient's format, only what the decision lets through
///     Judge   WrittenDocument -> WrittenDocument   read and decided again: it may only narrow
///     Seal    WrittenDocument -> SealedDelivery    properties from the allow-list, signed by the hub
///
/// A stage that cannot go on throws a ``Refusal``: a narrowing, or a failure.
package struct DeliveryPipeline: Sendable {
  package let configuration: Configuration
  package let keys: HubKeys
  /// The moment for which terms are asked again; bytes and properties are those of the acceptance all the same.
  package let now: Instant

  package init(configuration: Configuration, keys: HubKeys, now: Instant) {
    self.configuration = configuration
    self.keys = keys
    self.now = now
  }

  /// Why nothing leaves.
  package enum Refusal: Error, Sendable, Equatable {
    /// The recipient may not have it after all: a narrowing of the decision, with its rule and a sentence.
    case withheld(rule: String, reason: String)
    case failed(StageFailure)
  }

  /// All stages in one expression.
  package func run(_ delivery: PendingDelivery, of source: DeliverySource) throws(Refusal) -> SealedDelivery {
    try seal(judge(write(delivery, of: source), delivery, of: source), delivery, of: source)
  }

  package func write(_ delivery: PendingDelivery, of source: DeliverySource) throws(Refusal) -> WrittenDocument {
    guard let format = delivery.format else {
      throw .failed(StageFailure(.write, .noFormat, "\(delivery.recipient) takes messages of this kind in no format."))
    }
    let read = source.read
    let decision = delivery.decision
    guard decision.fits(read.canonical.objects.count) else {
      throw .failed(
        StageFailure(.write, .cannotWrite, "What was decided names objects that the message does not have; replay it."))
    }
    guard decision.outcome == .deliver, decision.isWhole, format == read.identified.format, read.residue.isEmpty else {
      return try translate(delivery, of: source, to: format)
    }
    return WrittenDocument(bytes: source.body, format: format, losses: [], isOriginal: true)
  }

  private func translate(
    _ delivery: PendingDelivery, of source: DeliverySource, to format: FormatID
  ) throws(Refusal) -> WrittenDocument {
    let canonical = source.read.canonical
    let decision = delivery.decision
    let replacing = replacements(delivery, of: source)
    do {
      // A document that must not say whose it is, is written anew: its own skeleton would tell.
      if format == source.read.identified.format, !decision.hidesSource || format == .stix {
        let adapter = try adapter(for: format)
        // What nobody can reduce is written anew.
        if adapter.abilities.contains(.prune) || !adapter.abilities.contains(.write) {
          do {
            let pruned = try adapter.prune(
              source.read.identified.document, bundle: canonical, keeping: decision.keep, replacing: replacing)
            return WrittenDocument(bytes: pruned.output, format: format, losses: pruned.losses, isOriginal: false)
          } catch {
            // What cannot be changed where it stands can be written anew, from what was changed.
            guard !decision.rewrites.isEmpty || !decision.redactions.isEmpty, format != .stix,
              adapter.abilities.contains(.write)
            else { throw error }
          }
        }
      }
      let reduced = try STIXAdapter().prune(
        canonical.document, bundle: canonical, keeping: decision.keep, replacing: replacing)
      let document = try JSONDocument(reduced.output, limits: JSONLimits(maximumBytes: .max))
      let bundle = try STIXBundle(reading: document)
      let written = try adapter(for: format).write(bundle, terms: terms(of: delivery, of: source))
      return WrittenDocument(
        bytes: written.output, format: format, losses: source.read.losses + reduced.losses + written.losses,
        isOriginal: false)
    } catch let failure as AdapterFailure {
      throw .failed(StageFailure(.write, .cannotWrite, failure.message, location: failure.location?.description))
    } catch {
      throw .failed(StageFailure(.write, .cannotWrite, "What is left could not be written: \(error)."))
    }
  }

  /// Every place of the canonical that is cut out or gets another value, for this recipient.
  private func replacements(
    _ delivery: PendingDelivery, of source: DeliverySource
  ) -> [JSONPointer: Replacement] {
    let canonical = source.read.canonical
    var replacing: [JSONPointer: Replacement] = [:]
    for (object, changes) in redactor(delivery, of: source).changes() {
      for (pointer, change) in changes {
        replacing[canonical.location(of: object, pointer)] =
          switch change {
          case .removed: .removed
          case .value(let text): .value(text)
          }
      }
    }
    return replacing
  }

  func redactor(_ delivery: PendingDelivery, of source: DeliverySource) -> Redactor {
    Redactor(
      delivery.decision, of: source.read.canonical,
      pseudonyms: Pseudonyms(key: keys.pseudonymKey, recipient: delivery.recipient),
      hub: configuration.settings.name, acceptedAt: source.origin.acceptedAt,
      sourceNames: Anonymity.names(of: source.message.sender, configuration),
      keepsCut: delivery.format != .stix)
  }

  package func judge(
    _ document: WrittenDocument, _ delivery: PendingDelivery, of source: DeliverySource
  ) throws(Refusal) -> WrittenDocument {
    if let loss = document.losses.first(where: { $0.severity == .obligation }) {
      throw .withheld(
        rule: "cannot-carry-obligation",
        reason: "The format \(document.format) has no place for \(loss.what): \(loss.why).")
    }
    try Anonymity(configuration, delivery, source).check(document)
    guard !document.isOriginal else {
      // Untouched bytes are judged as they were read, since the terms may have become narrower.
      if let ground = delivery.ground, configuration.stands(ground, at: now) { return document }
      try confirm(source.read, delivery, of: source)
      return document
    }
    try refuseMentions(in: document, delivery, of: source)
    let identified: IdentifiedMessage
    do {
      identified = try configuration.formats.identify(document.bytes, as: document.format, maximumBytes: .max)
    } catch {
      throw .failed(
        StageFailure(.write, .outputInvalid, "What was written is not \(document.format): \(error.message)"))
    }
    if let failure = FormatFailure(configuration.formats.errors(in: identified)) {
      throw .failed(
        StageFailure(
          .write, .outputInvalid, "What was written is no valid \(document.format): \(failure.message)",
          location: failure.location.description))
    }
    try judgeAgain(identified, delivery, of: source)
    return document
  }

  /// Reads what was written and decides it again, where it is the sender's own format or STIX. What was written in
  /// another format says in its own objects what the canonical, reduced the same way, said: that is what is judged.
  private func judgeAgain(
    _ identified: IdentifiedMessage, _ delivery: PendingDelivery, of source: DeliverySource
  ) throws(Refusal) {
    guard identified.format == source.read.identified.format || identified.format == .stix,
      let adapter = configuration.adapters.adapter(for: identified.format), adapter.abilities.contains(.read)
    else { return try confirm(source.read, delivery, of: source) }
    let read: ReadMessage
    do {
      let translation = try adapter.read(identified.document, origin: source.origin)
      read = ReadMessage(
        identified: identified, kind: source.read.kind, canonical: translation.output, residue: translation.residue)
    } catch {
      throw .failed(StageFailure(.write, .outputInvalid, "What was written cannot be read again: \(error.message)"))
    }
    let again = decide(read, delivery, of: source)
    guard let again, again.outcome == .deliver || again.outcome == .redact && again.withheld.isEmpty else {
      throw .withheld(
        rule: "judged-again",
        reason: again?.reason ?? "No grant in force names \(delivery.recipient) any more.")
    }
  }

  /// Refuses where today's terms would let less through than the decision did.
  private func confirm(
    _ read: ReadMessage, _ delivery: PendingDelivery, of source: DeliverySource
  ) throws(Refusal) {
    let again = decide(read, delivery, of: source)
    guard let again, again.outcome == .deliver || again.outcome == .redact,
      Set(delivery.decision.keep).isSubset(of: again.keep)
    else {
      throw .withheld(
        rule: "judged-again", reason: again?.reason ?? "No grant in force names \(delivery.recipient) any more.")
    }
  }

  private func decide(_ read: ReadMessage, _ delivery: PendingDelivery, of source: DeliverySource) -> Decision? {
    let pipeline = IntakePipeline(configuration: configuration, keys: keys)
    let submission = pipeline.submission(
      of: read, source.message, acceptedAt: source.origin.acceptedAt, at: now)
    let again = configuration.decide(submission, to: delivery.recipient)
    return again?.released(by: delivery.decision.releases, isWholeRead: read.residue.isEmpty)
  }

  private func refuseMentions(
    in document: WrittenDocument, _ delivery: PendingDelivery, of source: DeliverySource
  ) throws(Refusal) {
    let objects = source.read.canonical.objects
    let changed = redactor(delivery, of: source).changed
    let kept = Set(delivery.decision.keep.filter { !changed.contains($0) }.map { objects[$0].id })
    // An id that was replaced names what the recipient may not know as much as one that was withheld.
    let withheld = Set((delivery.decision.withheld.map(\.object) + changed).map { objects[$0].id }).subtracting(kept)
      .filter { TLP.known($0) == nil }
    guard let id = forbiddenIDs(in: document.bytes, withheld: withheld, kept: kept).first else { return }
    throw .withheld(
      rule: "mentions-withheld", reason: "What was written would mention \(id), which the recipient may not have.")
  }

  private func adapter(for format: FormatID) throws(AdapterFailure) -> any Adapter {
    guard let adapter = configuration.adapters.adapter(for: format) else {
      throw AdapterFailure(.cannotWrite, "No adapter writes the format \(format).")
    }
    return adapter
  }

  private func terms(of delivery: PendingDelivery, of source: DeliverySource) -> OutgoingTerms {
    OutgoingTerms(
      tlp: delivery.decision.tlp, obligations: delivery.decision.obligations.named,
      sender: delivery.decision.hidesSource || delivery.decision.obligations.attribution == .mustNot
        ? nil : source.message.sender,
      acceptedAt: source.origin.acceptedAt)
  }
}

/// The message that a delivery is made of.
package struct DeliverySource: Sendable {
  package let message: IncomingMessage
  package let read: ReadMessage
  package let origin: Origin

  package init(message: IncomingMessage, read: ReadMessage, acceptedAt: Instant) {
    self.message = message
    self.read = read
    origin = Origin(sender: message.sender, messageID: message.messageID, acceptedAt: acceptedAt)
  }

  var body: [UInt8] { message.body }
  var acceptedAt: Instant { origin.acceptedAt }
}

/// A document in the recipient's format, before it is sealed.
package struct WrittenDocument: Sendable {
  package let bytes: [UInt8]
  package let format: FormatID
  package let losses: [Loss]
  /// True where these are the sender's own bytes, untouched.
  package let isOriginal: Bool
}

/// What goes to the broker.
package struct SealedDelivery: Sendable {
  package let message: AMQPMessage
  /// Over body and properties: equal id and revision mean equal MAC.
  package let mac: [UInt8]
  package let losses: [Loss]
}
