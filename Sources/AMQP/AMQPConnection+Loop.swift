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
    /// More had come than was read.
    var hasMore = false
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

  /// At most so many bytes are read in one turn, so that the others have theirs, and the tasks theirs while the bytes are
  /// in the processor's cache.
  private static let readBudget = 512 << 10

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
      // Deadlines are judged as of a moment before the socket was read: what the peer said in time is heard first, even
      // where this process stood still meanwhile.
      let asOf = MonotonicClock.now()
      var isDrained = true
      if socket.isConnecting {
        if !events.isEmpty { finishConnecting(&socket) }
      } else if socket.isSecuring {
        if !events.isEmpty { advanceHandshake(&socket) }
      } else if events.contains(.readable) || socket.hasUnread || (events.contains(.writable) && socket.readWantsWrite)
        || isDue(at: asOf), socket.isOpen, events.contains(.broken) || !isPaused()
      {
        isDrained = read(&socket, tools)
      }
      noteUnread(!isDrained)
      var turn = write(&socket, tools, asOf: asOf)
      (turn.activity, turn.bytes, turn.isPressed) = takeActivity()
      turn.hasMore = !isDrained
      let isPaused = !turn.hasEnded && isPaused()
      if isPaused {
        // When the pause is over the socket is read without a sign of it.
        socket.hasUnread = true
        turn.tick = state.withLock { $0.announceHeldBack() }
      }
      socket.declareInterest(reads: !isPaused, poll: tools.poll, id: serial)
      return turn
    }
  }

  private func isDue(at now: Int) -> Bool { state.withLock { ($0.nextTick(at: now) ?? Int.max) <= now } }

  /// A peer that says more than is read in many turns in a row is judged all the same.
  private func noteUnread(_ isLeft: Bool) {
    state.withLock { $0.unreadTurns = isLeft ? $0.unreadTurns + 1 : 0 }
  }

  /// Whether the byte budget keeps this connection from being read. Its silence does not count meanwhile.
  private func isPaused() -> Bool {
    if let budget = configuration.byteBudget {
      let isPaused = state.withLock { $0.mayPause } && budget.pause(self)
      locked { $0.setPaused(isPaused, at: $1) }
      if isPaused { return true }
    }
    return state.withLock { $0.holdsBack(at: MonotonicClock.now()) }
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

  /// False where there may be more than was read.
  private func read(_ socket: inout ConnectionSocket, _ tools: borrowing EventLoop.Tools) -> Bool {
    var budget = Self.readBudget
    var missing = 0
    defer { socket.expect(missing) }
    socket.hasUnread = false
    while budget > 0 {
      let kept = socket.rest.count
      tools.scratch.copyBytes(from: socket.rest)
      // Of a large body what is still to come goes where it belongs, without a stop in the scratch.
      var loan = kept == 0 && socket.splitter.isInBody ? state.withLock { $0.lendBody(socket.splitter) } : nil
      let (count, outcome) = fill(&socket, tools, &loan, from: kept)
      budget -= count + (loan?.received ?? 0)
      let bytes = UnsafeRawBufferPointer(rebasing: tools.scratch[..<(kept + count)])
      let isLast = budget <= 0 || !outcome.isBytes
      var splitter = socket.splitter
      let used = locked { state, now in
        defer {
          if isLast {
            if state.hasFreshDeliveries { state.handOutAll() }
            missing = state.missingOfBody
          }
        }
        let direct = loan?.received ?? 0
        if let loan = loan.take() { state.takeBack(loan, &splitter) }
        guard count + direct > 0 else { return 0 }
        return state.receive(bytes, splitter: &splitter, decoder: tools.decoder, at: now)
      }
      socket.splitter = splitter
      socket.rest = Array(bytes[used...])
      switch outcome {
      case .bytes: continue
      case .wouldBlock: return true
      case .endOfStream: locked { $0.handle(.endOfStream, at: $1) }
      case .failed(let reason): locked { $0.handle(.socketFailed(reason), at: $1) }
      case .refused(let reason): locked { $0.handle(.notSecured(reason, isRefusal: true), at: $1) }
      }
      return true
    }
    // OpenSSL may hold more, which raises no event.
    if socket.isSecure {
      socket.hasUnread = true
      requestTurn()
    }
    return false
  }

  /// So much is read into the scratch at once: the kernel acknowledges it to the peer as a whole, and it stays in the
  /// processor's cache until it is taken apart.
  static let mostAtOnce = 128 << 10
  /// The end octet of a frame and the beginning of the next one, with a byte of its payload.
  private static let betweenBodies = FrameSplitter.overhead + 2

  /// Reads until there is enough or the socket is empty, into the body that is lent and then into the scratch; how many
  /// bytes came into the scratch, and what the last attempt gave.
  private func fill(
    _ socket: inout ConnectionSocket, _ tools: borrowing EventLoop.Tools, _ loan: inout LentBody?, from start: Int
  ) -> (Int, ConnectionSocket.Outcome) {
    let most = loan?.isContinued == true ? Self.betweenBodies : Self.mostAtOnce
    var end = start
    while end < start + most {
      let room = UnsafeMutableRawBufferPointer(rebasing: tools.scratch[end..<min(tools.scratch.count, start + most)])
      let missing = loan?.missing ?? 0
      let outcome = socket.receive(&loan, then: room)
      guard case .bytes(let count) = outcome else { return (end - start, outcome) }
      end += count - (missing - (loan?.missing ?? 0))
      // Less than there was room for: the socket is empty, and says so when it is not. (TLS gives a record at a time.)
      if !socket.isSecure { return (end - start, count < missing + room.count ? .wouldBlock : outcome) }
    }
    return (end - start, .bytes(0))
  }

  /// Writes what can be written, does what is due, obeys the machine's commands.
  private func write(
    _ socket: inout ConnectionSocket, _ tools: borrowing EventLoop.Tools, asOf: Int
  ) -> Turn {
    var turn = Turn(hasEnded: false, tick: Int.max)
    // Known once this turn has tried to write: a peer that takes bytes again is not judged by the time before.
    var isStalled: Bool? = socket.hasUnwritten && socket.isReady ? !flush(&socket) : nil
    while true {
      let commands = locked { state, now in
        if let isStalled { state.noteStall(isStalled, at: now) }
        state.tick(at: asOf)
        // When nothing is left from the last time: what was appended meanwhile.
        if !socket.hasUnwritten {
          swap(&state.outgoing, &socket.writing)
          state.unwritten = socket.unwritten
        }
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
    defer {
      if hasWritten {
        let unwritten = socket.unwritten
        locked { state, now in
          state.noteWritten(at: now)
          state.noteUnwritten(unwritten)
        }
      }
    }
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
    if heldBackUntil != nil, !isAhead { return true }
    return (nextTick(at: now) ?? Int.max) < announcedTick
  }

  /// The loop learns of the end of a pause; when it looks at this connection next.
  fileprivate mutating func announceHeldBack() -> Int {
    announcedTick = min(announcedTick, heldBackUntil ?? Int.max)
    return announcedTick
  }

  fileprivate mutating func noteStall(_ isStalled: Bool, at now: Int) {
    if isStalled { stalledSince = stalledSince ?? now } else { stalledSince = nil }
  }

  fileprivate mutating func noteWritten(at now: Int) {
    machine.noteWritten(at: now)
    if stalledSince != nil { stalledSince = now }
  }
}
