import Contract
import JSON
import Ledger
import Sharing

/// How an exchange stands, in one screen: what is worst first, each line with its cause and the command to type.
package struct HubStatus: Sendable, Equatable {
  package struct Line: Sendable, Equatable {
    /// In the order of their weight.
    package enum Weight: Int, Sendable, Comparable, CaseIterable {
      /// Nothing moves, or something is lost from view.
      case down
      /// Somebody must act.
      case alarm
      /// Waits for somebody, or will pass by itself.
      case waiting
      case good

      package static func < (left: Weight, right: Weight) -> Bool { left.rawValue < right.rawValue }

      package var word: String {
        switch self {
        case .down: "DOWN"
        case .alarm: "ALARM"
        case .waiting: "waits"
        case .good: "ok"
        }
      }
    }

    package var weight: Weight
    package var what: String
    package var sentence: String
    /// What to type; nil where there is nothing to do.
    package var command: String?
  }

  /// After this a delivery that waits is an alarm.
  private static let patienceMilliseconds: Int64 = 15 * 60_000

  package private(set) var lines: [Line] = []

  package var isWell: Bool { lines.allSatisfy { $0.weight > .alarm } }

  /// A pure function of what the ledger says.
  init(
    _ standing: LedgerStanding, hubs: [HubRow], inForce: ConfigurationRow?, digest: String, operations: OperationsView,
    now: Instant
  ) {
    add(hubs, now: now)
    add(operations, now: now)
    if let inForce, inForce.digest != digest {
      add(
        .waiting, "configuration",
        "The folder differs from version \(inForce.version), which is in force; hubs take it up when you say so.",
        "entente reload")
    }
    for waiting in standing.pending { add(pending: waiting, now: now) }
    for dead in standing.dead {
      let age = PlainText.age(from: dead.oldest, to: now)
      add(
        .alarm, "dead letters",
        "\(PlainText.count(dead.count, "message")) failed at \(dead.stage), \(dead.cause); the oldest \(age) ago.",
        "entente dead groups --stage \(dead.stage) --cause \(dead.cause)", order: dead.count)
    }
    for held in standing.held {
      let age = PlainText.age(from: held.oldest, to: now)
      add(
        .waiting, "held",
        "\(PlainText.count(held.count, "delivery", "deliveries")) to \(held.recipient) for an approval; the oldest "
          + "for \(age).", "entente held list --recipient \(held.recipient)", order: held.count)
    }
    for receipts in standing.receipts {
      let age = now.milliseconds - receipts.oldest.milliseconds
      add(
        age > Self.patienceMilliseconds ? .alarm : .waiting, "receipts",
        "\(PlainText.count(receipts.count, "receipt")) for \(receipts.agency), the oldest for "
          + "\(PlainText.age(from: receipts.oldest, to: now)).", "entente doctor", order: receipts.count)
    }
    if standing.archived > 0 {
      add(
        .good, "archive", "\(PlainText.count(standing.archived, "dead letter")) put aside.",
        "entente dead list --archived")
    }
    if let head = standing.newestHead {
      add(.good, "log", "Signed at \(head.at.plain), \(PlainText.count(head.size, "entry", "entries")).", nil)
    }
    lines = lines.enumerated().sorted {
      ($0.element.weight, -orders[$0.offset], $0.offset) < ($1.element.weight, -orders[$1.offset], $1.offset)
    }.map(\.element)
    orders = []
  }

  /// How much stands behind each line, while they are gathered.
  private var orders: [Int] = []

  mutating func add(
    _ weight: Line.Weight, _ what: String, _ sentence: String, _ command: String?, order: Int = 0
  ) {
    lines.append(Line(weight: weight, what: what, sentence: sentence, command: command))
    orders.append(order)
  }

  private mutating func add(_ hubs: [HubRow], now: Instant) {
    guard let first = hubs.first else {
      return add(.down, "hub", "No hub is running: nothing is taken in and nothing is delivered.", "entente serve")
    }
    add(
      .good, "hub",
      "\(PlainText.count(hubs.count, "hub")) running, the first for \(PlainText.age(from: first.started, to: now)).",
      nil)
  }

  private mutating func add(pending waiting: LedgerStanding.Waiting, now: Instant) {
    let count = PlainText.count(waiting.count, "delivery", "deliveries")
    let age = PlainText.age(from: waiting.oldest, to: now)
    let isLate = now.milliseconds - waiting.oldest.milliseconds > Self.patienceMilliseconds
    let cause: (sentence: String, command: String)
    switch waiting.cause.flatMap(FailureCause.init(rawValue:)) {
    case .inboxFull: cause = ("its inbox is full, until it makes room", "entente doctor")
    case .inboxMissing: cause = ("its inbox is not there", "entente topology apply")
    case .connection: cause = ("the broker cannot be reached, or does not confirm", "entente doctor")
    case let other?: cause = ("the last attempt failed with \(other.rawValue)", "entente doctor")
    case nil: cause = ("not tried yet", "entente doctor")
    }
    let isMissing = waiting.cause == FailureCause.inboxMissing.rawValue
    add(
      isLate || isMissing ? .alarm : .waiting, "pending",
      "\(count) to \(waiting.recipient), the oldest for \(age): \(cause.sentence).",
      isLate || waiting.cause != nil ? cause.command : nil, order: waiting.count)
  }
}

extension HubHome {
  /// How the exchange stands now.
  package func status(clock: any HubClock = SystemClock()) async throws -> HubStatus {
    let now = clock.now()
    let hubs = try await ledger.liveHubs(since: now.adding(milliseconds: -10_000))
    let inForce = try await ledger.newestConfiguration()
    return HubStatus(
      try await ledger.standing(), hubs: hubs, inForce: inForce, digest: configuration.digest,
      operations: try await operationsView(hubs: hubs, newest: inForce?.version), now: now)
  }
}

extension HubStatus {
  /// One line for each, wrapped; at most a screenful.
  package func text(width: Int = PlainText.width, limit: Int = 40) -> [String] {
    var text: [String] = []
    for line in lines.prefix(limit) {
      let command = line.command.map { "  ->  \($0)" } ?? ""
      text += (line.sentence + command).printable.under(
        line.weight.word.padded(to: 7) + line.what.padded(to: 14), width: width)
    }
    if lines.count > limit { text.append("and \(PlainText.count(lines.count - limit, "line")) more: --json has all") }
    return text
  }

  package func encoded() -> [UInt8] {
    var writer = JSONWriter()
    writer.object { status in
      status.member("well", isWell)
      status.member("lines") { list in
        list.array { list in
          for line in lines {
            list.object {
              $0.member("weight", line.weight.word.lowercased())
              $0.member("what", line.what)
              $0.member("sentence", line.sentence)
              if let command = line.command { $0.member("command", command) }
            }
          }
        }
      }
    }
    return writer.bytes
  }
}
