import Broker
import BrokerTestSupport
import Glibc
import Testing

@Suite struct NodeEndsWithUsTests {
  @Test func `node, epmd and supervisor end when the program that started them is killed`() async throws {
    let probe = try Probe()
    let words = try await probe.firstLine().split(separator: " ")
    let processes = words.prefix(3).compactMap { pid_t($0) }
    let folder = String(try #require(words.last))
    #expect(processes.count == 3)
    #expect(processes.allSatisfy(isAlive))
    #expect(access(folder, F_OK) == 0)

    probe.killAndWait()

    try await eventually("everything has ended") { !processes.contains(where: isAlive) }
    try await eventually("the folder is gone") { access(folder, F_OK) != 0 }
  }
}

/// The program `BrokerProbe`, running; what it prints comes through a pipe.
private struct Probe {
  private let pid: pid_t
  private let output: Int32

  init() throws {
    var pair: [Int32] = [-1, -1]
    try #require(pipe(&pair) == 0)
    defer { close(pair[1]) }
    output = pair[0]
    _ = fcntl(output, F_SETFL, O_NONBLOCK)
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, pair[1], 1)
    var child: pid_t = 0
    var arguments: [UnsafeMutablePointer<CChar>?] = [strdup("BrokerProbe"), nil]
    defer { free(arguments[0]) }
    try #require(posix_spawn(&child, Self.program, &actions, nil, &arguments, environ) == 0)
    pid = child
  }

  func firstLine() async throws -> String {
    var line = ""
    try await eventually("the probe has started its node") {
      var buffer = [UInt8](repeating: 0, count: 4096)
      let count = read(output, &buffer, buffer.count)
      if count > 0 { line += String(decoding: buffer[..<count], as: UTF8.self) }
      return line.hasSuffix("\n")
    }
    return String(line.dropLast())
  }

  func killAndWait() {
    kill(pid, SIGKILL)
    waitpid(pid, nil, 0)
    close(output)
  }

  /// Beside the test program, where the package manager builds both.
  private static var program: String {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = readlink("/proc/self/exe", &buffer, buffer.count)
    let path = String(decoding: buffer[..<max(0, count)].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return path.prefix(upTo: path.lastIndex(of: "/") ?? path.startIndex) + "/BrokerProbe"
  }
}
