import Synchronization

/// A value that is awaited once and given once, in either order; whoever gives it first decides. Cancelling the waiting
/// task is one way of giving it.
package final class OneShot<Value: Sendable>: Sendable {
  package init() {}

  private enum State: Sendable {
    case empty
    case awaited(UnsafeContinuation<Value, Never>)
    case given(Value)
    case taken
  }

  // The states see to it that a continuation is resumed once: what checks that at run time is not needed.
  private let state = Mutex<State>(.empty)

  /// Gives the value. False where another was given before.
  @discardableResult
  package func give(_ value: Value) -> Bool {
    let (accepted, continuation): (Bool, UnsafeContinuation<Value, Never>?) = state.withLock { state in
      switch state {
      case .empty:
        state = .given(value)
        return (true, nil)
      case .awaited(let continuation):
        state = .taken
        return (true, continuation)
      case .given, .taken: return (false, nil)
      }
    }
    continuation?.resume(returning: value)
    return accepted
  }

  /// Waits for the value; at most one task does. `onCancel` is called when that task is cancelled, and is expected to
  /// see to it that a value is given.
  package func value(onCancel: @Sendable () -> Void) async -> Value {
    await withTaskCancellationHandler {
      await withUnsafeContinuation { continuation in
        let given: Value? = state.withLock { state in
          switch state {
          case .empty:
            state = .awaited(continuation)
            return nil
          case .given(let value):
            state = .taken
            return value
          case .awaited, .taken: preconditionFailure("a value is awaited twice")
          }
        }
        if let given { continuation.resume(returning: given) }
      }
    } onCancel: {
      onCancel()
    }
  }
}
