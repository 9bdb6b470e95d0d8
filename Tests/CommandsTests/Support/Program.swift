import Dispatch
import FoundationEssentials
import Glibc

/// What one run of the built program came to.
struct ProgramRun {
  let code: Int32
  let output: String
  let errors: String

  var outputLines: [Substring] { output.split(separator: "\n") }

  /// The output as one line with single spaces: sentences that are told over several lines stand whole in it.
  var flow: String { output.split(whereSeparator: \.isWhitespace).joined(separator: " ") }
}

/// Runs the built `entente`, which lies beside the test's own program.
enum Program {
  static func run(
    _ arguments: String..., input: [UInt8] = [], environment: [String: String] = [:]
  ) throws -> ProgramRun {
    try run(arguments, input: input, environment: environment)
  }

  /// The same for what takes long: waited for on a thread of its own, not on one that all tests share.
  static func runLong(_ arguments: String...) async throws -> ProgramRun {
    try await withCheckedThrowingContinuation { continuation in
      DispatchQueue.global().async { continuation.resume(with: Result { try run(arguments) }) }
    }
  }

  static func run(
    _ arguments: [String], input: [UInt8] = [], environment: [String: String] = [:]
  ) throws -> ProgramRun {
    let scratch = try Scratch()
    defer { scratch.remove() }
    try scratch.write("in", input)
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, scratch.path + "/in", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, scratch.path + "/out", O_WRONLY | O_CREAT, 0o600)
    posix_spawn_file_actions_addopen(&actions, 2, scratch.path + "/err", O_WRONLY | O_CREAT, 0o600)
    var variables = ["PATH=/usr/bin:/bin", "HOME=\(scratch.path)", "TMPDIR=\(scratch.path)"]
    variables += environment.map { "\($0.key)=\($0.value)" }
    var words = ([path] + arguments).map { strdup($0) } + [nil]
    var settings = variables.map { strdup($0) } + [nil]
    defer { for word in words + settings { free(word) } }
    var child = pid_t()
    guard posix_spawn(&child, path, &actions, nil, &words, &settings) == 0 else { throw Unusable() }
    var status: Int32 = 0
    while waitpid(child, &status, 0) < 0, errno == EINTR {}
    return ProgramRun(
      code: status & 0x7F == 0 ? status >> 8 & 0xFF : -(status & 0x7F),
      output: String(decoding: try scratch.read("out"), as: UTF8.self),
      errors: String(decoding: try scratch.read("err"), as: UTF8.self))
  }

  /// The program could not be started; it is built with the tests.
  struct Unusable: Error {}

  private static let path: String = {
    var buffer = [CChar](repeating: 0, count: 4096)
    let count = readlink("/proc/self/exe", &buffer, buffer.count)
    let own = String(decoding: buffer[..<max(0, count)].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return own[..<(own.lastIndex(of: "/") ?? own.startIndex)] + "/entente"
  }()
}

/// A folder of a test's own.
struct Scratch {
  let path: String

  init() throws {
    var template = Array("/tmp/entente-commands-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw Program.Unusable() }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  @discardableResult
  func write(_ name: String, _ bytes: [UInt8]) throws -> String {
    let parts = name.split(separator: "/")
    for count in 1..<max(1, parts.count) { mkdir("\(path)/\(parts[..<count].joined(separator: "/"))", 0o700) }
    let file = "\(path)/\(name)"
    guard let stream = fopen(file, "w") else { throw Program.Unusable() }
    defer { fclose(stream) }
    guard fwrite(bytes, 1, bytes.count, stream) == bytes.count else { throw Program.Unusable() }
    return file
  }

  @discardableResult
  func write(_ name: String, _ text: String) throws -> String { try write(name, Array(text.utf8)) }

  func read(_ name: String) throws -> [UInt8] { try Self.read(file: "\(path)/\(name)") }

  /// The bytes of any file.
  static func read(file: String) throws -> [UInt8] {
    guard let stream = fopen(file, "r") else { throw Program.Unusable() }
    defer { fclose(stream) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65536)
    while true {
      let count = fread(&chunk, 1, chunk.count, stream)
      if count == 0 { return bytes }
      bytes += chunk[..<count]
    }
  }

  /// The names in the folder, `.` and `..` left out.
  func names() -> [String] {
    guard let directory = opendir(path) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let length = Int(entry.pointee.d_reclen)
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: length) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  func remove() { try? FileManager.default.removeItem(atPath: path) }
}
