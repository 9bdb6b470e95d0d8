import ArgumentParser
import Contract
import Hub
import Ledger

/// `entente dead note`.
struct NoteOnDeadLetters: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "note",
    abstract: "Write a note on dead letters; `show` tells it.",
    discussion: "Example: entente dead note 17 --text \"asked the sender, ticket 4711\"")

  @OptionGroup var location: ConfigurationOption
  @OptionGroup var actor: OperatorOption

  @Option(help: "The note.")
  var text: String

  @Argument(help: "The numbers of the dead letters.")
  var numbers: [Int64]

  func validate() throws {
    guard text.contains(where: { !$0.isWhitespace }) else { throw ValidationError("--text must say something.") }
  }

  func run() async throws {
    let name = try actor.name()
    let home = try HubOpening.open(location)
    let desk = DeadLetterDesk(home, operator: name)
    for number in numbers where try await asking({ try await desk.letter(number) }) == nil {
      throw DeadLetterAnswer.none(number)
    }
    let done = try await asking { try await desk.remark(.noted, on: numbers, note: text) }
    Terminal.say("Noted on \(PlainText.count(done.count, "dead letter")).")
  }
}

/// `entente dead archive`.
struct ArchiveDeadLetters: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "archive",
    abstract: "Put dead letters aside: lists and `replay --all` leave them out, until restored.",
    discussion: """
      Those given, or those of a group as it is now: what fails later is never hidden, and one that fails anew comes \
      back by itself.

      Example: entente dead archive --fingerprint 8c1e0d4a4f0e9a01 --reason "known, fixed with the next release"
      """)

  @OptionGroup var location: ConfigurationOption
  @OptionGroup var actor: OperatorOption

  @Option(help: "Why.")
  var reason: String

  @Option(help: "All open ones of this group, as it is now.")
  var fingerprint: String?

  @Argument(help: "The numbers of the dead letters.")
  var numbers: [Int64] = []

  func validate() throws {
    guard reason.contains(where: { !$0.isWhitespace }) else { throw ValidationError("--reason must say why.") }
    try DeadLetterChoice.validate(fingerprint, numbers)
  }

  func run() async throws {
    let desk = DeadLetterDesk(try HubOpening.open(location), operator: try actor.name())
    let chosen = try await DeadLetterChoice.choose(desk, fingerprint, numbers, archive: .leftOut)
    let done = try await asking { try await desk.remark(.archived, on: chosen, note: reason) }
    Terminal.say("\(PlainText.count(done.count, "dead letter")) put aside; `entente dead restore` brings them back.")
    if done.count < chosen.count {
      throw Answer.no("\(PlainText.count(chosen.count - done.count, "other")) not open, or put aside before.")
    }
  }
}

/// `entente dead restore`.
struct RestoreDeadLetters: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "restore",
    abstract: "Bring back dead letters that were put aside.",
    discussion: "Example: entente dead restore 17 18")

  @OptionGroup var location: ConfigurationOption
  @OptionGroup var actor: OperatorOption

  @Option(help: "Why.")
  var reason = ""

  @Option(help: "All of this group that were put aside.")
  var fingerprint: String?

  @Argument(help: "The numbers of the dead letters.")
  var numbers: [Int64] = []

  func validate() throws { try DeadLetterChoice.validate(fingerprint, numbers) }

  func run() async throws {
    let desk = DeadLetterDesk(try HubOpening.open(location), operator: try actor.name())
    let chosen = try await DeadLetterChoice.choose(desk, fingerprint, numbers, archive: .only)
    let done = try await asking { try await desk.remark(.restored, on: chosen, note: reason) }
    Terminal.say("\(PlainText.count(done.count, "dead letter")) restored.")
    if done.count < chosen.count {
      throw Answer.no("\(PlainText.count(chosen.count - done.count, "other")) had not been put aside.")
    }
  }
}

/// Dead letters given by their numbers, or as a group.
enum DeadLetterChoice {
  static func validate(_ fingerprint: String?, _ numbers: [Int64]) throws {
    guard (fingerprint == nil) != numbers.isEmpty else {
      throw ValidationError("Say which: numbers as `entente dead list` shows them, or --fingerprint, but not both.")
    }
  }

  /// - Throws: ``Answer`` where a number is that of none.
  static func choose(
    _ desk: DeadLetterDesk, _ fingerprint: String?, _ numbers: [Int64], archive: DeadLetterFilter.Archive
  ) async throws -> [Int64] {
    if let fingerprint {
      let filter = DeadLetterFilter(states: [.open], fingerprint: fingerprint, archive: archive)
      return try await asking { try await desk.numbers(filter) }
    }
    var seen: Set<Int64> = []
    let chosen = numbers.filter { seen.insert($0).inserted }
    for number in chosen where try await asking({ try await desk.letter(number) }) == nil {
      throw DeadLetterAnswer.none(number)
    }
    return chosen
  }
}
