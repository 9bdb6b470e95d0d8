import ArgumentParser
import Contract
import FoundationEssentials
import Hub
import Sharing

/// `entente rehearse`: what a proposed configuration would change.
struct Rehearse: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Run messages through a proposed configuration, and show what would change.",
    discussion: """
      Takes a folder of documents, or, without one, what the ledger accepted in the last days; nothing is written and \
      nothing leaves. Exit code 1 when something would change.

      Example: entente rehearse proposal --from us-cisa --messages samples
      """)

  @OptionGroup var location: ConfigurationOption

  @Option(help: ArgumentHelp("A folder of documents.", valueName: "folder"))
  var messages: String?

  @Option(help: "The agency that would publish the documents of the folder.")
  var from: AgencyArgument?

  @Option(help: "Of the ledger, the last so many days.")
  var days = 7

  @Option(help: "How many messages at most.")
  var limit = 10_000

  @Flag(help: "Print one line of JSON for each message that would change.")
  var json = false

  @Argument(help: "The folder of the proposed configuration.")
  var proposal: String

  func validate() throws {
    guard messages == nil || from != nil else {
      throw ValidationError("With --messages name who would publish them: --from us-cisa.")
    }
    guard (1...36_500).contains(days), limit > 0 else {
      throw ValidationError("--days must be between 1 and 36500, --limit more than 0.")
    }
  }

  func run() async throws {
    let proposed: Configuration
    do throws(ConfigurationError) {
      proposed = try Configuration.load(folder: proposal)
    } catch { throw Answer.unusable("\(error)") }
    var unread = 0
    let rehearsal: Rehearsal
    if let messages, let from {
      rehearsal = try folder(messages, from.id, try location.load(), proposed)
    } else {
      let home = try HubOpening.open(location)
      let now = SystemClock().now()
      let since = now.adding(milliseconds: -Int64(days) * 86_400_000)
      (rehearsal, unread) = try await asking {
        try await home.rehearse(proposed, since: since, limit: limit, at: now)
      }
    }
    if json {
      for line in rehearsal.encoded() { Terminal.put(line: line) }
    } else {
      Terminal.say(rehearsal.lines(width: Terminal.width))
      if unread > 0 { Terminal.say("\(PlainText.count(unread, "message")) could not be read any more.") }
    }
    if rehearsal.items.contains(where: \.isChanged) { throw Answer.no() }
  }

  private func folder(
    _ path: String, _ sender: AgencyID, _ current: Configuration, _ proposed: Configuration
  ) throws -> Rehearsal {
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: path) else {
      throw Answer.unusable("\(path.printable) is no folder that can be read.")
    }
    var rehearsal = Rehearsal(current: current, proposed: proposed, at: SystemClock().now())
    for name in names.sorted().prefix(limit) where !name.hasPrefix(".") {
      do throws(InputFile.Trouble) {
        let body = try InputFile(name: path + "/" + name).read(maximumBytes: CheckedDocument.maximumBytes)
        rehearsal.add(document: body, from: sender, name: name)
      } catch { throw Answer.unusable(error.sentence.printable) }
    }
    return rehearsal
  }
}
