/// What goes wrong, and when: a function of the options, so that a seed tells the whole fire.
struct FirePlan: Sendable {
  /// One thing that goes wrong.
  enum Fault: Sendable, Equatable {
    /// SIGKILL; the next one starts after a pause, its clock moved by so many seconds.
    case killHub(pause: Double, clock: Int)
    /// A message that ends the hub whenever it is taken up.
    case poison
    case killBroker(pause: Double)
    case memoryAlarm(seconds: Double)
    case diskAlarm(seconds: Double)
    case cutConnections
    case stallConnections(seconds: Double)
    case byteByByte(seconds: Double)
    /// No file may grow beyond a size (RLIMIT_FSIZE), which stops the write-ahead log.
    case fileSizeLimit(seconds: Double)
    /// The ledger's own limit of pages.
    case pageLimit(seconds: Double)
    /// The disk under the ledger is full to the last byte.
    case diskFull(seconds: Double)
  }

  /// Faults of one kind follow each other; kinds run side by side.
  enum Kind: String, CaseIterable, Sendable {
    case hub, broker, network, ledger

    /// How much time at least is between two of them.
    var gap: Duration { self == .broker ? .seconds(3) : .milliseconds(500) }
  }

  struct Moment: Sendable {
    let at: Double
    let fault: Fault
  }

  let moments: [Kind: [Moment]]

  init(_ options: FireOptions, canMount: Bool, canMoveClock: Bool) {
    var chances = Chances(options.seed, 1)
    var moments: [Kind: [Moment]] = [:]
    // The first seconds are for the load to begin, so that the first fault meets some.
    func add(_ kind: Kind, _ count: Int, _ fault: (Int, inout Chances) -> Fault) {
      for number in 0..<count {
        let at = Double.random(in: 1.5...max(2, options.seconds), using: &chances)
        moments[kind, default: []].append(Moment(at: at, fault: fault(number, &chances)))
      }
    }
    add(.hub, options.hubKills) { number, chances in
      // Every sixth hub thinks that it is another hour.
      let clock = canMoveClock && number % 6 == 5 ? [5400, -5400, 40, -40].randomElement(using: &chances) ?? 0 : 0
      return .killHub(pause: .random(in: 0...0.8, using: &chances), clock: clock)
    }
    add(.hub, max(1, options.hubKills / 40)) { _, _ in .poison }
    add(.broker, options.brokerKills) { _, chances in .killBroker(pause: .random(in: 0...2, using: &chances)) }
    add(.broker, max(1, options.brokerKills / 3)) { number, chances in
      let seconds = Double.random(in: 1...4, using: &chances)
      return number % 2 == 0 ? .memoryAlarm(seconds: seconds) : .diskAlarm(seconds: seconds)
    }
    add(.network, max(2, options.hubKills / 3)) { number, chances in
      switch number % 4 {
      case 1: .stallConnections(seconds: .random(in: 1...8, using: &chances))
      case 3: .byteByByte(seconds: .random(in: 1...3, using: &chances))
      default: .cutConnections
      }
    }
    add(.ledger, max(2, options.hubKills / 10)) { number, chances in
      let seconds = Double.random(in: 1...5, using: &chances)
      switch number % 3 {
      case 1 where canMount: return .diskFull(seconds: seconds)
      case 2 where options.seconds > 300: return .pageLimit(seconds: seconds)
      default: return .fileSizeLimit(seconds: seconds)
      }
    }
    self.moments = moments.mapValues { $0.sorted { $0.at < $1.at } }
  }
}

extension FirePlan.Fault {
  /// As the table calls it.
  var name: String {
    switch self {
    case .killHub(_, 0): "hub killed"
    case .killHub: "hub killed, the next one with its clock moved"
    case .poison: "poison sent"
    case .killBroker: "broker killed"
    case .memoryAlarm: "broker's memory alarm"
    case .diskAlarm: "broker's disk alarm"
    case .cutConnections: "all connections cut"
    case .stallConnections: "all connections stalled"
    case .byteByByte: "all connections byte by byte"
    case .fileSizeLimit: "ledger's file size limit"
    case .pageLimit: "ledger's page limit"
    case .diskFull: "ledger's disk full"
    }
  }
}
