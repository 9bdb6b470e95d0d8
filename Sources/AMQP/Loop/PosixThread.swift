#if canImport(Glibc)
  import Glibc
#endif
import CRabbitMQ

/// A detached thread with a name: for what must block, and so may not run on Swift's own threads.
enum PosixThread {
  private final class Box: Sendable {
    let name: String
    let body: @Sendable () -> Void
    init(_ name: String, _ body: @escaping @Sendable () -> Void) {
      self.name = name
      self.body = body
    }
  }

  static func start(_ name: String, _ body: @escaping @Sendable () -> Void) {
    var thread = pthread_t()
    let box = Unmanaged.passRetained(Box(name, body))
    let status = pthread_create(
      &thread, nil,
      { argument in
        let box = Unmanaged<Box>.fromOpaque(argument!).takeRetainedValue()
        crabbitmq_name_this_thread(box.name)
        box.body()
        return nil
      }, box.toOpaque())
    guard status == 0 else { fatalError("no thread can be started: \(String(cString: strerror(status)))") }
    pthread_detach(thread)
  }
}

/// Milliseconds of the monotonic clock.
enum MonotonicClock {
  static func now() -> Int {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return time.tv_sec * 1000 + time.tv_nsec / 1_000_000
  }

  static func nanoseconds() -> Int {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return time.tv_sec * 1_000_000_000 + time.tv_nsec
  }
}
