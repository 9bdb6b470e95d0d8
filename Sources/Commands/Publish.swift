import AgencyClient
import ArgumentParser
import Contract
import Formats
import Hub
import Logging
import STIX

/// `entente publish`: an agency's side of a message.
struct Publish: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Publish messages as an agency, from files, standard input or a watched folder.",
    discussion: """
      Without --lane a message goes along the lane of its kind, as far as its content says what it is. A file of a \
      watched folder is moved to `sent` or `refused` in it. With --wait the receipts are waited for: exit code 1 where \
      one says rejected.

      Example: entente publish --as us-cisa --wait Examples/transatlantic/messages/gridworm.json
      """)

  @OptionGroup var location: ConfigurationOption
  @OptionGroup var agency: AgencyOptions

  @Option(help: ArgumentHelp("What the messages are; a hint that is checked.", valueName: "format/kind"))
  var type: String?

  @Option(help: "The lane: incident or threat.")
  var lane: LaneArgument?

  @Option(help: ArgumentHelp("Only to these agencies: a,b.", valueName: "agencies"))
  var to: AgencyList?

  @Option(help: "A label that makes the markings stricter.")
  var tlp: TLPArgument?

  @Option(help: "The purpose of sharing.")
  var purpose: String?

  @Flag(help: "Mark the messages as an exercise.")
  var exercise = false

  @Option(help: "The message-id (default: one made up for each message); for one file only.")
  var messageID: String?

  @Flag(help: "Wait for the hub's receipt of each message, and print it.")
  var wait = false

  @Option(help: "How many seconds to wait for confirm and receipt.")
  var timeout = 60.0

  @Option(help: ArgumentHelp("Publish the files put into this folder until Ctrl-C.", valueName: "folder"))
  var watch: String?

  @Option(help: ArgumentHelp("Keep what is not confirmed yet in this folder.", valueName: "folder"))
  var spool: String?

  @Argument(help: "The messages; - is standard input.")
  var files: [String] = []

  func validate() throws {
    guard files.isEmpty == (watch == nil) else { return }
    throw ValidationError(
      files.isEmpty ? "Name files, -, or a folder with --watch." : "Name files or --watch, not both.")
  }

  func run() async throws {
    if let type, MessageType(type) == nil {
      throw Answer.unusable("--type is of the form FORMAT/KIND, as in stix/indicators; \(type) is not.")
    }
    if messageID != nil, files.count > 1 {
      throw Answer.unusable("--message-id is for one message; leave it out where there are several files.")
    }
    let configuration = try location.load()
    var logger = HubLog.logger("publish")
    logger.logLevel = .warning
    let producer: Producer
    do {
      producer = try Producer(
        Producer.Configuration(
          broker: try agency.connection(configuration, purpose: "publish"), spoolFolder: spool, followsReceipts: wait,
          drainSeconds: 2), logger: logger)
    } catch let error as AgencyClientError {
      throw Answer.unusable(error.message)
    }
    // A broker that refuses us ends the service, and with it the waiting.
    let isAccepted = try await withThrowingTaskGroup(of: Bool?.self) { group in
      group.addTask {
        try await producer.run()
        return nil
      }
      group.addTask { try await work(with: producer) }
      defer { group.cancelAll() }
      do {
        while let result = try await group.next() {
          if let result { return result }
        }
      } catch let error as AgencyClientError {
        throw Answer.unusable("Nothing more was published: \(error.message)")
      }
      return true
    }
    if !isAccepted { throw Answer.no() }
  }

  /// Publishes everything; false where the hub rejected some of it.
  private func work(with producer: Producer) async throws -> Bool {
    if let watch {
      try await follow(watch, with: producer)
      return true
    }
    var isAccepted = true
    for file in files where try await !publish(file, with: producer) { isAccepted = false }
    return isAccepted
  }

  /// Publishes one file; false where the hub rejected it.
  private func publish(_ file: String, with producer: Producer) async throws -> Bool {
    let body: [UInt8]
    do throws(InputFile.Trouble) {
      body = try InputFile(name: file).read(maximumBytes: 128 << 20)
    } catch {
      throw Answer.unusable(error.sentence)
    }
    let message = template(body)
    let milestone = milestone
    guard let published = try await within(seconds: timeout, { try await producer.publish(message, until: milestone) })
    else { throw Answer.unusable("\(file) was not confirmed within \(timeout) seconds: see whether the broker runs.") }
    return tell(file, published)
  }

  private func tell(_ file: String, _ published: Producer.Published) -> Bool {
    guard let receipt = published.receipt else {
      Terminal.say("\(file): published as \(published.messageID), and confirmed by the broker.")
      return true
    }
    let kind = receipt.kind.map { " as \($0.rawValue)" } ?? ""
    Terminal.say("\(file): \(receipt.verdict.rawValue)\(kind), message-id \(receipt.messageID)")
    for note in receipt.notes { Terminal.say("  note: \(note.printable)") }
    for reason in receipt.reasons {
      let place = reason.location.map { " at \($0)" } ?? ""
      Terminal.say("\(reason.detail ?? "")".printable.under("  \(reason.cause)\(place): ", width: Terminal.width))
    }
    return receipt.verdict != .rejected
  }

  private func follow(_ folder: String, with producer: Producer) async throws {
    Terminal.say("Publishing what is put into \(folder); Ctrl-C ends it.")
    do {
      try await producer.watch(folder, as: template([]), until: milestone) { outcome in
        switch outcome.result {
        case .success(let published): _ = tell(outcome.name, published)
        case .failure(let error): Terminal.complain("\(outcome.name): \(error.message)")
        }
      }
    } catch let error as AgencyClientError {
      throw Answer.unusable(error.message)
    }
  }

  private var milestone: Producer.Milestone { wait ? .receipt(within: .seconds(timeout)) : .confirmed }

  private func template(_ body: [UInt8]) -> OutgoingMessage {
    let type = type.flatMap { MessageType($0) }
    let kind = type?.kind ?? (try? FormatCatalogue.identify(body, contentType: nil, hint: nil))?.kind
    return OutgoingMessage(
      body: body, lane: lane?.lane ?? kind?.lane ?? .threat, messageID: messageID, type: type,
      recipients: to?.agencies.sorted(), tlp: tlp?.tlp.label, purpose: purpose, isExercise: exercise)
  }
}

/// A lane by its name.
struct LaneArgument: ExpressibleByArgument {
  let lane: Lane

  init?(argument: String) {
    guard let lane = Lane(rawValue: argument) else { return nil }
    self.lane = lane
  }

  static var allValueStrings: [String] { Lane.allCases.map(\.rawValue) }
}
