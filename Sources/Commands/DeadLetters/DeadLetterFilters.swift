import ArgumentParser
import Contract
import Hub
import Ledger
import Sharing

/// Which dead letters are meant: options that `list` and `replay --all` share.
struct DeadLetterFilters: ParsableArguments {
  @Option(help: "Only messages of this agency.")
  var agency: AgencyArgument?

  @Option(help: "Only deliveries to this agency.")
  var recipient: AgencyArgument?

  @Option(help: "Only this cause: schema, rule, not-json, inbox-missing, ...")
  var cause: String?

  @Option(help: "Only this stage: \(Stage.allCases.map(\.rawValue).joined(separator: ", ")).")
  var stage: String?

  @Option(help: "Only this group, as `entente dead groups` shows it.")
  var fingerprint: String?

  @Option(help: "Only this format, as read or as the sender's `type` says.")
  var format: FormatArgument?

  @Option(help: "Only this kind, as read or as the sender's `type` says: indicators, early-warning, ...")
  var kind: String?

  @Option(help: "Only bodies with this text, letter by letter; reads every body that the other filters let through.")
  var text: String?

  @Flag(help: "Only those that were put aside.")
  var archived = false

  @Option(help: "Only this message-id.")
  var messageID: String?

  @Option(help: "Only those opened at or after this time: 2026-11-24 or 2026-11-24T06:30:00Z.")
  var since: MomentArgument?

  @Option(help: "Only those opened before this time.")
  var until: MomentArgument?

  func filter(states: Set<DeadLetterState>, limit: Int = 1000) -> DeadLetterFilter {
    DeadLetterFilter(
      states: states, sender: agency?.id, recipient: recipient?.id, cause: cause, stage: stage,
      fingerprint: fingerprint, messageID: messageID, format: format?.id,
      kind: kind.flatMap(MessageKind.init(rawValue:)),
      since: since?.instant, until: until?.instant, archive: archived ? .only : .leftOut, limit: limit)
  }

  /// Refuses a format that neither Entente nor this configuration knows.
  func check(_ home: HubHome) throws { try format?.check(home.configuration.partners) }

  /// Says where a word cannot match anything, instead of finding nothing.
  func validate() throws {
    if let cause, FailureCause(rawValue: cause) == nil {
      let known = FailureCause.allCases.map(\.rawValue).sorted().joined(separator: ", ")
      throw ValidationError("There is no cause '\(cause.printable)'; the causes are \(known).")
    }
    if let kind, MessageKind(rawValue: kind) == nil {
      let known = MessageKind.allCases.map(\.rawValue).joined(separator: ", ")
      throw ValidationError("There is no kind '\(kind.printable)'; the kinds are \(known).")
    }
    if let text, text.isEmpty { throw ValidationError("--text must say something.") }
    // What the ledger itself refuses fails at `record`.
    if let stage, Stage(rawValue: stage) == nil, stage != "record" {
      let known = Stage.allCases.map(\.rawValue).joined(separator: ", ")
      throw ValidationError("There is no stage '\(stage.printable)'; the stages are \(known).")
    }
  }
}
