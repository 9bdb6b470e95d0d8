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
  /// Whether the thread waits in epoll, and must be called to look at the visits.
  private let isAsleep = Atomic(false)

  private init() {
    poll = epoll_create1(Int32(EPOLL_CLOEXEC))
    alarm = eventfd(0, Int32(EFD_NONBLOCK | EFD_CLOEXEC))
    guard poll >= 0, alarm >= 0 else { fatalError("no event loop: \(String(cString: strerror(errno)))") }
    var event = epoll_event(events: EPOLLIN.rawValue, data: epoll_data_t(u64: Self.alarmID))
    epoll_ctl(poll, EPOLL_CTL_ADD, alarm, &event)
    Self.keepMemory()
    PosixThread.start("amqp-loop") { [self] in run() }
  }

  /// Bodies come and go in bursts. Left to itself glibc gives their memory back to the system and fetches it again, page
  /// by page, which costs more than all the rest for large ones. Whoever has settings of their own keeps them.
  private static func keepMemory() {
    let names = ["MALLOC_TRIM_THRESHOLD_", "MALLOC_MMAP_THRESHOLD_", "GLIBC_TUNABLES"]
    guard names.allSatisfy({ getenv($0) == nil }) else { return }
    mallopt(M_TRIM_THRESHOLD, 64 << 20)
    mallopt(M_MMAP_THRESHOLD, 4 << 20)
  }

  /// Gives the connection a turn soon.
  func visit(_ connection: AMQPConnection) {
    let isFirst = visits.withLock { visits in
      visits.append(connection)
      return visits.count == 1
    }
    guard isFirst, isAsleep.load(ordering: .sequentiallyConsistent) else { return }
    var one: UInt64 = 1
    write(alarm, &one, 8)
  }

  private func takeVisits() -> [AMQPConnection] {
    visits.withLock { visits in
      guard !visits.isEmpty else { return [] }
      defer { visits = [] }
      return visits
    }
  }

  private func run() {
    let tools = Tools(
      poll: poll, scratch: .allocate(byteCount: Self.scratchSize, alignment: 64), decoder: MethodDecoder())
    var members: [UInt64: AMQPConnection] = [:]
    var timers = TimerHeap()
    var pace = Pace()
    var events = [epoll_event](repeating: epoll_event(), count: 256)

    func turn(_ connection: AMQPConnection, _ events: AMQPConnection.Events = [], _ tools: borrowing Tools) {
      let turn = connection.turn(events, tools)
      if turn.hasEnded {
        members[connection.serial] = nil
        timers.remove(connection.serial)
      } else {
        pace.note(turn.activity, bytes: turn.bytes, isPressed: turn.isPressed)
        if members[connection.serial] == nil { members[connection.serial] = connection }
        timers.schedule(connection.serial, at: turn.tick)
      }
    }

    while true {
      isAsleep.store(true, ordering: .sequentiallyConsistent)
      // Whoever asked for a turn before that store did not call.
      let mayWait = visits.withLock { $0.isEmpty }
      let wait = mayWait ? timers.next.map { Int32(clamping: max(0, $0 - MonotonicClock.now())) } ?? -1 : 0
      let count = epoll_wait(poll, &events, Int32(events.count), wait)
      isAsleep.store(false, ordering: .sequentiallyConsistent)
      for index in 0..<max(0, Int(count)) {
        let event = events[index]
        if event.data.u64 == Self.alarmID {
          var number: UInt64 = 0
          read(alarm, &number, 8)
          continue
        }
        // A connection that ended earlier in this batch is no longer a member: its event is stale.
        guard let connection = members[event.data.u64] else { continue }
        var what: AMQPConnection.Events = []
        if event.events & EPOLLIN.rawValue != 0 { what.insert(.readable) }
        if event.events & EPOLLOUT.rawValue != 0 { what.insert(.writable) }
        if event.events & (EPOLLERR.rawValue | EPOLLHUP.rawValue) != 0 { what = [.readable, .writable, .broken] }
        turn(connection, what, tools)
      }
      for connection in takeVisits() {
        connection.isListed.store(false, ordering: .sequentiallyConsistent)
        turn(connection, [], tools)
      }
      let now = MonotonicClock.now()
      while let id = timers.popDue(at: now) {
        if let connection = members[id] { turn(connection, [], tools) }
      }
      // While the thread rests nobody has to call it: it looks at the visits afterwards.
      if let rest = pace.rest(at: MonotonicClock.nanoseconds()) {
        var time = timespec(tv_sec: 0, tv_nsec: rest)
        nanosleep(&time, nil)
      }
    }
  }
}
