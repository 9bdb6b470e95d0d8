import Foundation

/// The hub or the relay as a program of its own, so that its CPU is told apart from ours.
final class Party {
  private let process = Process()

  /// Starts this program again with other arguments.
  init(_ arguments: [String]) throws {
    process.executableURL = URL(filePath: CommandLine.arguments[0])
    process.arguments = arguments
    try process.run()
  }

  /// CPU seconds that it has used, user and system.
  var cpuSeconds: Double {
    let text = (try? String(contentsOfFile: "/proc/\(process.processIdentifier)/stat", encoding: .utf8)) ?? ""
    // The fields behind the name, which stands in parentheses: the 14th and 15th of all.
    let fields = (text.split(separator: ")").last ?? "").split(separator: " ")
    guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12]) else { return 0 }
    return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
  }

  /// The memory that it has in use, in MiB.
  var residentMebibytes: Int {
    let text = (try? String(contentsOfFile: "/proc/\(process.processIdentifier)/statm", encoding: .utf8)) ?? ""
    let pages = text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
    return pages * 4096 / 1_048_576
  }

  func end() {
    process.terminate()
    process.waitUntilExit()
  }
}
