import Foundation

@testable import Ledger

/// A probe that runs beside the test, in a process of its own.
final class ProbeProcess {
  private let process = Process()
  private let output = Pipe()

  init(_ arguments: [String]) throws {
    let program = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    process.executableURL = URL(fileURLWithPath: program).deletingLastPathComponent().appending(path: "LedgerProbe")
    process.arguments = arguments
    process.standardOutput = output
    try process.run()
  }

  deinit { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }

  /// Reads until there are so many whole lines, or the output ends; gives what there is.
  func lines(atLeast count: Int = .max) -> [String] {
    var bytes: [UInt8] = []
    var lines = 0
    while lines < count {
      let chunk = output.fileHandleForReading.availableData
      if chunk.isEmpty { break }
      bytes.append(contentsOf: chunk)
      lines += chunk.count { $0 == UInt8(ascii: "\n") }
    }
    let whole = bytes.lastIndex(of: UInt8(ascii: "\n")).map { bytes[..<$0] } ?? []
    return String(decoding: whole, as: UTF8.self).split(separator: "\n").map(String.init)
  }

  /// Ends it as a power cut would; gives the lines that came until then.
  func killed() -> [String] {
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
    return lines()
  }

  func exitStatus() -> Int32 {
    process.waitUntilExit()
    return process.terminationStatus
  }
}
