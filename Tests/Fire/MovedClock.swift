import Foundation

/// Starts programs that think it is another time (libfaketime).
struct MovedClock: Sendable {
  private static let library = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1"

  /// libfaketime moves the deadlines of timers too, of those as well whose clock it leaves alone: a program behind the time
  /// would sleep in all its tasks for as long as it is behind. Loaded first, this gives the deadlines to the kernel as they
  /// are.
  private static let steadyTimers = """
    #define _GNU_SOURCE
    #include <sys/syscall.h>
    #include <sys/timerfd.h>
    #include <unistd.h>
    int timerfd_settime(int timer, int flags, const struct itimerspec *new, struct itimerspec *old) {
      return (int)syscall(SYS_timerfd_settime, timer, flags, new, old);
    }
    int timerfd_gettime(int timer, struct itimerspec *left) { return (int)syscall(SYS_timerfd_gettime, timer, left); }
    """

  private let preloaded: String

  /// Nil, and said, where it cannot be had on this machine.
  ///
  /// - Parameter folder: takes what has to be compiled.
  init?(folder: String) async {
    guard FileManager.default.fileExists(atPath: Self.library) else {
      say("not moved: the clock (libfaketime is not installed)")
      return nil
    }
    let timers = folder + "/steady-timers.so"
    let compiled = try? await Command.run(
      "/usr/bin/env", ["clang", "-shared", "-fPIC", "-x", "c", "-", "-o", timers], input: Array(Self.steadyTimers.utf8))
    guard compiled?.status == 0 else {
      say("not moved: the clock (what it needs was not compiled: \(compiled?.output ?? "clang was not started"))")
      return nil
    }
    preloaded = timers + " " + Self.library
  }

  /// libfaketime puts a variable into the environment as it begins, which makes the C library move it, and Swift finds its
  /// arguments by where the environment was. A program before ours takes that upon itself.
  var wrapper: [String] { ["/usr/bin/env"] }

  /// Variables that make a program think that it is so many seconds later.
  func environment(movedBy seconds: Int) -> [String: String] {
    [
      "LD_PRELOAD": preloaded, "FAKETIME": seconds > 0 ? "+\(seconds)" : "\(seconds)",
      "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    ]
  }
}
