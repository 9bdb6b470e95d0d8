/// The life of a connection from look-up to its end: takes events, returns what to do, does nothing itself.
///
/// `resolving -> connecting -> start -> tune -> open -> running -> closing -> ended`, with one deadline for each state
/// and one way out for every failure. Times are milliseconds of a monotonic clock, given with each event.
struct ConnectionMachine: Sendable {
  /// The largest frame that we agree to.
  static let frameMax = 131_072
  /// Brokers from 4.1 on refuse less.
  static let smallestFrameMax = 8192

  enum State: Sendable, Equatable {
    case idle
    case resolving
    case connecting(remaining: [SocketAddress])
    case awaitingStart
    case awaitingTune
    case awaitingOpen(Tuning)
    case running(Tuning)
    case closing(Tuning)
    case ended(AMQPError?)
  }

  /// What was agreed at log-in.
  struct Tuning: Sendable, Equatable {
    var channelMax: UInt16
    var frameMax: Int
    var heartbeatSeconds: Int
  }

  enum Event: Sendable {
    case begin
    case resolved([SocketAddress])
    case notResolved(String)
    case connected
    case notConnected(String)
    case method(InboundMethod)
    /// The peer answered with a protocol header of its own.
    case wrongVersion
    case endOfStream
    case socketFailed(String)
    case violation(String)
    /// Everything that had to go out before is queued: say goodbye.
    case close
    case abort(AMQPError)
    case tick
  }

  enum Action: Sendable, Equatable {
    case resolve(host: String, port: UInt16)
    case connect(SocketAddress)
    case sendProtocolHeader
    case send(OutboundMethod)
    case sendHeartbeat
    case opened(Tuning)
    case blocked(String)
    case unblocked
    /// Last of all: write what is queued if it can be written at once, drop the socket, tell everybody.
    case end(AMQPError?)
  }

  private(set) var state = State.idle
  private let configuration: AMQPConfiguration
  private var deadline: Int?
  private var heartbeat: Heartbeat?
  private var lastConnectFailure = ""

  init(configuration: AMQPConfiguration) { self.configuration = configuration }

  var tuning: Tuning? {
    switch state {
    case .running(let tuning), .closing(let tuning), .awaitingOpen(let tuning): tuning
    default: nil
    }
  }

  var isRunning: Bool { if case .running = state { true } else { false } }
  var hasEnded: Bool { if case .ended = state { true } else { false } }
  /// Until the log-in is answered, what is written may hold a password.
  var isLoggingIn: Bool {
    switch state {
    case .running, .closing: false
    default: true
    }
  }

  /// When `tick` is due; nil for never.
  var nextTick: Int? {
    switch state {
    case .ended: nil
    default: [deadline, heartbeat?.next].compactMap(\.self).min()
    }
  }

  /// Bytes came in.
  mutating func noteRead(at now: Int) { heartbeat?.lastRead = now }

  /// Bytes went out.
  mutating func noteWritten(at now: Int) { heartbeat?.lastWritten = now }

  mutating func handle(_ event: Event, at now: Int) -> [Action] {
    if case .ended = state { return [] }
    switch event {
    case .begin: return begin(now)
    case .resolved(let addresses):
      guard case .resolving = state else { return [] }
      state = .connecting(remaining: addresses)
      return connectNext()
    case .notResolved(let reason):
      guard case .resolving = state else { return [] }
      return fail(
        AMQPError(
          code: .nameResolution, message: "the name \(configuration.host) cannot be looked up: \(reason)",
          isTransient: true))
    case .connected:
      guard case .connecting = state else { return [] }
      state = .awaitingStart
      return [.sendProtocolHeader]
    case .notConnected(let reason):
      guard case .connecting = state else { return [] }
      lastConnectFailure = reason
      return connectNext()
    case .method(let method): return receive(method, now)
    case .wrongVersion:
      return fail(
        AMQPError(
          code: .protocolViolation, message: "the peer does not speak AMQP 0-9-1", isTransient: false))
    case .endOfStream: return fail(.closed(endOfStreamReason))
    case .socketFailed(let reason): return fail(.closed("the connection broke: \(reason)"))
    case .violation(let what): return fail(.violation(what))
    case .close: return close(now)
    case .abort(let error): return fail(error)
    case .tick: return tick(now)
    }
  }

  private mutating func begin(_ now: Int) -> [Action] {
    guard case .idle = state else { return [] }
    deadline = now + Int(configuration.connectTimeoutSeconds * 1000)
    state = .resolving
    return [.resolve(host: configuration.host, port: configuration.port)]
  }

  private mutating func connectNext() -> [Action] {
    guard case .connecting(var remaining) = state, !remaining.isEmpty else {
      return fail(
        AMQPError(
          code: .connectionFailed,
          message: "no connection to \(configuration.host):\(configuration.port): \(lastConnectFailure)",
          isTransient: true))
    }
    let address = remaining.removeFirst()
    state = .connecting(remaining: remaining)
    return [.connect(address)]
  }

  private mutating func receive(_ method: InboundMethod, _ now: Int) -> [Action] {
    if case .connectionClose(let replyCode, let text) = method {
      if case .closing = state { return [.send(.connectionCloseOk)] + finish(nil) }
      return [.send(.connectionCloseOk)] + fail(refusal(replyCode, text))
    }
    switch (state, method) {
    case (.awaitingStart, .connectionStart(let major, let minor, let mechanisms)):
      guard (major, minor) == (0, 9) else { return handle(.wrongVersion, at: now) }
      guard mechanisms.split(separator: " ").contains("PLAIN") else {
        return fail(
          AMQPError(
            code: .configuration, message: "the broker offers no PLAIN login (it offers: \(mechanisms))",
            isTransient: false))
      }
      state = .awaitingTune
      return [.send(Login.startOk(configuration))]
    case (.awaitingTune, .connectionTune(let channelMax, let frameMax, let heartbeat)):
      return tune(channelMax: channelMax, frameMax: frameMax, heartbeat: heartbeat, now)
    case (.awaitingTune, .other(AMQPMethodNumber.connectionSecure)):
      return fail(
        AMQPError(code: .configuration, message: "the broker wants a second step of login", isTransient: false))
    case (.awaitingOpen(let tuning), .connectionOpenOk):
      state = .running(tuning)
      deadline = nil
      return [.opened(tuning)]
    case (.running, .connectionBlocked(let reason)): return [.blocked(reason)]
    case (.running, .connectionUnblocked): return [.unblocked]
    case (.closing, .connectionCloseOk): return finish(nil)
    case (.closing, _): return []
    default: return fail(.violation("\(method) came where it has no place"))
    }
  }

  private mutating func tune(channelMax: UInt16, frameMax: UInt32, heartbeat: UInt16, _ now: Int) -> [Action] {
    let offered = frameMax == 0 ? Self.frameMax : Int(frameMax)
    guard offered >= 4096 else { return fail(.violation("a frame size of \(offered) was offered")) }
    let wanted = max(1, configuration.heartbeatSeconds)
    let tuning = Tuning(
      channelMax: channelMax == 0 ? 2047 : min(channelMax, 2047), frameMax: min(Self.frameMax, offered),
      heartbeatSeconds: heartbeat == 0 ? wanted : min(wanted, Int(heartbeat)))
    state = .awaitingOpen(tuning)
    self.heartbeat = Heartbeat(interval: tuning.heartbeatSeconds * 1000, now: now)
    return [
      .send(
        .connectionTuneOk(
          channelMax: tuning.channelMax, frameMax: UInt32(tuning.frameMax),
          heartbeat: UInt16(clamping: tuning.heartbeatSeconds))),
      .send(.connectionOpen(vhost: configuration.vhost)),
    ]
  }

  private mutating func close(_ now: Int) -> [Action] {
    guard case .running(let tuning) = state else {
      if case .closing = state { return [] }
      return finish(nil)
    }
    state = .closing(tuning)
    deadline = now + Int(configuration.closeTimeoutSeconds * 1000)
    return [.send(.connectionClose(replyCode: 200, text: "goodbye"))]
  }

  private mutating func tick(_ now: Int) -> [Action] {
    if let deadline, now >= deadline {
      if case .closing = state { return finish(nil) }
      return fail(.timeout("\(waitingFor) within \(configuration.connectTimeoutSeconds) s"))
    }
    guard var beat = heartbeat else { return [] }
    defer { if !hasEnded { heartbeat = beat } }
    if beat.isDead(at: now) {
      return fail(.timeout("the broker was silent for \(now - beat.lastRead) ms, twice the heartbeat"))
    }
    guard beat.shouldSend(at: now) else { return [] }
    beat.lastWritten = now
    return [.sendHeartbeat]
  }

  private var waitingFor: String {
    switch state {
    case .resolving: "the name \(configuration.host) was not looked up"
    case .connecting: "\(configuration.host):\(configuration.port) did not take the connection"
    case .awaitingStart: "the peer did not begin to speak AMQP"
    default: "the broker did not answer the login"
    }
  }

  private var endOfStreamReason: String {
    switch state {
    case .awaitingStart: "the peer closed the connection before a word (is this an AMQP port?)"
    case .awaitingTune, .awaitingOpen: "the broker closed the connection during the login without a reason"
    default: "the broker closed the connection without a word"
    }
  }

  private func refusal(_ replyCode: UInt16, _ text: String) -> AMQPError {
    var error = AMQPError.closedByBroker(replyCode: replyCode, text: text, channel: false)
    if case .running = state { return error }
    error.message = "the broker refused the login of \(configuration.username): \(replyCode) \(text)"
    return error
  }

  private mutating func fail(_ error: AMQPError) -> [Action] { finish(error) }

  private mutating func finish(_ error: AMQPError?) -> [Action] {
    state = .ended(error)
    return [.end(error)]
  }
}

/// Numbers of methods that only the machine of the connection asks about.
enum AMQPMethodNumber {
  static let connectionSecure: UInt32 = 655_380
}

/// When to send a heartbeat, and when the peer is dead.
struct Heartbeat: Sendable, Equatable {
  /// The agreed interval in milliseconds.
  var interval: Int
  var lastRead: Int
  var lastWritten: Int

  init(interval: Int, now: Int) {
    self.interval = interval
    lastRead = now
    lastWritten = now
  }

  var next: Int { min(lastWritten + interval / 2, lastRead + 2 * interval) }
  func shouldSend(at now: Int) -> Bool { now >= lastWritten + interval / 2 }
  func isDead(at now: Int) -> Bool { now >= lastRead + 2 * interval }
}

/// What we say of ourselves at log-in.
enum Login {
  static func startOk(_ configuration: AMQPConfiguration) -> OutboundMethod {
    let capabilities: AMQPTable = [
      "publisher_confirms": true, "exchange_exchange_bindings": true, "basic.nack": true,
      "consumer_cancel_notify": true, "connection.blocked": true, "authentication_failure_close": true,
      "per_consumer_qos": true,
    ]
    var properties: AMQPTable = [
      "product": "Entente AMQP", "platform": "Swift", "capabilities": .table(capabilities),
    ]
    if let name = configuration.connectionName { properties["connection_name"] = .string(name) }
    let response = [0] + Array(configuration.username.utf8) + [0] + Array(configuration.password.utf8)
    return .connectionStartOk(properties: properties, mechanism: "PLAIN", response: response, locale: "en_US")
  }
}
