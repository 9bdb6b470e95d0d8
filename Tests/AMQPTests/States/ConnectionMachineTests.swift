import Testing

@testable import AMQP

@Suite struct ConnectionMachineTests {
  private let configuration = AMQPConfiguration(
    host: "broker", port: 5672, vhost: "agency", username: "agency", password: "secret", heartbeatSeconds: 10,
    connectTimeoutSeconds: 5, closeTimeoutSeconds: 2)
  private let place = AMQPEndpoint(host: "broker", port: 5672)
  private let address = SocketAddress(numeric: "127.0.0.1", port: 5672)!
  private let other = SocketAddress(numeric: "::1", port: 5672)!

  private func machine(_ events: [ConnectionMachine.Event], at now: Int = 0) -> ConnectionMachine {
    var machine = ConnectionMachine(configuration: configuration)
    for event in events { _ = machine.handle(event, at: now) }
    return machine
  }

  private var start: ConnectionMachine.Event {
    .method(.connectionStart(versionMajor: 0, versionMinor: 9, mechanisms: "AMQPLAIN PLAIN"))
  }
  private func tune(channelMax: UInt16 = 0, frameMax: UInt32 = 0, heartbeat: UInt16 = 60) -> ConnectionMachine.Event {
    .method(.connectionTune(channelMax: channelMax, frameMax: frameMax, heartbeat: heartbeat))
  }
  private var untilConnected: [ConnectionMachine.Event] { [.begin([place]), .resolved([address]), .connected] }
  private var untilTuned: [ConnectionMachine.Event] { untilConnected + [start, tune()] }
  private var untilOpen: [ConnectionMachine.Event] { untilTuned + [.method(.connectionOpenOk)] }

  private func endError(_ actions: [ConnectionMachine.Action]) -> AMQPError? {
    if case .end(let error)? = actions.last { error } else { nil }
  }

  // MARK: Unhappy

  @Test func `every state before running has the deadline`() {
    let states: [[ConnectionMachine.Event]] = [
      [.begin([place])], [.begin([place]), .resolved([address])], untilConnected, untilConnected + [start], untilTuned,
    ]
    for events in states {
      var machine = machine(events)
      #expect(machine.nextTick == 5000)
      #expect(machine.handle(.tick, at: 4999).filter { $0 != .sendHeartbeat } == [])
      #expect(endError(machine.handle(.tick, at: 5000))?.code == .timeout)
      #expect(machine.hasEnded)
    }
  }

  @Test func `the next address is tried, and the last failure named`() {
    var machine = machine([.begin([place])])
    #expect(machine.handle(.resolved([address, other]), at: 0) == [.connect(address)])
    #expect(machine.handle(.notConnected("refused"), at: 0) == [.connect(other)])
    let error = endError(machine.handle(.notConnected("unreachable"), at: 0))
    #expect(error?.code == .connectionFailed)
    #expect(error?.message == "no connection to broker:5672: unreachable")
  }

  @Test func `a refusal is answered and carries the broker's words`() {
    var machine = machine(untilTuned)
    let actions = machine.handle(.method(.connectionClose(replyCode: 530, text: "NOT_ALLOWED - no such vhost")), at: 0)
    #expect(actions.first == .send(.connectionCloseOk))
    let error = endError(actions)
    #expect(error?.code == .configuration)
    #expect(error?.replyCode == 530)
    #expect(error?.isTransient == false)
    #expect(error?.message.contains("no such vhost") == true)
  }

  @Test(arguments: [
    (UInt16(320), AMQPError.Code.connectionClosed, true), (541, .connectionClosed, true), (403, .configuration, false),
    (404, .configuration, false), (406, .configuration, false), (501, .protocolViolation, false),
    (540, .configuration, false),
  ]) func `a close is classified by its reply code`(_ code: UInt16, _ kind: AMQPError.Code, _ isTransient: Bool) {
    var machine = machine(untilOpen)
    let error = endError(machine.handle(.method(.connectionClose(replyCode: code, text: "WORDS")), at: 0))
    #expect(error?.code == kind)
    #expect(error?.isTransient == isTransient)
    #expect(error?.message.contains("WORDS") == true)
  }

  @Test func `after the end nothing happens`() {
    var machine = machine(untilOpen + [.endOfStream])
    let events: [ConnectionMachine.Event] = [
      .begin([place]), .connected, .endOfStream, .close, .tick, .violation("x"), .method(.connectionOpenOk),
      .wrongVersion,
    ]
    for event in events { #expect(machine.handle(event, at: 100_000) == []) }
    #expect(machine.nextTick == nil)
  }

  @Test func `late answers of look-up and connecting are ignored`() {
    var machine = machine(untilOpen)
    #expect(machine.handle(.resolved([other]), at: 0) == [])
    #expect(machine.handle(.notResolved("x"), at: 0) == [])
    #expect(machine.handle(.notConnected("x"), at: 0) == [])
    #expect(machine.isRunning)
  }

  // MARK: Happy

  @Test func `the way from look-up to running`() {
    var machine = machine([])
    #expect(machine.handle(.begin([place]), at: 0) == [.resolve(host: "broker", port: 5672)])
    #expect(machine.handle(.resolved([address]), at: 0) == [.connect(address)])
    #expect(machine.handle(.connected, at: 0) == [.sendProtocolHeader])
    guard
      case .send(.connectionStartOk(let properties, "PLAIN", let response, "en_US"))? = machine.handle(start, at: 0)
        .first, case .table(let capabilities)? = properties["capabilities"]
    else {
      Issue.record("no start-ok")
      return
    }
    #expect(response == Array("\0agency\0secret".utf8))
    for name in ["connection.blocked", "consumer_cancel_notify", "authentication_failure_close"] {
      #expect(capabilities[name] == true)
    }
    #expect(
      machine.handle(tune(), at: 0) == [
        .send(.connectionTuneOk(channelMax: 2047, frameMax: 131_072, heartbeat: 10)),
        .send(.connectionOpen(vhost: "agency")),
      ])
    let tuning = ConnectionMachine.Tuning(channelMax: 2047, frameMax: 131_072, heartbeatSeconds: 10)
    #expect(machine.handle(.method(.connectionOpenOk), at: 0) == [.opened(tuning)])
    #expect(machine.isRunning)
  }

  @Test(arguments: [
    (UInt32(0), UInt16(0), 131_072, 10), (131_072, 60, 131_072, 10), (65_536, 4, 65_536, 4), (.max, 10, 131_072, 10),
    (8192, 1, 8192, 1),
  ]) func `frame size and heartbeat are the smaller of both, and never none`(
    _ frameMax: UInt32, _ heartbeat: UInt16, _ agreedFrameMax: Int, _ agreedHeartbeat: Int
  ) {
    let machine = machine(untilConnected + [start, tune(frameMax: frameMax, heartbeat: heartbeat)])
    #expect(machine.tuning?.frameMax == agreedFrameMax)
    #expect(machine.tuning?.heartbeatSeconds == agreedHeartbeat)
  }

  @Test func `a heartbeat goes out after half the interval without a write`() {
    var machine = machine(untilOpen)
    #expect(machine.nextTick == 5000)
    machine.noteWritten(at: 3000)
    #expect(machine.handle(.tick, at: 7999) == [])
    #expect(machine.handle(.tick, at: 8000) == [.sendHeartbeat])
    #expect(machine.handle(.tick, at: 8001) == [])
  }

  @Test func `twice the interval without a read is the end`() {
    var machine = machine(untilOpen)
    machine.noteRead(at: 1000)
    machine.noteWritten(at: 20_999)
    #expect(machine.handle(.tick, at: 20_999) == [])
    #expect(endError(machine.handle(.tick, at: 21_000))?.code == .timeout)
  }

  @Test func `our close waits for its answer, and not for ever`() {
    var answered = machine(untilOpen)
    #expect(answered.handle(.close, at: 100) == [.send(.connectionClose(replyCode: 200, text: "goodbye"))])
    #expect(answered.handle(.method(.connectionCloseOk), at: 200) == [.end(nil)])
    var silent = machine(untilOpen)
    _ = silent.handle(.close, at: 100)
    #expect(silent.handle(.tick, at: 2100) == [.end(nil)])
    var crossed = machine(untilOpen)
    _ = crossed.handle(.close, at: 100)
    #expect(
      crossed.handle(.method(.connectionClose(replyCode: 320, text: "bye")), at: 200) == [
        .send(.connectionCloseOk), .end(nil),
      ])
  }

  @Test func `blocked and unblocked are told`() {
    var machine = machine(untilOpen)
    #expect(machine.handle(.method(.connectionBlocked(reason: "low on memory")), at: 0) == [.blocked("low on memory")])
    #expect(machine.handle(.method(.connectionUnblocked), at: 0) == [.unblocked])
  }
}
