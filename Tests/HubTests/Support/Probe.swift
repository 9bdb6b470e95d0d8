import Foundation

/// A hub in a process of its own, which a test ends by force.
final class Probe {
  private let process = Process()

  init(_ arguments: [String]) throws {
    let program = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    process.executableURL = URL(fileURLWithPath: program).deletingLastPathComponent().appending(path: "HubProbe")
    process.arguments = arguments
    process.standardOutput = FileHandle.nullDevice
    try process.run()
  }

  deinit { kill() }

  var isRunning: Bool { process.isRunning }

  /// True where it ended by SIGKILL, its own or ours.
  var wasKilled: Bool {
    !process.isRunning && process.terminationReason == .uncaughtSignal && process.terminationStatus == SIGKILL
  }

  func kill() {
    guard process.isRunning else { return }
    Foundation.kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
  }
}
