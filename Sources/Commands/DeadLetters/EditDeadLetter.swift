import ArgumentParser
import Contract
import Hub
import JSON
import Ledger
import Sharing

/// `entente dead edit`.
struct EditDeadLetter: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "edit",
    abstract: "Mend the message of a dead letter.",
    discussion: """
      Opens it in $VISUAL or $EDITOR, on a file that only you can read, or takes the new text from a file. The new text \
      is checked at once and kept beside the untouched one, also when something is still wrong with it (exit code 1): \
      edit it again, or replay it. With --patch the changes are a JSON Patch (RFC 6902). The copy goes out under an id of \
      its own that names the old one, and without its sender's signature; its recipients see that it was edited.

      Example: entente dead edit 17 --note "pattern closed with a bracket"
      """)

  @OptionGroup var location: ConfigurationOption
  @OptionGroup var actor: OperatorOption

  @Option(help: "Take the new text from this file; - is standard input.")
  var file: String?

  @Option(help: "Change the text by this JSON Patch, all of it or nothing; - is standard input.")
  var patch: String?

  @Option(help: "What was mended, and why.")
  var note = ""

  @Argument(help: "The dead letter's number.")
  var number: Int64

  func validate() throws {
    if file != nil, patch != nil { throw ValidationError("Give --file or --patch, but not both.") }
  }

  func run() async throws {
    let name = try actor.name()
    let home = try HubOpening.open(location)
    let desk = DeadLetterDesk(home, operator: name)
    guard let story = try await asking({ try await desk.story(number) }) else { throw DeadLetterAnswer.none(number) }
    if let obstacle = desk.obstacleToEditing(story.letter) { throw Answer.no(obstacle) }
    let edited = try newText(story, limit: home.configuration.settings.limits.messageBytes)
    guard edited != story.body else { throw Answer.no("Nothing was changed, so nothing was kept.") }
    guard !edited.isEmpty else { throw Answer.no("The new text is empty, so it was not kept.") }
    let (revision, prospect, needsApproval) = try await asking {
      try await desk.edit(story.letter, body: edited, note: note)
    }
    Terminal.say("Kept as revision \(revision) of dead letter \(number), beside the untouched bytes.")
    if let before = story.body {
      Terminal.say(["", "What was changed:"] + EditDifference(from: before, to: edited).lines(width: Terminal.width))
    }
    Terminal.say(["", "Would it pass now?"] + prospect.lines(width: Terminal.width, limit: 20))
    guard prospect.passes else { throw Answer.no() }
    guard !needsApproval else {
      return Terminal.say([
        "", "A second person has to look at it first.", "Next: entente dead approve \(number), by somebody else",
      ])
    }
    Terminal.say(["", "Next: entente dead replay \(number)"])
  }

  private func newText(_ story: DeadLetterStory, limit: Int) throws -> [UInt8] {
    if let file {
      do throws(InputFile.Trouble) {
        return try InputFile(name: file).read(maximumBytes: limit)
      } catch {
        throw Answer.unusable(error.sentence.printable)
      }
    }
    guard let body = story.body else {
      throw Answer.no("The bytes of dead letter \(number) were not kept, so there is nothing to edit; use --file.")
    }
    if let patch {
      let text: [UInt8]
      do throws(InputFile.Trouble) {
        text = try InputFile(name: patch).read(maximumBytes: limit)
      } catch {
        throw Answer.unusable(error.sentence.printable)
      }
      do throws(JSONPatch.Failure) {
        return try JSONPatch(text).apply(to: body)
      } catch {
        throw Answer.no("The patch does not fit, so nothing was kept: \("\(error)".printable.cut(to: 300)).")
      }
    }
    return try PrivateEditor.edit(body, named: "dead-letter-\(number).json", limit: limit)
  }
}
