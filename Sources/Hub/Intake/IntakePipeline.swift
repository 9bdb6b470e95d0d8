package import Adapters
package import Contract
package import Formats
package import JSON
package import STIX
package import Sharing

/// From a published message to what the ledger keeps of it: a function of the message and the active configuration.
///
///     Identify   IncomingMessage   -> IdentifiedMessage   which format and version the bytes are
///     Validate   IdentifiedMessage -> IdentifiedMessage   its schema, and the rules that no schema can say
///     Read       IdentifiedMessage -> ReadMessage         the canonical STIX 2.1, with sources and residue
///     Decide     ReadMessage       -> JudgedMessage       one decision for each agency that some grant names
///
/// A stage that cannot go on throws a ``StageFailure``; nothing else ends the way.
package struct IntakePipeline: Sendable {
  package let configuration: Configuration
  package let keys: HubKeys

  package init(configuration: Configuration, keys: HubKeys) {
    self.configuration = configuration
    self.keys = keys
  }

  /// All stages up to the decision: for what has to be known of a message's objects before it is decided.
  func readAll(_ message: IncomingMessage, at time: Instant) throws(StageFailure) -> ReadMessage {
    try read(validate(identify(message)), message, at: time)
  }

  /// All stages in one expression.
  package func run(_ message: IncomingMessage, at time: Instant) throws(StageFailure) -> JudgedMessage {
    try decide(read(validate(identify(message)), message, at: time), message, at: time)
  }

  package func identify(_ message: IncomingMessage) throws(StageFailure) -> IdentifiedMessage {
    guard !message.body.isEmpty else {
      throw StageFailure(.identify, .empty, "The message has no body; publish the document itself as the body.")
    }
    let identified: IdentifiedMessage
    do {
      identified = try configuration.formats.identify(
        message.body, contentType: message.contentType, hint: message.type,
        sends: configuration.agencies[message.sender]?.sends ?? [],
        maximumBytes: configuration.settings.limits.messageBytes)
    } catch {
      throw StageFailure(.identify, error)
    }
    guard let agency = configuration.agencies[message.sender], agency.sends.contains(identified.format) else {
      throw StageFailure(
        .identify, .formatNotAgreed,
        "The format \(identified.format) is not among those that \(message.sender) sends; "
          + "ask the hub's policy officer to add it to the agency's file.")
    }
    return identified
  }

  package func validate(_ message: IdentifiedMessage) throws(StageFailure) -> IdentifiedMessage {
    let findings = configuration.formats.errors(in: message)
    guard let failure = FormatFailure(findings) else { return message }
    var stageFailure = StageFailure(.validate, failure)
    stageFailure.rule = findings.first { $0.severity == .error }?.rule
    throw stageFailure
  }

  package func read(_ identified: IdentifiedMessage, _ message: IncomingMessage, at time: Instant)
    throws(StageFailure) -> ReadMessage
  {
    guard let kind = FormatCatalogue.kind(of: identified) else {
      throw StageFailure(.read, .notReadable, "It cannot be told what kind of message this \(identified.format) is.")
    }
    guard !kind.isReserved else {
      throw StageFailure(
        .read, .reservedKind, "Messages of the kind \(kind.rawValue) are reserved and not taken by this version yet.")
    }
    guard let adapter = configuration.adapters.adapter(for: identified.format) else {
      throw StageFailure(.read, .notReadable, "No adapter reads the format \(identified.format).")
    }
    do {
      let origin = Origin(sender: message.sender, messageID: message.messageID, acceptedAt: time)
      let translation = try adapter.read(identified.document, origin: origin)
      return ReadMessage(
        identified: identified, kind: kind, canonical: translation.output, residue: translation.residue,
        losses: translation.losses)
    } catch {
      throw StageFailure(.read, .notReadable, error.message, location: error.location?.description)
    }
  }

  package func decide(_ read: ReadMessage, _ message: IncomingMessage, at time: Instant) throws(StageFailure)
    -> JudgedMessage
  {
    let format = read.identified.format
    if let agency = configuration.agencies[message.sender], !agency.maySend(format, read.kind) {
      throw StageFailure(
        .identify, .formatNotAgreed,
        "\(message.sender) does not send messages of the kind \(read.kind.rawValue) in the format \(format); "
          + "ask the hub's policy officer to add it to the agency's file.")
    }
    let decisions = configuration.decide(submission(of: read, message, at: time))
    var formats: [AgencyID: FormatID] = [:]
    for decision in decisions {
      formats[decision.recipient] = configuration.agencies[decision.recipient]?.format(for: read.kind)
    }
    return JudgedMessage(read: read, decisions: decisions, formats: formats)
  }

  /// What the decision is made of; also used when a reduced document is judged again.
  ///
  /// - Parameter acceptedAt: when it was accepted, where that was earlier.
  package func submission(
    of read: ReadMessage, _ message: IncomingMessage, acceptedAt: Instant? = nil, at time: Instant
  ) -> Submission {
    Submission(
      sender: message.sender, kind: read.kind, lane: read.kind.lane, bundle: read.canonical,
      residueFree: read.residue.isEmpty, named: message.headers.recipients, tlp: message.headers.tlp,
      purpose: message.headers.purpose, legalBasis: message.headers.legalBasis,
      exercise: message.headers.isExercise, provenance: message.headers.way.provenance(at: configuration.settings.name),
      acceptedAt: acceptedAt, at: time)
  }
}

/// A message whose content was read.
package struct ReadMessage: Sendable {
  package let identified: IdentifiedMessage
  package let kind: MessageKind
  /// The STIX 2.1 bundle that the message became; each object knows where it stood in the document.
  package let canonical: STIXBundle
  /// Places of the document that were not read: they leave the hub with nobody.
  package let residue: [JSONPointer]
  /// What reading changed or lost.
  package var losses: [Loss] = []
}

/// A message with one decision for each agency that some grant in force from its sender names.
package struct JudgedMessage: Sendable {
  package let read: ReadMessage
  package let decisions: [Decision]
  /// The format that each recipient gets messages of this kind in.
  package let formats: [AgencyID: FormatID]

  /// The strictest label on any object; nil where none carries one.
  package var tlp: TLP? {
    read.canonical.objects.compactMap { object in
      if case .tlp(let tlp) = object.marking { return tlp }
      return nil
    }.max()
  }

  /// What the sender should know although the message was accepted. Unknown names and names without a grant get the
  /// same answer.
  package func notes(for message: IncomingMessage) -> [String] {
    var notes: [String] = []
    if read.kind.lane != message.publishedLane {
      notes.append(
        "A message of the kind \(read.kind.rawValue) goes along the \(read.kind.lane.rawValue) lane, "
          + "whatever lane it was published to.")
    }
    let considered = Set(decisions.map(\.recipient))
    let strangers = (message.headers.recipients ?? []).subtracting(considered).map(\.slug) + message.headers.strangers
    for name in strangers.sorted() { notes.append("not a recipient: \(name)") }
    if !read.losses.isEmpty {
      let named = read.losses.prefix(20).map { "\($0.what) at \($0.location): \($0.why)" }
      let more = read.losses.count > 20 ? ["and \(read.losses.count - 20) more"] : []
      notes.append("Read as STIX 2.1: " + (named + more).joined(separator: "; ") + ".")
    }
    if message.headers.isSigned {
      notes.append("The signature was kept and not checked: no key is registered for this agency.")
    }
    return notes
  }
}
