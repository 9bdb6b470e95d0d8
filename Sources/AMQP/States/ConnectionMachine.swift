/// The life of a connection from look-up to its end: takes events, returns what to do, does nothing itself.
///
/// `resolving -> connecting -> (securing) -> start -> tune -> open -> running -> closing -> ended`, with one deadline for
/// each state and one way out for every failure. What goes wrong before the broker has spoken leads to the next address,
/// while there is one. Times are milliseconds of a monotonic clock, given with each event.
struct ConnectionMachine: Sendable {
  /// The largest frame that we agree to.
  static let frameMax = 131_072
  /// Brokers from 4.1 on refuse less.
  static let smallestFrameMax = 8192

  enum State: Sendable, Equatable {
    case idle
    case resolving
    case connecting
    case securing
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
    /// Where the broker may be, in the order in which to try.
    case begin([AMQPEndpoint])
    case resolved([SocketAddress])
    case notResolved(String)
    case connected
    case notConnected(String)
    /// TLS is up, and the peer is who it should be.
    case secured
    /// TLS did not come about; a refusal is one that another attempt would meet again.
    case notSecured(String, isRefusal: Bool)
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
    /// Begin with TLS, and verify this name.
    case secure(name: String)
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
  /// Where we are trying, and where else we can.
  private var endpoint: AMQPEndpoint
  private var endpoints: [AMQPEndpoint] = []
  private var addresses: [SocketAddress] = []
  /// The end of all attempts, and of this one.
  private var overallDeadline = 0

  init(configuration: AMQPConfiguration) {
    self.configuration = configuration
    endpoint = AMQPEndpoint(host: configuration.host, port: configuration.port)
  }

  var tuning: Tuning? {
    switch state {
    case .running(let tuning), .closing(let tuning), .awaitingOpen(let tuning): tuning
    default: nil
    }
  }

  /// What was agreed, while messages flow.
  var runningTuning: Tuning? { if case .running(let tuning) = state { tuning } else { nil } }
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
    default: min(deadline ?? Int.max, heartbeat?.next ?? Int.max)
    }
  }

  /// Bytes came in.
  mutating func noteRead(at now: Int) { heartbeat?.lastRead = now }

  /// The peer is not listened to, so its silence means nothing, until further notice.
  mutating func setPaused(_ isPaused: Bool, at now: Int) {
    guard heartbeat?.isPaused == !isPaused else { return }
    heartbeat?.isPaused = isPaused
    heartbeat?.lastRead = now
  }

  /// Bytes went out.
  mutating func noteWritten(at now: Int) { heartbeat?.lastWritten = now }

  mutating func handle(_ event: Event, at now: Int) -> [Action] {
    if case .ended = state { return [] }
    switch event {
    case .begin(let endpoints): return begin(endpoints, now)
    case .resolved(let addresses):
      guard case .resolving = state else { return [] }
      self.addresses = addresses
      return tryNext(after: nil, now)
    case .notResolved(let reason):
      guard case .resolving = state else { return [] }
      return tryNext(
        after: AMQPError(
          code: .nameResolution, message: "the name \(endpoint.host) cannot be looked up: \(reason)",
          isTransient: true), now)
    case .connected:
      guard case .connecting = state else { return [] }
      guard let tls = configuration.tls else { return awaitStart() }
      state = .securing
      return [.secure(name: tls.serverName ?? endpoint.host)]
    case .notConnected(let reason):
      guard case .connecting = state else { return [] }
      return tryNext(
        after: AMQPError(
          code: .connectionFailed, message: "no connection to \(endpoint): \(reason)", isTransient: true), now)
    case .secured:
      guard case .securing = state else { return [] }
      return awaitStart()
    case .notSecured(let reason, let isRefusal): return notSecured(reason, isRefusal: isRefusal, now)
    case .method(let method): return receive(method, now)
    case .wrongVersion:
      return fail(
        AMQPError(
          code: .protocolViolation, message: "the peer does not speak AMQP 0-9-1", isTransient: false))
    case .endOfStream: return lose(.closed(endOfStreamReason), now)
    case .socketFailed(let reason): return lose(.closed("the connection broke: \(reason)"), now)
    case .violation(let what): return fail(.violation(what))
    case .close: return close(now)
    case .abort(let error): return fail(error)
    case .tick: return tick(now)
    }
  }

  private mutating func begin(_ endpoints: [AMQPEndpoint], _ now: Int) -> [Action] {
    guard case .idle = state else { return [] }
    overallDeadline = now + Int(configuration.connectTimeoutSeconds * 1000)
    self.endpoints = endpoints
    return tryNext(after: .closed("there is no host to connect to"), now)
  }

  /// The next address, or the first of the next endpoint; where there is none, the end with `failure`. Each has an equal
  /// share of the time that is left.
  private mutating func tryNext(after failure: AMQPError?, _ now: Int) -> [Action] {
    deadline = now + max(0, overallDeadline - now) / max(1, addresses.count + endpoints.count)
    if !addresses.isEmpty {
      state = .connecting
      return [.connect(addresses.removeFirst())]
    }
    guard !endpoints.isEmpty else { return fail(failure ?? .closed("the host has no address")) }
    endpoint = endpoints.removeFirst()
    state = .resolving
    return [.resolve(host: endpoint.host, port: endpoint.port)]
  }

  private mutating func awaitStart() -> [Action] {
    state = .awaitingStart
    return [.sendProtocolHeader]
  }

  private mutating func notSecured(_ reason: String, isRefusal: Bool, _ now: Int) -> [Action] {
    switch state {
    case .securing, .awaitingStart, .awaitingTune, .awaitingOpen:
      return lose(
        AMQPError(
          code: .tls, message: "no TLS with \(endpoint): \(reason)", isTransient: !isRefusal), now)
    default: return fail(.closed("the connection broke: \(reason)"))
    }
  }

  /// The connection is lost: the end of this attempt, or of everything once the broker has spoken.
  private mutating func lose(_ failure: AMQPError, _ now: Int) -> [Action] {
    switch state {
    case .resolving, .connecting, .securing, .awaitingStart: tryNext(after: failure, now)
    default: fail(failure)
    }
  }

  private mutating func receive(_ method: InboundMethod, _ now: Int) -> [Action] {
    if case .connectionClose(let replyCode, let text) = method {
      if case .closing = state { return [.send(.connectionCloseOk)] + finish(nil) }
      return [.send(.connectionCloseOk)] + fail(refusal(replyCode, text))
    }
    switch (state, method) {
    case (.awaitingStart, .connectionStart(let major, let minor, let mechanisms)):
      guard (major, minor) == (0, 9) else { return handle(.wrongVersion, at: now) }
      let mechanism = configuration.authentication.mechanism
      guard mechanisms.split(separator: " ").contains(mechanism[...]) else {
        return fail(
          AMQPError(
            code: .configuration, message: "the broker offers no \(mechanism) login (it offers: \(mechanisms))",
            isTransient: false))
      }
      deadline = overallDeadline
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
      return lose(.timeout("\(waitingFor) within \(configuration.connectTimeoutSeconds) s"), now)
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
    case .resolving: "the name \(endpoint.host) was not looked up"
    case .connecting: "\(endpoint) did not take the connection"
    case .securing: "TLS with \(endpoint) was not agreed"
    case .awaitingStart: "the peer did not begin to speak AMQP"
    default: "the broker did not answer the login"
    }
  }

  private var endOfStreamReason: String {
    switch state {
    case .securing: "the peer closed the connection instead of speaking TLS (is this a TLS port?)"
    case .awaitingStart: "the peer closed the connection before a word (is this an AMQP port?)"
    case .awaitingTune, .awaitingOpen: "the broker closed the connection during the login without a reason"
    default: "the broker closed the connection without a word"
    }
  }

  private func refusal(_ replyCode: UInt16, _ text: String) -> AMQPError {
    var error = AMQPError.closedByBroker(replyCode: replyCode, text: text, channel: false)
    if case .running = state { return error }
    let who = configuration.authentication == .plain ? configuration.username : "our certificate"
    error.message = "the broker refused the login of \(who): \(replyCode) \(text)"
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
  var isPaused = false

  init(interval: Int, now: Int) {
    self.interval = interval
    lastRead = now
    lastWritten = now
  }

  var next: Int { min(lastWritten + interval / 2, isPaused ? Int.max : lastRead + 2 * interval) }
  func shouldSend(at now: Int) -> Bool { now >= lastWritten + interval / 2 }
  func isDead(at now: Int) -> Bool { !isPaused && now >= lastRead + 2 * interval }
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
    let response: [UInt8] =
      switch configuration.authentication {
      case .plain: [0] + Array(configuration.username.utf8) + [0] + Array(configuration.password.utf8)
      case .external: []
      }
    return .connectionStartOk(
      properties: properties, mechanism: configuration.authentication.mechanism, response: response, locale: "en_US")
  }
}
