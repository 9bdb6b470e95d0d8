import Broker
import Foundation
import Synchronization

/// Runs the hub's program, ends it by force, and starts it again.
///
/// A hub that ends by itself is started again and counted: none of a fire's troubles may end one.
actor HubKeeper {
  private let folder: String
  private let programs: String
  private let movedClock: MovedClock?
  private var running: (child: ChildProcess, end: Task<Int32, Never>)?
  private var starts = 0
  private(set) var kills = 0
  /// By how many seconds the clock of the last one that was started is moved.
  private var clock = 0
  /// How hubs ended that nobody had killed.
  private(set) var ownEnds: [String] = []

  /// - Parameters:
  ///   - programs: the folder of the built programs.
  ///   - movedClock: for hubs that think it is another time; nil where no clock can be moved.
  init(folder: String, programs: String, movedClock: MovedClock?) {
    self.folder = folder
    self.programs = programs
    self.movedClock = movedClock
  }

  /// Starts the program, and again when it ends by itself, until `kill` or `stop`.
  ///
  /// - Parameters:
  ///   - clock: by how many seconds its clock is moved.
  ///   - poison: the message-id whose message ends it; such a hub is our own program with the same hub in it.
  func start(clock: Int = 0, poison: String? = nil) throws {
    var words = ["\(programs)/entente", "serve", "--config", folder, "--log-level", "warning"]
    if let poison { words = ["\(programs)/Fire", "--poisoned-hub", folder, poison] }
    var variables = ["SWIFT_BACKTRACE": "enable=no"]
    if clock != 0, let movedClock {
      words = movedClock.wrapper + words
      variables.merge(movedClock.environment(movedBy: clock)) { $1 }
    }
    self.clock = clock
    starts += 1
    let child = try ChildProcess.spawn(
      words[0], Array(words.dropFirst()), environment: Command.environment(variables),
      output: "\(folder)/hub-\(starts).log")
    running = (
      child,
      Task {
        let status = await child.end()
        await hasEnded(child, status, clock: clock, poison: poison)
        return status
      }
    )
  }

  /// Runs a command on the hub's machine, with the hub's clock.
  func runBeside(_ program: String, _ arguments: [String], input: [UInt8]) async throws -> Command.Run {
    guard clock != 0, let movedClock else { return try await Command.run(program, arguments, input: input) }
    let words = movedClock.wrapper + [program] + arguments
    return try await Command.run(
      words[0], Array(words.dropFirst()), input: input, variables: movedClock.environment(movedBy: clock))
  }

  private func hasEnded(_ child: ChildProcess, _ status: Int32, clock: Int, poison: String?) async {
    guard running?.child.pid == child.pid else { return }
    if poison == nil || status != 128 + SIGKILL { ownEnds.append("status \(status), hub-\(starts).log") }
    try? await Task.sleep(for: .milliseconds(300))
    guard running?.child.pid == child.pid else { return }
    try? start(clock: clock, poison: poison)
  }

  /// SIGKILL. Nothing is started afterwards.
  func kill() async {
    guard let (child, end) = running else { return }
    running = nil
    kills += 1
    Foundation.kill(child.pid, SIGKILL)
    _ = await end.value
  }

  /// SIGTERM, as an operator stops it; gives its exit status, or nil where it had to be killed.
  func stop(within deadline: Duration) async -> Int32? {
    guard let (child, end) = running else { return nil }
    running = nil
    Foundation.kill(child.pid, SIGTERM)
    let patience = Task {
      try await Task.sleep(for: deadline)
      Foundation.kill(child.pid, SIGKILL)
    }
    let status = await end.value
    patience.cancel()
    return status == 128 + SIGKILL ? nil : status
  }

  /// Sets the largest size of a file that the running hub may write; nil lifts it.
  func limitFiles(to bytes: Int?) async {
    guard let child = running?.child else { return }
    let text = bytes.map(String.init) ?? "unlimited"
    _ = try? await Command.run("/usr/bin/prlimit", ["--pid", "\(child.pid)", "--fsize=\(text):unlimited"])
  }
}

/// A program that is run to its end.
enum Command {
  struct Run: Sendable {
    let status: Int32
    let output: String
  }

  private static let serial = Atomic(0)

  /// Our own variables and some more.
  static func environment(_ variables: [String: String]) -> [String: String] {
    ProcessInfo.processInfo.environment.merging(variables) { $1 }
  }

  static func run(
    _ program: String, _ arguments: [String], input: [UInt8] = [], variables: [String: String] = [:]
  ) async throws -> Run {
    let number = serial.wrappingAdd(1, ordering: .relaxed).newValue
    let name = NSTemporaryDirectory() + "/entente-fire-\(getpid())-\(number)"
    defer { for end in [".in", ".out"] { unlink(name + end) } }
    try Data(input).write(to: URL(filePath: name + ".in"))
    let file = open(name + ".in", O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw FireTrouble("\(name).in cannot be read") }
    defer { close(file) }
    let child = try ChildProcess.spawn(
      program, arguments, environment: environment(variables), input: file, output: name + ".out")
    let status = await child.end()
    let output = (try? Data(contentsOf: URL(filePath: name + ".out"))) ?? Data()
    return Run(status: status, output: String(decoding: output, as: UTF8.self))
  }
}

extension ChildProcess {
  /// Its exit status, once it has ended; to be asked for once.
  fileprivate func end() async -> Int32 {
    while true {
      if let status = exitStatus() { return status }
      // Of a task that is cancelled too the program has to be waited for.
      await Task.detached { try? await Task.sleep(for: .milliseconds(5)) }.value
    }
  }
}
