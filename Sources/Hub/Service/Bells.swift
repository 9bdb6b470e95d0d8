import Contract
import Synchronization

/// Wakes whoever waits for work of one kind. A ring that nobody waits for is kept, once.
final class Bells: Sendable {
  private struct Waiter {
    let id: UInt64
    let continuation: CheckedContinuation<Void, Never>
    var timer: Task<Void, Never>?
  }

  private struct State {
    var rung: Set<String> = []
    var waiters: [String: Waiter] = [:]
    var lastID: UInt64 = 0
  }

  private let state = Mutex(State())

  func ring(_ name: String) {
    let waiter = state.withLock { state in
      let waiter = state.waiters.removeValue(forKey: name)
      if waiter == nil { state.rung.insert(name) }
      return waiter
    }
    waiter?.timer?.cancel()
    waiter?.continuation.resume()
  }

  /// Returns at the next ring, after `pause` at the latest, or when the task is cancelled. One waiter a bell.
  func wait(_ name: String, atMost pause: Duration) async {
    let id = state.withLock { state in
      state.lastID += 1
      return state.lastID
    }
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isReady = state.withLock { state in
          if state.rung.remove(name) != nil || Task.isCancelled { return true }
          state.waiters[name] = Waiter(id: id, continuation: continuation)
          return false
        }
        if isReady { return continuation.resume() }
        let timer = Task { [weak self] in
          do { try await Task.sleep(for: pause) } catch { return }
          self?.giveUp(name, id)
        }
        let isLate = state.withLock { state in
          guard state.waiters[name]?.id == id else { return true }
          state.waiters[name]?.timer = timer
          return false
        }
        if isLate { timer.cancel() }
      }
    } onCancel: {
      giveUp(name, id)
    }
  }

  private func giveUp(_ name: String, _ id: UInt64) {
    let waiter = state.withLock { state in
      state.waiters[name]?.id == id ? state.waiters.removeValue(forKey: name) : nil
    }
    waiter?.timer?.cancel()
    waiter?.continuation.resume()
  }
}
