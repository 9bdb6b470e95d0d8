package import Contract
import Crypto
import Formats
import JSON
package import STIX
package import Sharing

/// With whom a document would be shared, what each would get, and by which line of which arrangement: asked of the
/// decision itself, and nothing is written down.
package struct SharingForecast: Sendable {
  /// What a sender would set on it.
  package struct Envelope: Sendable {
    package var recipients: Set<AgencyID>?
    package var tlp: TLP?
    package var purpose: String?
    package var legalBasis: String?
    package var isExercise = false

    package init() {}
  }

  package let explanation: Explanation
  /// What was recognised: `stix 2.1`.
  package let format: String
  /// The format that each agency would get it in.
  package let formats: [AgencyID: FormatID]
  /// Parts of the document that were not read: they leave with nobody.
  package let residueCount: Int
  private let bundle: STIXBundle

  /// What would be different by this forecast, recipient by recipient, from what another one says.
  package func differences(from other: SharingForecast) -> [DecisionDifference] {
    DecisionDifference.between(
      other.explanation.recipients.compactMap(\.decision), explanation.recipients.compactMap(\.decision), of: bundle)
  }

  /// - Throws: ``StageFailure`` where the message would be refused.
  package init(
    of body: [UInt8], from sender: AgencyID, to agency: AgencyID? = nil, envelope: Envelope = Envelope(),
    under configuration: Configuration, at time: Instant
  ) throws(StageFailure) {
    // No stage before the decision uses a key: none has to exist for a question about terms.
    let pipeline = IntakePipeline(configuration: configuration, keys: .unused)
    var headers = SenderHeaders()
    headers.recipients = envelope.recipients
    headers.purpose = envelope.purpose
    headers.legalBasis = envelope.legalBasis
    headers.isExercise = envelope.isExercise
    headers.tlp = envelope.tlp
    let message = IncomingMessage(
      sender: sender, messageID: "question", isDerivedID: true, publishedLane: .threat, body: body, headers: headers,
      headersJSON: [], isRedelivered: false)
    let read = try pipeline.read(pipeline.validate(pipeline.identify(message)), message, at: time)
    explanation = configuration.explain(pipeline.submission(of: read, message, at: time), to: agency)
    format = "\(read.identified.format) \(read.identified.version)"
    residueCount = read.residue.count
    bundle = read.canonical
    var formats: [AgencyID: FormatID] = [:]
    for recipient in explanation.recipients {
      formats[recipient.agency] = configuration.agencies[recipient.agency]?.format(for: read.kind)
    }
    self.formats = formats
  }
}

extension HubKeys {
  /// Keys of the moment, for questions that write nothing.
  static let unused = HubKeys(
    hmac: NamedKey(identifier: "none", bytes: [UInt8](repeating: 0, count: 32)),
    payload: NamedKey(identifier: "none", bytes: [UInt8](repeating: 0, count: 32)), signingIdentifier: "none",
    signing: Curve25519.Signing.PrivateKey())
}

extension SharingForecast {
  /// The answer as lines for a terminal.
  ///
  /// - Parameter limit: how many objects are named in each list; nil names all.
  package func lines(width: Int = PlainText.width, limit: Int? = 5) -> [String] {
    let exercise = explanation.isExercise ? ", an exercise" : ""
    var lines = [
      "From \(explanation.sender): \(format), \(explanation.kind.rawValue), "
        + "\(PlainText.count(explanation.objectCount, "object"))\(exercise)."
    ]
    if residueCount > 0 {
      let parts = PlainText.count(residueCount, "part")
      lines.append("\(parts) of the document cannot be read, and would leave with nobody.")
    }
    for recipient in explanation.recipients where recipient.decision != nil {
      lines += [""] + self.lines(for: recipient, width, limit)
    }
    let others = explanation.recipients.filter { $0.decision == nil }
    guard !others.isEmpty else { return lines }
    lines.append("")
    for recipient in others {
      lines += "nothing. \(recipient.reason)".under("\(recipient.agency.slug.padded(to: 18))  ", width: width)
    }
    return lines
  }

  private func lines(for recipient: ExplainedRecipient, _ width: Int, _ limit: Int?) -> [String] {
    guard let decision = recipient.decision else { return [] }
    var lines = headline(recipient, decision).under("\(recipient.agency.slug.padded(to: 18))  ", width: width)
    func add(_ label: String, _ texts: [String]) {
      for (place, text) in texts.enumerated() {
        let label = place == 0 ? label : ""
        // What fits stands as it is, columns and all.
        let isShort = text.count <= width - 20
        let start = "    \(label.padded(to: 14))  "
        lines += isShort ? [start + text.printable] : text.printable.under(start, width: width)
      }
    }
    add("why", [recipient.reason])
    if let arrangement = decision.arrangement {
      let version = decision.arrangementVersion.map { ", version \($0)" } ?? ""
      let trial = recipient.isOnTrial ? ", on trial without signatures" : ""
      let grant = decision.grant.map { "grant \($0) of " } ?? ""
      add("by", ["\(grant)\(arrangement)\(version)\(trial) (\(decision.rule.rawValue))"])
    } else {
      add("by", ["rule \(decision.rule.rawValue)"])
    }
    if decision.outcome != .withhold {
      add("strictest", [decision.tlp.label])
      let duties = decision.obligations.sentence
      if !duties.isEmpty { add("obligations", [duties]) }
    }
    let room = width - 20
    // Of what passes whole, the number says all.
    if decision.outcome != .deliver || limit == nil { add("passes", Self.list(recipient.passing, limit, room)) }
    for (rule, objects) in recipient.withheldByRule {
      add(
        "withheld",
        ["\(PlainText.count(objects.count, "object")), since \(rule?.explanation ?? "it may not pass"):"]
          + Self.list(objects, limit, room))
    }
    var cuts = recipient.cutOut.prefix(limit ?? .max).map { "\($0.pointer) of \($0.id)" }
    if cuts.count < recipient.cutOut.count { cuts.append("and \(recipient.cutOut.count - cuts.count) more") }
    add("cut out", cuts)
    let ids = Dictionary(zip(decision.keep, recipient.passing.map(\.id)), uniquingKeysWith: { first, _ in first })
    var changes =
      (decision.redactions.map { "\($0.pointer) of \(ids[$0.object] ?? "") goes" }
      + decision.rewrites.map { "\($0.pointer) of \(ids[$0.object] ?? ""): \($0.treatment.rawValue)" })
      .prefix(limit ?? .max).map { $0 }
    let all = decision.redactions.count + decision.rewrites.count
    if changes.count < all { changes.append("and \(all - changes.count) more") }
    add("changed", changes)
    if decision.hidesSource { add("source", ["not told: ids, creator and names are replaced"]) }
    if let until = decision.heldUntil { add("until", [until.description]) }
    if !decision.releasedBy.isEmpty { add("released by", [PlainText.list(decision.releasedBy.map(\.slug))]) }
    return lines
  }

  /// A line for each object; ids are cut short where only some are named.
  private static func list(_ objects: [ExplainedObject], _ limit: Int?, _ room: Int) -> [String] {
    var lines = objects.prefix(limit ?? .max).map { object in
      let id = limit == nil ? object.id : object.id.cut(to: object.type.count + 11)
      return "\(object.marking.padded(to: 16)) \(id)\(object.name.map { " \"\($0)\"" } ?? "")".printable.cut(to: room)
    }
    if lines.count < objects.count { lines.append("and \(PlainText.grouped(objects.count - lines.count)) more") }
    return lines
  }

  private func headline(_ recipient: ExplainedRecipient, _ decision: Decision) -> String {
    let format = formats[recipient.agency].map { " as \($0)" } ?? ""
    let share = "\(PlainText.grouped(decision.keep.count)) of \(PlainText.count(explanation.objectCount, "object"))"
    return switch decision.outcome {
    case .deliver: "everything\(format)."
    case .redact: "\(share)\(format)."
    case .hold:
      "\(share)\(format): it waits \(decision.rule.waiting(for: explanation.sender))."
    case .withhold: "nothing."
    }
  }

}

extension ExplainedRecipient {
  /// What does not pass, by rule, the most frequent first.
  fileprivate var withheldByRule: [(key: DecisionRule?, value: [ExplainedObject])] {
    Dictionary(grouping: withheld, by: \.rule).sorted { left, right in
      (right.value.count, left.key?.rawValue ?? "") < (left.value.count, right.key?.rawValue ?? "")
    }
  }
}

extension SharingForecast {
  /// The answer as one JSON object.
  package func encoded() -> [UInt8] {
    var writer = JSONWriter()
    func objects(_ objects: [ExplainedObject], _ writer: inout JSONWriter) {
      writer.array { list in
        for object in objects {
          list.object { item in
            item.member("id", object.id)
            item.member("type", object.type)
            item.member("marking", object.marking)
            if let rule = object.rule { item.member("rule", rule.rawValue) }
          }
        }
      }
    }
    writer.object { answer in
      answer.member("sender", explanation.sender.slug)
      answer.member("format", format)
      answer.member("kind", explanation.kind.rawValue)
      answer.member("objects", explanation.objectCount)
      answer.key("recipients")
      answer.array { list in
        for recipient in explanation.recipients {
          list.object { item in
            item.member("agency", recipient.agency.slug)
            item.member("considered", recipient.decision != nil)
            item.member("outcome", recipient.decision?.outcome.rawValue ?? "withhold")
            if let rule = recipient.decision?.rule { item.member("rule", rule.rawValue) }
            if let arrangement = recipient.decision?.arrangement { item.member("arrangement", arrangement) }
            if let grant = recipient.decision?.grant { item.member("grant", grant) }
            item.member("reason", recipient.reason)
            guard let decision = recipient.decision, decision.outcome != .withhold || !recipient.withheld.isEmpty else {
              return
            }
            if let format = formats[recipient.agency] { item.member("format", format.slug) }
            item.member("tlp", decision.tlp.label)
            item.member("obligations") { decision.obligations.write(to: &$0) }
            item.member("passes") { objects(recipient.passing, &$0) }
            item.member("withheld") { objects(recipient.withheld, &$0) }
          }
        }
      }
    }
    return writer.bytes
  }
}
