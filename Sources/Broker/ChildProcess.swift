package import Glibc

/// A program started by us, with nothing of ours inherited: no open file, no ignored signal, no variable.
package struct ChildProcess: Sendable {
  package let pid: pid_t

  /// Starts a program. File descriptors: `input` becomes its standard input (`/dev/null` when nil); output and errors
  /// go to the file `output`, or nowhere.
  package static func spawn(
    _ program: String, _ arguments: [String], environment: [String: String], input: Int32? = nil,
    output: String? = nil, ownSession: Bool = false
  ) throws(BrokerError) -> ChildProcess {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    if let input {
      posix_spawn_file_actions_adddup2(&actions, input, 0)
    } else {
      posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    }
    posix_spawn_file_actions_addopen(&actions, 1, output ?? "/dev/null", O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    posix_spawn_file_actions_adddup2(&actions, 1, 2)
    for descriptor in openDescriptors() where descriptor > 2 {
      posix_spawn_file_actions_addclose(&actions, descriptor)
    }

    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var everySignal = sigset_t()
    sigfillset(&everySignal)
    posix_spawnattr_setsigdefault(&attributes, &everySignal)
    var noSignal = sigset_t()
    sigemptyset(&noSignal)
    posix_spawnattr_setsigmask(&attributes, &noSignal)
    var flags = Int16(POSIX_SPAWN_SETSIGDEF) | Int16(POSIX_SPAWN_SETSIGMASK)
    // POSIX_SPAWN_SETSID, which glibc's headers show to GNU sources only.
    if ownSession { flags |= 0x80 }
    posix_spawnattr_setflags(&attributes, flags)

    let variables = environment.map { name, value in "\(name)=\(value)" }
    var pid: pid_t = 0
    let failure = withCStrings([program] + arguments) { argumentPointers in
      withCStrings(variables) { variablePointers in
        posix_spawn(&pid, program, &actions, &attributes, argumentPointers, variablePointers)
      }
    }
    guard failure == 0 else {
      throw BrokerError(.system, "\(program) could not be started: \(String(cString: strerror(failure)))")
    }
    return ChildProcess(pid: pid)
  }

  /// Its exit status once it has ended (128 and the signal's number when a signal ended it), nil while it runs.
  /// Takes the status from the system: ask again only while the answer is nil.
  package func exitStatus() -> Int32? {
    var status: Int32 = 0
    let answer = waitpid(pid, &status, WNOHANG)
    if answer == 0 { return nil }
    guard answer == pid else { return -1 }
    let signal = status & 0x7f
    return signal == 0 ? (status >> 8) & 0xff : 128 + signal
  }

  /// Whether a process runs under this id; one that has ended and was not yet waited for does not run.
  static func isRunning(_ pid: pid_t) -> Bool {
    guard let stat = try? Files.read("/proc/\(pid)/stat"), let end = stat.lastIndex(of: ")") else { return false }
    let state = stat[stat.index(after: end)...].drop(while: { $0 == " " }).first
    return state != "Z" && state != "X"
  }

  /// Files of this process; many are opened, by whatever library, without care for children.
  private static func openDescriptors() -> [Int32] {
    guard let folder = opendir("/proc/self/fd") else { return [] }
    defer { closedir(folder) }
    var descriptors: [Int32] = []
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if let descriptor = Int32(name) { descriptors.append(descriptor) }
    }
    return descriptors
  }

  private static func withCStrings<Result>(
    _ strings: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Result
  ) -> Result {
    var pointers: [UnsafeMutablePointer<CChar>?] = strings.map { strdup($0) }
    pointers.append(nil)
    defer { for pointer in pointers { free(pointer) } }
    return pointers.withUnsafeMutableBufferPointer { body($0.baseAddress!) }
  }
}
