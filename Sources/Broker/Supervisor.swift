import Glibc
import Synchronization

/// The process that starts node and epmd for us and ends both when we end, in whatever way that happens.
///
/// It is a shell in a session of its own with one end of a socket pair as its standard input. Lines tell it what to
/// do; the end of file, which the system sends even when we are killed, tells it to end everything.
final class Supervisor: Sendable {
  private struct State {
    var socket: Int32?
    var hasEnded = false
  }

  private let process: ChildProcess
  private let state: Mutex<State>
  private let folder: NodeFolder

  /// Starts the shell; the node starts with `startNode`. A node that uses the epmd of another has none of its own.
  init(
    _ folder: NodeFolder, programs: Programs, environment: [String: String], hasOwnEpmd: Bool
  ) throws(BrokerError) {
    var pair: [Int32] = [-1, -1]
    guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &pair) == 0 else {
      throw BrokerError(.system, "could not make a socket pair: \(String(cString: strerror(errno)))")
    }
    defer { close(pair[1]) }
    do {
      process = try ChildProcess.spawn(
        "/bin/sh",
        [
          "-c", Self.script, "entente-supervisor", folder.path, folder.isTemporary ? "remove" : "keep",
          programs.server, hasOwnEpmd ? programs.epmd : "",
        ],
        environment: environment, input: pair[1], output: folder.supervisorLog, ownSession: true)
    } catch {
      close(pair[0])
      throw error
    }
    state = Mutex(State(socket: pair[0]))
    self.folder = folder
  }

  deinit { hangUp() }

  var pid: pid_t { process.pid }

  /// Starts epmd, where it does not run, and the node.
  func startNode() { send("start\n") }

  /// Ends the node in order and keeps all else, so that it can be started again.
  func stopNode() { send("stop\n") }

  /// Tells the supervisor to end everything and itself.
  func hangUp() {
    state.withLock {
      if let socket = $0.socket.take() { close(socket) }
    }
  }

  /// Whether the supervisor has ended, and with it node, epmd and a temporary folder.
  var hasEnded: Bool {
    state.withLock {
      if !$0.hasEnded { $0.hasEnded = process.exitStatus() != nil }
      return $0.hasEnded
    }
  }

  /// Hangs up and waits on this thread until all has ended: for the very end of a program.
  func endNow(within deadline: Duration) {
    hangUp()
    let end = ContinuousClock.now + deadline
    while !hasEnded, ContinuousClock.now < end { usleep(10_000) }
  }

  private func send(_ line: String) {
    let bytes = Array(line.utf8)
    state.withLock {
      guard let socket = $0.socket else { return }
      _ = Glibc.send(socket, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }
  }

  /// A look is taken each 50 ms. The node's wrapper becomes the node itself (`detached`), so the id of the child is the node's. A process that has
  /// ended still answers `kill -0` until it was waited for: its state is read from /proc. epmd comes first and goes
  /// last, or the node starts one of its own that outlives it.
  private static let script = """
    folder=$1 fate=$2 server=$3 epmd_program=$4
    node= epmd=

    runs() {
      { read -r _ _ state _ <"/proc/$1/stat"; } 2>/dev/null && [ "$state" != Z ]
    }

    end_node() { # after so many looks at an orderly end, by force
      [ -n "$node" ] || return 0
      kill -TERM "$node" 2>/dev/null
      look=0
      while [ "$look" -lt "$1" ] && runs "$node"; do
        sleep 0.05
        look=$((look + 1))
      done
      kill -KILL "$node" 2>/dev/null
      wait "$node" 2>/dev/null
      node=
      rm -f "$folder/node.pid"
    }

    start_node() {
      end_node 600
      if [ -n "$epmd_program" ] && { [ -z "$epmd" ] || ! runs "$epmd"; }; then
        "$epmd_program" -address 127.0.0.1 -port "$ERL_EPMD_PORT" </dev/null >"$folder/log/epmd.log" 2>&1 &
        epmd=$!
        echo "$epmd" >"$folder/epmd.pid"
        look=0
        until "$epmd_program" -names >/dev/null 2>&1 || [ "$look" -ge 100 ]; do
          sleep 0.05
          look=$((look + 1))
        done
      fi
      detached=1 "$server" </dev/null >"$folder/log/output" 2>&1 &
      node=$!
      echo "$node" >"$folder/node.pid"
    }

    end_all() {
      trap '' HUP INT TERM
      # Data that is removed need not be closed in order.
      if [ "$fate" = keep ]; then end_node 600; else end_node 0; fi
      [ -z "$epmd" ] || kill -TERM "$epmd" 2>/dev/null
      wait
      rm -f "$folder/epmd.pid"
      cd /
      [ "$fate" = keep ] || rm -rf "$folder"
      exit 0
    }

    trap end_all HUP INT TERM
    cd "$folder"
    while read -r command; do
      case $command in
        start) start_node ;;
        stop) end_node 600 ;;
      esac
    done
    end_all
    """
}
