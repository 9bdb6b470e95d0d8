import Foundation
import Synchronization

/// Runs the hub's program, ends it by force, and starts it again.
///
/// A hub that ends by itself is started again and counted: none of a fire's troubles may end one.
actor HubKeeper {
  private let folder: String
  private let programs: String
  private var process: Process?
  private var isKept = false
  private(set) var kills = 0
  /// How hubs ended that nobody had killed.
  private(set) var ownEnds: [String] = []

  static let faketime = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1"

  /// - Parameter programs: the folder of the built programs.
  init(folder: String, programs: String) {
    self.folder = folder
    self.programs = programs
  }

  /// Starts the program, and again when it ends by itself, until `kill` or `stop`.
  ///
  /// - Parameters:
  ///   - clock: by how many seconds its clock is moved.
  ///   - poison: the message-id whose message ends it; such a hub is our own program with the same hub in it.
  func start(clock: Int = 0, poison: String? = nil) throws {
    isKept = true
    try launch(clock: clock, poison: poison)
  }

  private func launch(clock: Int, poison: String?) throws {
    let process = Process()
    if let poison {
      process.executableURL = URL(filePath: programs + "/Fire")
      process.arguments = ["--poisoned-hub", folder, poison]
    } else {
      process.executableURL = URL(filePath: programs + "/entente")
      process.arguments = ["serve", "--config", folder, "--log-level", "warning"]
    }
    if clock != 0 {
      // libfaketime puts a variable into the environment as it begins, which makes the C library move it, and Swift finds
      // its arguments by where the environment was. A program before ours takes that upon itself.
      process.arguments = [process.executableURL?.path ?? ""] + (process.arguments ?? [])
      process.executableURL = URL(filePath: "/usr/bin/env")
    }
    var environment = ProcessInfo.processInfo.environment
    environment["SWIFT_BACKTRACE"] = "enable=no"
    if clock != 0 {
      environment["LD_PRELOAD"] = Self.faketime
      environment["FAKETIME"] = clock > 0 ? "+\(clock)" : "\(clock)"
      environment["FAKETIME_DONT_FAKE_MONOTONIC"] = "1"
    }
    process.environment = environment
    let log = try appending(to: folder + "/hub.log")
    process.standardOutput = log
    process.standardError = log
    process.terminationHandler = { [weak self] ended in
      Task { await self?.hasEnded(ended, clock: clock, poison: poison) }
    }
    try process.run()
    try? log.close()
    self.process = process
  }

  private func hasEnded(_ ended: Process, clock: Int, poison: String?) async {
    guard isKept, ended === process else { return }
    let isOwnKill = ended.terminationReason == .uncaughtSignal && ended.terminationStatus == SIGKILL
    if !(poison != nil && isOwnKill) {
      ownEnds.append("\(ended.terminationReason == .exit ? "status" : "signal") \(ended.terminationStatus)")
    }
    try? await Task.sleep(for: .milliseconds(300))
    guard isKept, ended === process else { return }
    try? launch(clock: clock, poison: poison)
  }

  /// SIGKILL. Nothing is started afterwards.
  func kill() async {
    isKept = false
    guard let process else { return }
    self.process = nil
    guard process.isRunning else { return }
    kills += 1
    Foundation.kill(process.processIdentifier, SIGKILL)
    while process.isRunning { try? await Task.sleep(for: .milliseconds(5)) }
  }

  /// SIGTERM, as an operator stops it; gives its exit code, or nil where it had to be killed.
  func stop(within deadline: Duration) async -> Int32? {
    isKept = false
    guard let process else { return nil }
    self.process = nil
    process.terminate()
    let end = ContinuousClock.now + deadline
    while process.isRunning, ContinuousClock.now < end { try? await Task.sleep(for: .milliseconds(20)) }
    guard process.isRunning else { return process.terminationReason == .exit ? process.terminationStatus : nil }
    Foundation.kill(process.processIdentifier, SIGKILL)
    return nil
  }

  /// Sets the largest size of a file that the running hub may write; nil lifts it.
  func limitFiles(to bytes: Int?) async {
    guard let process, process.isRunning else { return }
    let text = bytes.map(String.init) ?? "unlimited"
    _ = try? await Command.run(
      "/usr/bin/prlimit", ["--pid", "\(process.processIdentifier)", "--fsize=\(text):unlimited"])
  }

  private func appending(to path: String) throws -> FileHandle {
    let file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw FireTrouble("\(path) cannot be written") }
    return FileHandle(fileDescriptor: file, closeOnDealloc: true)
  }
}

/// A program that is run to its end.
enum Command {
  struct Run: Sendable {
    let status: Int32
    let output: String
  }

  private static let serial = Atomic(0)

  static func run(_ program: String, _ arguments: [String], input: [UInt8] = []) async throws -> Run {
    let name =
      NSTemporaryDirectory() + "/entente-fire-\(getpid())-\(serial.wrappingAdd(1, ordering: .relaxed).newValue)"
    _ = FileManager.default.createFile(atPath: name + ".in", contents: Data(input))
    _ = FileManager.default.createFile(atPath: name + ".out", contents: nil)
    defer { for end in [".in", ".out"] { unlink(name + end) } }
    let process = Process()
    process.executableURL = URL(filePath: program)
    process.arguments = arguments
    let output = try FileHandle(forWritingTo: URL(filePath: name + ".out"))
    process.standardInput = try FileHandle(forReadingFrom: URL(filePath: name + ".in"))
    process.standardOutput = output
    process.standardError = output
    await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
      process.terminationHandler = { _ in continuation.resume() }
      do {
        try process.run()
      } catch {
        process.terminationHandler = nil
        continuation.resume()
      }
    }
    let data = (try? Data(contentsOf: URL(filePath: name + ".out"))) ?? Data()
    return Run(
      status: process.isRunning ? -1 : process.terminationStatus, output: String(decoding: data, as: UTF8.self))
  }
}
