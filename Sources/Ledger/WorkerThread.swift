import Glibc
import Synchronization

/// A thread of its own for work that blocks, with an end that can be awaited.
final class WorkerThread: Sendable {
  private struct State {
    var isFinished = false
    var waiting: [CheckedContinuation<Void, Never>] = []
  }

  private let state = Mutex(State())

  /// Starts a thread that runs the body once.
  init(_ body: @escaping @Sendable () -> Void) throws(LedgerError) {
    let start = Unmanaged.passRetained(
      Start {
        body()
        self.finish()
      })
    var thread: pthread_t = 0
    let result = pthread_create(
      &thread, nil,
      { pointer in
        guard let pointer else { return nil }
        Unmanaged<Start>.fromOpaque(pointer).takeRetainedValue().body()
        return nil
      }, start.toOpaque())
    guard result == 0 else {
      start.release()
      throw LedgerError(.io, "no thread could be started (errno \(result))")
    }
    pthread_detach(thread)
  }

  /// Returns once the body has returned.
  func join() async {
    await withCheckedContinuation { continuation in
      let isFinished = state.withLock {
        if !$0.isFinished { $0.waiting.append(continuation) }
        return $0.isFinished
      }
      if isFinished { continuation.resume() }
    }
  }

  private func finish() {
    let waiting = state.withLock {
      $0.isFinished = true
      return $0.waiting
    }
    for continuation in waiting { continuation.resume() }
  }

  private final class Start {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }
}
