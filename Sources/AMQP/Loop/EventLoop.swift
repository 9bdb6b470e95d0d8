#if canImport(Glibc)
  import Glibc
#endif
import CRabbitMQ
import Synchronization

/// One thread that serves the sockets and timers of many connections with epoll.
final class EventLoop: Sendable {
  /// The loop of all connections of a process.
  static let shared = EventLoop()

  /// What the loop's thread lends to the connection whose turn it is.
  struct Tools: ~Copyable {
    let poll: Int32
    let scratch: UnsafeMutableRawBufferPointer
    let decoder: MethodDecoder
  }

  /// Larger than the largest frame with the rest of another before it.
  private static let scratchSize = 2 * ConnectionMachine.frameMax
  private static let alarmID: UInt64 = 0

  private let poll: Int32
  private let alarm: Int32
  /// Connections that have something to do which no socket and no timer tells.
  private let visits = Mutex<[AMQPConnection]>([])

  private init() {
    poll = epoll_create1(Int32(EPOLL_CLOEXEC))
    alarm = eventfd(0, Int32(EFD_NONBLOCK | EFD_CLOEXEC))
    guard poll >= 0, alarm >= 0 else { fatalError("no event loop: \(String(cString: strerror(errno)))") }
    var event = epoll_event(events: EPOLLIN.rawValue, data: epoll_data_t(u64: Self.alarmID))
    epoll_ctl(poll, EPOLL_CTL_ADD, alarm, &event)
    PosixThread.start("amqp-loop") { [self] in run() }
  }

  /// Gives the connection a turn soon.
  func visit(_ connection: AMQPConnection) {
    let isFirst = visits.withLock { visits in
      visits.append(connection)
      return visits.count == 1
    }
    guard isFirst else { return }
    var one: UInt64 = 1
    write(alarm, &one, 8)
  }

  private struct Member {
    let connection: AMQPConnection
    var tick: Int
  }

  private func run() {
    let tools = Tools(
      poll: poll, scratch: .allocate(byteCount: Self.scratchSize, alignment: 64), decoder: MethodDecoder())
    var members: [UInt64: Member] = [:]
    var nextTick = Int.max
    var events = [epoll_event](repeating: epoll_event(), count: 256)

    func turn(_ connection: AMQPConnection, readable: Bool = false, writable: Bool = false, _ tools: borrowing Tools) {
      let turn = connection.turn(readable: readable, writable: writable, tools)
      if turn.hasEnded {
        members[connection.serial] = nil
      } else {
        members[connection.serial] = Member(connection: connection, tick: turn.tick)
        nextTick = min(nextTick, turn.tick)
      }
    }

    while true {
      let now = MonotonicClock.now()
      let wait = nextTick == Int.max ? -1 : Int32(clamping: max(0, nextTick - now))
      let count = epoll_wait(poll, &events, Int32(events.count), wait)
      var isCalled = false
      for index in 0..<max(0, Int(count)) {
        let event = events[index]
        if event.data.u64 == Self.alarmID {
          isCalled = true
          continue
        }
        // A connection that ended earlier in this batch is no longer a member: its event is stale.
        guard let member = members[event.data.u64] else { continue }
        let failed = EPOLLERR.rawValue | EPOLLHUP.rawValue
        turn(
          member.connection, readable: event.events & (EPOLLIN.rawValue | failed) != 0,
          writable: event.events & (EPOLLOUT.rawValue | failed) != 0, tools)
      }
      if isCalled {
        var number: UInt64 = 0
        read(alarm, &number, 8)
        for connection in visits.withLock({ visits in
          let all = visits
          visits = []
          return all
        }) {
          connection.isListed.store(false, ordering: .sequentiallyConsistent)
          turn(connection, tools)
        }
      }
      if MonotonicClock.now() >= nextTick {
        nextTick = Int.max
        let now = MonotonicClock.now()
        for member in members.values {
          if member.tick <= now { turn(member.connection, tools) } else { nextTick = min(nextTick, member.tick) }
        }
      }
    }
  }
}
