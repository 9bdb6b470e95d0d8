import ArgumentParser
import Hub
import Ledger
import Sharing

/// `entente dead export`.
struct ExportDeadLetters: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write dead letters to a folder of plain files, for your own tools.",
    discussion: """
      For each a NUMBER.body with its bytes, as an operator last left them, and a NUMBER.json with what failed. The \
      folder is new, and only you can read it. `entente dead import` takes changed bodies back.

      Example: entente dead export --cause schema --out mend
      """)

  @OptionGroup var location: ConfigurationOption
  @OptionGroup var filters: DeadLetterFilters

  @Option(help: "The folder.")
  var out: String

  @Argument(help: "The numbers of the dead letters (default: all open ones that the filters let through).")
  var numbers: [Int64] = []

  func run() async throws {
    let home = try HubOpening.open(location)
    try filters.check(home)
    let desk = DeadLetterDesk(home, operator: "")
    var chosen = numbers
    if numbers.isEmpty {
      chosen = try await asking { try await desk.numbers(filters.filter(states: [.open]), text: filters.text) }
    }
    let folder = DeadLetterFolder(path: out)
    do { try folder.prepare() } catch { throw Answer.unusable(error.message) }
    var count = 0
    for number in chosen {
      guard let letter = try await asking({ try await desk.letter(number) }) else {
        throw DeadLetterAnswer.none(number)
      }
      do {
        try OutputFile.write(
          try await home.ledger.payload(ofDeadLetter: number), to: folder.bodyFile(number), mode: 0o600)
        try OutputFile.write(folder.story(of: letter.row), to: folder.storyFile(number), mode: 0o600)
        count += 1
      } catch let error as LedgerError where error.code == .payloadGone || error.code == .notFound {
        Terminal.say("  \(number)  left out: its bytes were not kept.")
      }
    }
    Terminal.say("\(PlainText.count(count, "dead letter")) written to \(out.printable).")
    if count < chosen.count { throw Answer.no() }
  }
}

/// `entente dead import`.
struct ImportDeadLetters: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Take changed bodies back from a folder of `entente dead export`.",
    discussion: """
      Each body that differs from what the ledger has is kept as an edit, checked at once, as by `entente dead edit`; \
      nothing is replayed. Exit code 1 where one was left out or would not pass yet.

      Example: entente dead import mend --note "pattern closed with a bracket"
      """)

  @OptionGroup var location: ConfigurationOption
  @OptionGroup var actor: OperatorOption

  @Option(help: "What was mended, and why.")
  var note = ""

  @Argument(help: "The folder.")
  var folder: String

  func run() async throws {
    let name = try actor.name()
    let home = try HubOpening.open(location)
    let desk = DeadLetterDesk(home, operator: name)
    let files = DeadLetterFolder(path: folder)
    let numbers: [Int64]
    do { numbers = try files.numbers() } catch { throw Answer.unusable(error.message) }
    var isDone = true
    var count = 0
    for number in numbers {
      switch try await take(number, from: files, desk, limit: home.configuration.settings.limits.messageBytes) {
      case .unchanged: continue
      case .left(let why):
        Terminal.say("\(why.printable).".under("  \(number)  left out: ", width: Terminal.width))
        isDone = false
      case .kept(let revision, let prospect):
        count += 1
        Terminal.say("  \(number)  kept as revision \(revision).")
        Terminal.say(prospect.lines(width: Terminal.width, limit: 3))
        if !prospect.passes { isDone = false }
      }
    }
    Terminal.say("\(PlainText.count(count, "edit")) kept, of \(PlainText.count(numbers.count, "body", "bodies")).")
    if !isDone { throw Answer.no() }
  }

  private enum Result {
    case unchanged
    case left(String)
    case kept(Int, ReplayProspect)
  }

  private func take(
    _ number: Int64, from files: DeadLetterFolder, _ desk: DeadLetterDesk, limit: Int
  ) async throws -> Result {
    guard let story = try await asking({ try await desk.story(number) }) else {
      return .left("the ledger has no dead letter of this number")
    }
    let (body, description): ([UInt8], [UInt8])
    do throws(InputFile.Trouble) {
      body = try InputFile(name: files.bodyFile(number)).read(maximumBytes: limit)
      description = try InputFile(name: files.storyFile(number)).read(maximumBytes: 1 << 20)
    } catch {
      return .left(String(error.sentence.dropLast()))
    }
    if let mismatch = files.mismatch(description, story.letter.row) { return .left(mismatch) }
    if body == story.body { return .unchanged }
    if body.isEmpty { return .left("the body is empty") }
    if let obstacle = desk.obstacleToEditing(story.letter) { return .left(String(obstacle.dropLast())) }
    let (revision, prospect, _) = try await asking { try await desk.edit(story.letter, body: body, note: note) }
    return .kept(revision, prospect)
  }
}
