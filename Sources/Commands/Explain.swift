import ArgumentParser
import Contract
import Hub
import Sharing

/// `entente explain`: with whom a document would be shared, and why.
struct Explain: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Say who would get what of a document, by which grant, and why not.",
    discussion: """
      Asks the arrangements of the configuration folder by the same code that decides in the hub; nothing is sent and \
      nothing is written down. Exit code 1 when the hub would refuse the document altogether.

      Example: entente explain --from us-cisa --to eu-enisa bundle.json
      """)

  @OptionGroup var location: ConfigurationOption

  @Option(help: "The agency that would publish it.")
  var from: AgencyArgument

  @Option(help: "Ask about this agency only.")
  var to: AgencyArgument?

  @Option(help: "As if the sender named these recipients, separated by commas.")
  var recipients: AgencyList?

  @Option(help: "As if the sender set this label.")
  var tlp: TLPArgument?

  @Option(help: "As if the sender stated this purpose.")
  var purpose: String?

  @Option(help: "As if the sender stated this legal basis.")
  var legalBasis: String?

  @Flag(help: "As if it were an exercise.")
  var exercise = false

  @Option(help: "As of this time: 2026-11-24 or 2026-11-24T06:30:00Z (default: now).")
  var at: MomentArgument?

  @Option(help: ArgumentHelp("Show only what this other configuration folder would change.", valueName: "folder"))
  var diff: String?

  @Flag(help: "Name every object.")
  var full = false

  @Flag(help: "Print one JSON object.")
  var json = false

  @Argument(help: "The document; - is standard input.")
  var file: String

  func run() throws {
    let configuration = try location.load()
    for agency in [from.id, to?.id].compactMap({ $0 }) where configuration.agencies[agency] == nil {
      let known = configuration.agencies.keys.sorted().map(\.slug).joined(separator: ", ")
      throw Answer.unusable("\(agency) is no agency of this configuration; its agencies are \(known).")
    }
    var envelope = SharingForecast.Envelope()
    envelope.recipients = recipients?.agencies
    envelope.tlp = tlp?.tlp
    envelope.purpose = purpose
    envelope.legalBasis = legalBasis
    envelope.isExercise = exercise
    let body: [UInt8]
    do throws(InputFile.Trouble) {
      body = try InputFile(name: file).read(maximumBytes: CheckedDocument.maximumBytes)
    } catch {
      throw Answer.unusable(error.sentence.printable)
    }
    do {
      let forecast = try SharingForecast(
        of: body, from: from.id, to: to?.id, envelope: envelope, under: configuration,
        at: at?.instant ?? SystemClock().now())
      if let diff {
        try show(forecast, against: diff, body, envelope)
      } else if json {
        Terminal.put(line: forecast.encoded())
      } else {
        Terminal.say(forecast.lines(width: Terminal.width, limit: full ? nil : 5))
      }
    } catch let error as StageFailure {
      let place = error.location.map { " (at \($0))" } ?? ""
      throw Answer.no(
        "Nobody would get it: the hub would refuse it at \(error.stage.rawValue), \(error.cause.rawValue)\(place): "
          + error.detail.printable)
    }
  }

  private func show(
    _ now: SharingForecast, against folder: String, _ body: [UInt8], _ envelope: SharingForecast.Envelope
  ) throws {
    let other: Configuration
    do throws(ConfigurationError) {
      other = try Configuration.load(folder: folder)
    } catch { throw Answer.unusable("\(error)") }
    let then = try SharingForecast(
      of: body, from: from.id, to: to?.id, envelope: envelope, under: other, at: at?.instant ?? SystemClock().now())
    let differences = then.differences(from: now)
    guard !differences.isEmpty else { return Terminal.say("Nothing would change.") }
    for difference in differences {
      Terminal.say("\(difference.recipient): \(difference.direction.rawValue)")
      Terminal.say("  now   \(difference.before)")
      Terminal.say("  then  \(difference.after)")
      Terminal.say(difference.reason.printable.under("        ", width: Terminal.width))
    }
  }
}
