import CSandbox
import Crypto
import Glibc

/// A program that is run without network, and with little else: what it is, and within which limits.
package struct SandboxedProgram: Sendable, Hashable {
  /// What runs the script, with its arguments; empty where the script is a program itself.
  package var interpreter: [String]
  /// The path of the script.
  package var script: String
  /// SHA-256 of the script in hexadecimal: another file is not run.
  package var sha256: String
  /// How long one answer may take.
  package var seconds: Int
  /// How much memory it may have.
  package var megabytes: Int

  package init(interpreter: [String], script: String, sha256: String, seconds: Int, megabytes: Int) {
    self.interpreter = interpreter
    self.script = script
    self.sha256 = sha256
    self.seconds = seconds
    self.megabytes = megabytes
  }

  /// Why there is no answer.
  package struct Trouble: Error, Sendable {
    package var message: String
    /// The program ended before it wrote anything of an answer: another one may do better.
    var endedAtOnce = false
  }

  /// An answer has no more bytes than this.
  package static let longestAnswer = 64 << 20
}

/// One that is running: lines go in, lines come out, and it is ended where it does what it may not.
///
/// Used by one thread at a time; ``SandboxedWorker`` sees to that.
final class SandboxedProcess {
  typealias Trouble = SandboxedProgram.Trouble

  private let process: pid_t
  private let input: Int32
  private let output: Int32
  private var isOver = false

  /// Starts the program, if it is the file that the configuration names.
  init(_ program: SandboxedProgram) throws(Trouble) {
    let script = program.script.hasPrefix("/") ? program.script : Self.whole(program.script)
    let name = script.split(separator: "/").last.map(String.init) ?? script
    guard let bytes = Self.read(script) else { throw Trouble(message: "the script \(name) cannot be read") }
    guard Self.hexadecimal(SHA256.hash(data: bytes)) == program.sha256 else {
      throw Trouble(message: "the script \(name) is not the one that the configuration names: its sha256 is another")
    }
    var toProgram: [Int32] = [-1, -1]
    var fromProgram: [Int32] = [-1, -1]
    // A socket and no pipe: writing to a program that ended must not end this one by SIGPIPE.
    guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &toProgram) == 0 else {
      throw Trouble(message: "there is no pipe for it")
    }
    guard pipe(&fromProgram) == 0 else {
      toProgram.forEach { _ = close($0) }
      throw Trouble(message: "there is no pipe for it")
    }
    // Programs that others start meanwhile must not hold these.
    for end in toProgram + fromProgram { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    var stage: UnsafePointer<CChar>?
    let words = (program.interpreter + [script]).map { strdup($0) }
    var arguments = words.map { UnsafePointer($0) } + [nil]
    process = entente_sandbox_start(
      &arguments, toProgram[0], fromProgram[1], UInt64(program.megabytes) << 20, &stage)
    let error = errno
    words.forEach { free($0) }
    close(toProgram[0])
    close(fromProgram[1])
    input = toProgram[1]
    output = fromProgram[0]
    guard process > 0 else {
      close(input)
      close(output)
      isOver = true
      let place = stage.map { String(cString: $0) } ?? "start"
      throw Trouble(
        message: "it is not run: \(place): \(String(cString: strerror(error)))")
    }
    _ = fcntl(input, F_SETFL, fcntl(input, F_GETFL) | O_NONBLOCK)
    _ = fcntl(output, F_SETFL, fcntl(output, F_GETFL) | O_NONBLOCK)
  }

  deinit { end() }

  /// Ends it, whatever it does.
  func end() {
    guard !isOver else { return }
    isOver = true
    close(input)
    close(output)
    kill(process, SIGKILL)
    waitpid(process, nil, 0)
  }

  /// Writes a line and waits for one. After trouble the process is over.
  func ask(_ line: [UInt8], seconds: Int) throws(Trouble) -> [UInt8] {
    do {
      return try exchange(line + [UInt8(ascii: "\n")], ContinuousClock.now + .seconds(seconds), seconds)
    } catch {
      end()
      throw error
    }
  }

  private func exchange(
    _ text: [UInt8], _ deadline: ContinuousClock.Instant, _ seconds: Int
  ) throws(Trouble) -> [UInt8] {
    guard !isOver else { throw Trouble(message: "it has ended", endedAtOnce: true) }
    var answer: [UInt8] = []
    var written = 0
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while true {
      let left = deadline - ContinuousClock.now
      guard left > .zero else { throw Trouble(message: "it gave no answer within \(seconds) s") }
      let milliseconds = Int32(
        clamping: left.components.seconds * 1000 + left.components.attoseconds / 1_000_000_000_000_000)
      var waiting = [pollfd(fd: output, events: Int16(POLLIN), revents: 0)]
      if written < text.count { waiting.append(pollfd(fd: input, events: Int16(POLLOUT), revents: 0)) }
      guard poll(&waiting, nfds_t(waiting.count), max(1, milliseconds)) > 0 else { continue }
      if waiting.count > 1, waiting[1].revents != 0 {
        let count = text[written...].withUnsafeBytes { send(input, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
        if count > 0 { written += count } else if errno != EAGAIN && errno != EINTR { throw ended(answer) }
      }
      guard waiting[0].revents != 0 else { continue }
      let count = Glibc.read(output, &chunk, chunk.count)
      if count == 0 { throw ended(answer) }
      guard count > 0 else {
        if errno == EAGAIN || errno == EINTR { continue }
        throw ended(answer)
      }
      answer += chunk[..<count]
      if let end = chunk[..<count].firstIndex(of: UInt8(ascii: "\n")) {
        guard end == count - 1 else { throw Trouble(message: "it wrote more than one line for one question") }
        guard written == text.count else { throw Trouble(message: "it answered before it had read the question") }
        answer.removeLast()
        return answer
      }
      if answer.count > SandboxedProgram.longestAnswer {
        throw Trouble(message: "its answer has no end: more than \(SandboxedProgram.longestAnswer >> 20) MiB")
      }
    }
  }

  private func ended(_ answer: [UInt8]) -> Trouble {
    Trouble(message: "it ended before it had answered", endedAtOnce: answer.isEmpty)
  }

  private static func whole(_ path: String) -> String {
    guard let folder = getcwd(nil, 0) else { return path }
    defer { free(folder) }
    return String(cString: folder) + "/" + path
  }

  private static func read(_ path: String) -> [UInt8]? {
    guard let file = fopen(path, "rbe") else { return nil }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while bytes.count <= 64 << 20 {
      let count = fread(&chunk, 1, chunk.count, file)
      if count == 0 { return ferror(file) == 0 ? bytes : nil }
      bytes += chunk[..<count]
    }
    return nil
  }

  private static func hexadecimal(_ digest: SHA256.Digest) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }
}
