import FoundationEssentials
package import Glibc

/// A condition that did not come about.
package struct NeverHappened: Error, CustomStringConvertible {
  package let description: String
  package init(description: String) { self.description = description }
}

/// Looks until the condition holds; throws, with its name, when it does not within the deadline.
package func eventually(
  _ what: String, within deadline: Duration = .seconds(240), isolation: isolated (any Actor)? = #isolation,
  _ condition: () async throws -> Bool
) async throws {
  let end = ContinuousClock.now + deadline
  while try await !condition() {
    guard ContinuousClock.now < end else { throw NeverHappened(description: "within \(deadline): \(what)") }
    try await Task.sleep(for: .milliseconds(20))
  }
}

/// Whether a process with this id runs; a zombie does not.
package func isAlive(_ pid: pid_t) -> Bool {
  guard let file = fopen("/proc/\(pid)/stat", "r") else { return false }
  defer { fclose(file) }
  var buffer = [UInt8](repeating: 0, count: 512)
  let count = fread(&buffer, 1, buffer.count, file)
  let stat = String(decoding: buffer[..<count], as: UTF8.self)
  guard let end = stat.lastIndex(of: ")") else { return false }
  return stat[end...].dropFirst(2).first != "Z"
}

/// Removes a folder that a test made, with all that is in it.
package func removeFolder(_ path: String) {
  try? FileManager.default.removeItem(atPath: path)
}
