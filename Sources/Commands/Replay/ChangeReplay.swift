import ArgumentParser
import Hub
import Ledger

/// `entente replay pause`, `resume` and `cancel`: one command, told apart by what is changed.
struct ChangeReplay<Kind: ReplayChange>: AsyncParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: Kind.change.rawValue, abstract: Kind.abstract,
      discussion: "Example: entente replay \(Kind.change.rawValue) 3 --reason \"\(Kind.reason)\"")
  }

  @OptionGroup var location: ConfigurationOption
  @OptionGroup var actor: OperatorOption

  @Option(help: "Why; stays in the ledger.")
  var reason = ""

  @Argument(help: "The replay's number.")
  var number: Int64

  func run() async throws {
    let desk = ReplayDesk(try HubOpening.open(location), operator: try actor.name())
    guard let before = try await asking({ try await desk.progress(number) }) else { throw ReplayAnswer.none(number) }
    guard try await asking({ try await desk.change(number, Kind.change, reason: reason) }) else {
      throw Answer.no(
        "Replay \(number) is \(before.job.state.rawValue), so there is nothing to \(Kind.change.rawValue).")
    }
    Terminal.say("Replay \(number) \(Kind.outcome).")
  }
}

/// What is changed, with the words for it.
protocol ReplayChange: Sendable {
  static var change: ReplayDesk.Change { get }
  static var abstract: String { get }
  /// A reason that somebody may have.
  static var reason: String { get }
  /// What is said of the replay afterwards.
  static var outcome: String { get }
}

enum PausedReplay: ReplayChange {
  static let change = ReplayDesk.Change.pause
  static let abstract = "Hold a running replay after the lines that it is at."
  static let reason = "the agency asks for a moment"
  static let outcome = "is paused"
}

enum ResumedReplay: ReplayChange {
  static let change = ReplayDesk.Change.resume
  static let abstract = "Let a replay go on that was paused, or that stopped since too many failed."
  static let reason = "the agency is ready"
  static let outcome = "goes on"
}

enum CancelledReplay: ReplayChange {
  static let change = ReplayDesk.Change.cancel
  static let abstract = "End a replay; what it has done stays done."
  static let reason = "the wrong group"
  static let outcome = "is cancelled"
}
