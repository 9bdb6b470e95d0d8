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

  /// Room for the beginning of the largest frame, and for what is read behind it.
  private static let scratchSize = ConnectionMachine.frameMax + AMQPConnection.mostAtOnce
  private static let alarmID: UInt64 = 0

  private let poll: Int32
  private let alarm: Int32
  /// Connections that have something to do which no socket and no timer tells.
  private let visits = Mutex<[AMQPConnection]>([])
  /// Work of tasks that run on this thread.
  private let jobs = Mutex<[UnownedJob]>([])
  /// Whether the thread waits in epoll, and must be called to look at the visits and the jobs.
  private let isAsleep = Atomic(false)

  init() {
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
    if isFirst { wake() }
  }

  private func wake() {
    guard isAsleep.load(ordering: .sequentiallyConsistent) else { return }
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

  /// Tasks that woke each other are run in turn so many times before the sockets are looked at again.
  private static let mostRounds = 8

  private func runJobs() {
    for _ in 0..<Self.mostRounds {
      let waiting: [UnownedJob] = jobs.withLock { jobs in
        guard !jobs.isEmpty else { return [] }
        defer { jobs = [] }
        return jobs
      }
      if waiting.isEmpty { return }
      for job in waiting { job.runSynchronously(on: asUnownedTaskExecutor()) }
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
        pace.note(turn.activity, bytes: turn.bytes, isPressed: turn.isPressed, hasMore: turn.hasMore)
        if members[connection.serial] == nil { members[connection.serial] = connection }
        timers.schedule(connection.serial, at: turn.tick)
      }
    }

    while true {
      isAsleep.store(true, ordering: .sequentiallyConsistent)
      // Whoever asked for a turn before that store did not call.
      let mayWait = visits.withLock { $0.isEmpty } && jobs.withLock { $0.isEmpty }
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
      let now = MonotonicClock.now()
      while let id = timers.popDue(at: now) {
        if let connection = members[id] { turn(connection, [], tools) }
      }
      runJobs()
      // Last, so that what tasks want to be written is written now.
      for connection in takeVisits() {
        connection.isListed.store(false, ordering: .sequentiallyConsistent)
        turn(connection, [], tools)
      }
      // While the thread rests nobody has to call it: it looks at the visits and jobs afterwards.
      if let rest = pace.rest(at: MonotonicClock.nanoseconds()) {
        var time = timespec(tv_sec: 0, tv_nsec: rest)
        nanosleep(&time, nil)
      }
    }
  }
}

extension EventLoop: TaskExecutor {
  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    let isFirst = jobs.withLock { jobs in
      jobs.append(job)
      return jobs.count == 1
    }
    if isFirst { wake() }
  }
}
