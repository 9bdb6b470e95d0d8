import Synchronization

/// The connection's side of the loop.
extension AMQPConnection {
  /// What the loop has to know after a turn.
  struct Turn {
    var hasEnded: Bool
    /// How many messages came or were settled, and the bytes of those that came.
    var activity = 0
    var bytes = 0
    /// The work behind them stood still: the broker or the program waited for us.
    var isPressed = false
    /// When the next turn is due, if nothing happens before.
    var tick: Int
  }

  /// What the socket says.
  struct Events: OptionSet {
    let rawValue: Int
    static let readable = Events(rawValue: 1)
    static let writable = Events(rawValue: 2)
    /// The connection is gone; what came before its end can still be read.
    static let broken = Events(rawValue: 4)
  }

  /// At most so many bytes are read in one turn, so that the others have theirs.
  private static let readBudget = 1 << 20

  /// Works on the state under the lock; wakes who is to be woken, and the loop when it has something to do.
  func withState<Result: Sendable, Failure: Error>(
    _ body: (inout ConnectionState) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let (result, wakeups, needsTurn) = state.withLock { state in
      let result = Swift.Result { () throws(Failure) in try body(&state) }
      return (result, state.takeWakeups(), state.needsTurn(at: MonotonicClock.now()))
    }
    for wakeup in wakeups { wakeup.perform() }
    if needsTurn { requestTurn() }
    return try result.get()
  }

  /// Asks the loop for a turn soon.
  func requestTurn() {
    if !isListed.exchange(true, ordering: .sequentiallyConsistent) { loop.visit(self) }
  }

  /// The loop's turn: reads, does what is due, writes. Called on the loop's thread only.
  func turn(_ events: Events, _ tools: borrowing EventLoop.Tools) -> Turn {
    socket.withLock { socket in
      if socket.isConnecting {
        if !events.isEmpty { finishConnecting(&socket) }
      } else if socket.isSecuring {
        if !events.isEmpty { advanceHandshake(&socket) }
      } else if events.contains(.readable) || socket.hasUnread || (events.contains(.writable) && socket.readWantsWrite),
        socket.isOpen,
        events.contains(.broken) || !isPaused()
      {
        read(&socket, tools)
      }
      var turn = write(&socket, tools)
      (turn.activity, turn.bytes, turn.isPressed) = takeActivity()
      socket.declareInterest(reads: turn.hasEnded || !isPaused(), poll: tools.poll, id: serial)
      return turn
    }
  }

  /// Whether the byte budget keeps this connection from being read. Its silence does not count meanwhile.
  private func isPaused() -> Bool {
    guard let budget = configuration.byteBudget else { return false }
    let isPaused = state.withLock { $0.mayPause } && budget.pause(self)
    locked { $0.setPaused(isPaused, at: $1) }
    return isPaused
  }

  private func takeActivity() -> (messages: Int, bytes: Int, isPressed: Bool) {
    state.withLock { state in
      defer {
        state.activity = 0
        state.activityBytes = 0
        state.isPressed = false
        state.turns &+= 1
      }
      return (state.activity, state.activityBytes, state.isPressed)
    }
  }

  private func finishConnecting(_ socket: inout ConnectionSocket) {
    let failure = socket.finishConnecting()
    locked { state, now in
      state.handle(failure.map(ConnectionMachine.Event.notConnected) ?? .connected, at: now)
    }
  }

  private func advanceHandshake(_ socket: inout ConnectionSocket) {
    guard let step = socket.advanceHandshake() else { return }
    locked { state, now in
      switch step {
      case .failed(let reason, let isRefusal):
        state.handle(.notSecured(reason, isRefusal: isRefusal), at: now)
      default: state.handle(.secured, at: now)
      }
    }
  }

  /// Like `withState`, for the loop, which needs no call.
  private func locked<Result: Sendable>(_ body: (inout ConnectionState, Int) -> Result) -> Result {
    let (result, wakeups) = state.withLock { state in
      let result = body(&state, MonotonicClock.now())
      return (result, state.takeWakeups())
    }
    for wakeup in wakeups { wakeup.perform() }
    return result
  }

  private func read(_ socket: inout ConnectionSocket, _ tools: borrowing EventLoop.Tools) {
    var budget = Self.readBudget
    socket.hasUnread = false
    while budget > 0 {
      let kept = socket.rest.count
      tools.scratch.copyBytes(from: socket.rest)
      let (count, outcome) = fill(&socket, tools, from: kept)
      budget -= count
      if count > 0 {
        let bytes = UnsafeRawBufferPointer(rebasing: tools.scratch[..<(kept + count)])
        var splitter = socket.splitter
        let used = locked { state, now in
          defer { if state.hasFreshDeliveries { state.handOutAll() } }
          return state.receive(bytes, splitter: &splitter, decoder: tools.decoder, at: now)
        }
        socket.splitter = splitter
        socket.rest = Array(bytes[used...])
      }
      switch outcome {
      case .bytes: continue
      case .wouldBlock: return
      case .endOfStream: locked { $0.handle(.endOfStream, at: $1) }
      case .failed(let reason): locked { $0.handle(.socketFailed(reason), at: $1) }
      case .refused(let reason): locked { $0.handle(.notSecured(reason, isRefusal: true), at: $1) }
      }
      return
    }
    // OpenSSL may hold more, which raises no event.
    if socket.isSecure {
      socket.hasUnread = true
      requestTurn()
    }
  }

  /// Reads until the scratch is full or the socket is empty; how many bytes, and what the last attempt gave.
  private func fill(
    _ socket: inout ConnectionSocket, _ tools: borrowing EventLoop.Tools, from start: Int
  ) -> (Int, ConnectionSocket.Outcome) {
    var end = start
    while true {
      let room = UnsafeMutableRawBufferPointer(rebasing: tools.scratch[end...])
      let outcome = socket.receive(into: room)
      guard case .bytes(let count) = outcome else { return (end - start, outcome) }
      end += count
      if socket.isSecure {
        // One record at a time, which must find room as a whole: OpenSSL's rest of it would raise no event.
        if tools.scratch.count - end < ConnectionSocket.largestRecord { return (end - start, outcome) }
      } else if count < room.count {
        // Less than there was room for: the socket is empty, and says so when it is not.
        return (end - start, .wouldBlock)
      } else {
        return (end - start, outcome)
      }
    }
  }

  /// Does what is due, writes what can be written, obeys the machine's commands.
  private func write(_ socket: inout ConnectionSocket, _ tools: borrowing EventLoop.Tools) -> Turn {
    var turn = Turn(hasEnded: false, tick: Int.max)
    // Known once this turn has tried to write.
    var isStalled: Bool?
    while true {
      let commands = locked { state, now in
        state.tick(at: now)
        if let isStalled { state.noteStall(isStalled, at: now) }
        // When nothing is left from the last time: what was appended meanwhile.
        if !socket.hasUnwritten { swap(&state.outgoing, &socket.writing) }
        turn = Turn(hasEnded: state.machine.hasEnded, tick: state.nextTick(at: now) ?? Int.max)
        state.announcedTick = turn.tick
        defer { state.commands = [] }
        return state.commands
      }
      for command in commands { obey(command, &socket, tools) }
      if turn.hasEnded || isStalled == true { break }
      guard socket.hasUnwritten, socket.isReady else {
        if commands.isEmpty { break }
        continue
      }
      isStalled = !flush(&socket)
    }
    return turn
  }

  /// Writes until nothing is left or the socket takes no more: false then.
  private func flush(_ socket: inout ConnectionSocket) -> Bool {
    let isLoggingIn = state.withLock { $0.machine.isLoggingIn }
    var hasWritten = false
    defer { if hasWritten { locked { $0.noteWritten(at: $1) } } }
    while socket.hasUnwritten {
      switch socket.send(wiping: isLoggingIn) {
      case .bytes: hasWritten = true
      case .wouldBlock: return false
      case .endOfStream:
        locked { $0.handle(.endOfStream, at: $1) }
        return true
      case .refused(let reason):
        locked { $0.handle(.notSecured(reason, isRefusal: true), at: $1) }
        return true
      case .failed(let reason):
        locked { $0.handle(.socketFailed(reason), at: $1) }
        return true
      }
    }
    return true
  }

  private func obey(
    _ command: ConnectionState.SocketCommand, _ socket: inout ConnectionSocket, _ tools: borrowing EventLoop.Tools
  ) {
    switch command {
    case .resolve(let host, let port):
      if let address = SocketAddress(numeric: host, port: port) {
        locked { $0.handle(.resolved([address]), at: $1) }
      } else {
        Resolver.shared.lookUp(host, port: port) { [self] answer in
          withState { state in
            switch answer {
            case .success(let addresses): state.handle(.resolved(addresses.shuffled()), at: MonotonicClock.now())
            case .failure(let failure): state.handle(.notResolved(failure.reason), at: MonotonicClock.now())
            }
          }
        }
      }
    case .connect(let address):
      if let failure = socket.connect(address, poll: tools.poll, id: serial) {
        locked { $0.handle(.notConnected(failure), at: $1) }
      }
    case .secure(let name):
      guard let tls, socket.beginTLS(tls, name: name) else {
        locked { $0.handle(.notSecured("\(name) is no name or address", isRefusal: true), at: $1) }
        return
      }
      advanceHandshake(&socket)
    case .drop(let abrupt):
      if !abrupt, socket.isReady {
        // One try for the last words: what was queued before, then an answer to a goodbye.
        if flush(&socket), !socket.hasUnwritten {
          state.withLock { swap(&$0.outgoing, &socket.writing) }
          _ = flush(&socket)
        }
      }
      socket.close(poll: tools.poll)
      configuration.byteBudget?.forget(self)
    }
  }
}

extension ConnectionState {
  fileprivate mutating func takeWakeups() -> [Wakeup] {
    if heldBytes < accountedBytes {
      configuration.byteBudget?.remove(accountedBytes - heldBytes)
      accountedBytes = heldBytes
    } else if heldBytes > accountedBytes {
      configuration.byteBudget?.add(heldBytes - accountedBytes)
      accountedBytes = heldBytes
    }
    guard !wakeups.isEmpty else { return [] }
    defer { wakeups = [] }
    return wakeups
  }

  /// True when the loop has something to do that no socket tells it.
  fileprivate func needsTurn(at now: Int) -> Bool {
    if !commands.isEmpty || (!outgoing.isEmpty && stalledSince == nil) { return true }
    return (nextTick(at: now) ?? Int.max) < announcedTick
  }

  fileprivate mutating func noteStall(_ isStalled: Bool, at now: Int) {
    if isStalled { stalledSince = stalledSince ?? now } else { stalledSince = nil }
  }

  fileprivate mutating func noteWritten(at now: Int) {
    machine.noteWritten(at: now)
    if stalledSince != nil { stalledSince = now }
  }
}
