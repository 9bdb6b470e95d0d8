import AgencyClient
import ArgumentParser
import Contract
import Hub
import Logging
import ServiceLifecycle
import Synchronization
import UnixSignals

/// `entente listen`: an agency's side of its inbox.
struct Listen: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Take messages from an agency's inbox, to the terminal or into a folder.",
    discussion: """
      A message is acknowledged once it was shown, or lies in the folder on disk; repeats are recognised by id and \
      revision. Ends after --count messages, after --timeout seconds (exit code 1 where fewer came than were asked for), \
      or with Ctrl-C.

      Example: entente listen --as eu-enisa --count 1 --timeout 10
      """)

  @OptionGroup var location: ConfigurationOption
  @OptionGroup var agency: AgencyOptions

  @Option(help: "Only this lane: incident or threat (default: both).")
  var lane: LaneArgument?

  @Option(help: "End after so many messages.")
  var count: Int?

  @Option(help: "End after so many seconds.")
  var timeout: Double?

  @Option(help: ArgumentHelp("Write the messages into this folder, and print where they lie.", valueName: "folder"))
  var out: String?

  @Flag(help: "Print the bodies alone, one a line.")
  var bodies = false

  func validate() throws {
    if let count, count < 1 { throw ValidationError("--count is at least 1.") }
    if let timeout, timeout <= 0 { throw ValidationError("--timeout is more than 0 seconds.") }
  }

  func run() async throws {
    let configuration = try location.load()
    var logger = HubLog.logger("listen")
    logger.logLevel = .warning
    let tally = Tally(limit: count)
    let settings = Consumer.Configuration(
      broker: try agency.connection(configuration, purpose: "listen"), lanes: lane.map { [$0.lane] } ?? Lane.allCases,
      prefetch: count ?? 64, memoryFolder: out.map { $0 + "/.seen" })
    do {
      let consumer: Consumer
      if let out {
        consumer = try Consumer(settings, logger: logger, folder: out) { message, path in
          show(message, path)
          tally.add()
        }
      } else {
        consumer = try Consumer(settings, logger: logger) { message in
          guard !tally.isFull else { throw CancellationError() }
          show(message, nil)
          tally.add()
        }
      }
      try await listen(consumer, tally, logger)
    } catch let error as AgencyClientError {
      throw Answer.unusable(error.message)
    }
    if let count, tally.value < count {
      throw Answer.no("\(tally.value) of \(count) messages came within \(timeout ?? 0) seconds.")
    }
  }

  private func listen(_ consumer: Consumer, _ tally: Tally, _ logger: Logger) async throws {
    let end = EndOfListening(tally: tally, timeout: timeout)
    var settings = ServiceGroupConfiguration(
      services: [
        .init(service: consumer),
        .init(service: end, successTerminationBehavior: .gracefullyShutdownGroup),
      ], gracefulShutdownSignals: [.sigint, .sigterm], logger: logger)
    settings.maximumGracefulShutdownDuration = .seconds(10)
    try await ServiceGroup(configuration: settings).run()
  }

  private func show(_ message: InboxMessage, _ path: String?) {
    if bodies {
      Terminal.put(message.body + [UInt8(ascii: "\n")])
      return
    }
    let type = message.type?.description ?? "a message"
    let sender = message.sender.map { " from \($0)" } ?? ""
    let exercise = message.isExercise ? ", EXERCISE" : ""
    Terminal.say("\(message.tlp ?? "unmarked")\(exercise)  \(type)\(sender) on the \(message.lane.rawValue) lane")
    if let id = message.messageID { Terminal.say("  id \(id.printable), revision \(message.revision)") }
    if let obligations = message.obligations { Terminal.say("  obligations: \(obligations.printable)") }
    if let losses = message.losses { Terminal.say("  losses in translation: \(losses.printable)") }
    if let path { return Terminal.say("  \(path)") }
    Terminal.put(message.body + [UInt8(ascii: "\n")])
  }
}

/// How many messages came.
private final class Tally: Sendable {
  private let limit: Int?
  private let count = Mutex(0)

  init(limit: Int?) { self.limit = limit }

  var value: Int { count.withLock { $0 } }
  var isFull: Bool { limit.map { value >= $0 } ?? false }
  func add() { count.withLock { $0 += 1 } }
}

/// Ends the group once enough messages came, or the time is over.
private struct EndOfListening: Service {
  let tally: Tally
  let timeout: Double?

  func run() async throws {
    let deadline = timeout.map { ContinuousClock.now + .seconds($0) }
    while !tally.isFull, !Task.isShuttingDownGracefully {
      if let deadline, ContinuousClock.now >= deadline { return }
      try await Task.sleep(for: .milliseconds(20))
    }
  }
}
