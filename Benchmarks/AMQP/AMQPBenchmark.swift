import AMQP
import Broker
import Glibc

/// Our client beside a C program on librabbitmq at its best, and beside pika and aio-pika, on a broker of its own.
///
/// Each work is done by a process of its own, ours and theirs in turn; ratios are medians of the rounds' ratios. The
/// machine is shared with the broker, so only ratios of one run mean anything; the lines that begin with `ratio` say how
/// many times better we are, higher is better. Arguments: `--full` for all sizes and queue types, `--only TEXT` for the
/// cases that have it in their name, `--rounds N`, `--python FILE --script FILE` for the Python peers; `soak COUNT` for
/// the memory over many messages. `worker ...` does one piece of work; `stage` and `responder SIZE` start what workers
/// talk to, for a profiler.
@main
struct AMQPBenchmark {
  struct Case {
    var work: Worker.Work
    var type: AMQPChannel.QueueType
    var size: Int
    var isSecure = false
    /// At least 0.95 of the rate, and at most so much of the CPU time; and what we aim at.
    var cpuMust: Double { work == .publish ? 0.7 : 1.1 }
    var cpuGoal: Double { work == .publish ? 0.3 : 0.7 }
    var name: String { "\(work.rawValue) \(type.rawValue) \(size) B\(isSecure ? " TLS" : "")" }
    var count: Int { max(100, min(60_000, (200 << 20) / size)) }
  }

  static func main() async throws {
    let arguments = CommandLine.arguments
    if arguments.dropFirst().first == "worker" {
      guard let worker = Worker(arguments.dropFirst(2)) else { fatalError("the worker's arguments are wrong") }
      return try await worker.run()
    }
    if arguments.dropFirst().first == "idle" {
      guard let worker = Worker(arguments.dropFirst(2)) else { fatalError("the worker's arguments are wrong") }
      print(try await Many.idleBytes(worker.configuration, count: Many.all), 1, 1)
      return
    }
    if arguments.dropFirst().first == "responder" {
      let responder = try Responder(size: arguments.last.flatMap { Int($0) } ?? 1024)
      responder.start()
      print(responder.port)
      fflush(nil)
      while true { sleep(1000) }
    }
    if arguments.dropFirst().first == "alone" { return try measureAlone(rounds: 7) }
    let stage = try await Stage.open()
    do {
      if arguments.dropFirst().first == "stage" {
        print(stage)
        fflush(nil)
        while readLine() != nil {}
      } else if arguments.dropFirst().first == "soak" {
        try await Soak.run(stage.configuration(isSecure: true), count: arguments.last.flatMap { Int($0) } ?? 10_000_000)
      } else {
        try await measure(stage, arguments)
      }
    } catch {
      await stage.close()
      throw error
    }
    await stage.close()
  }

  private static func measure(_ stage: Stage, _ arguments: [String]) async throws {
    let isFull = arguments.contains("--full")
    let rounds = option("--rounds", arguments).flatMap { Int($0) } ?? 7
    print("\(rounds) alternating rounds; ratios ours / librabbitmq: rate (must be >= 0.95), CPU per message")
    let only = option("--only", arguments)
    for item in cases(isFull) where only.map(item.name.contains) ?? true {
      var rates: [Double] = []
      var costs: [Double] = []
      var ours: [Figures] = []
      var theirs: [Figures] = []
      for round in 0..<rounds {
        // Whoever is first has the other disadvantage in the next round.
        for isOurs in round % 2 == 0 ? [true, false] : [false, true] {
          let figures = try await stage.run(item, byUs: isOurs)
          if isOurs { ours.append(figures) } else { theirs.append(figures) }
        }
        rates.append(ours[round].rate / theirs[round].rate)
        costs.append(ours[round].cost / theirs[round].cost)
      }
      let (rate, cost) = (median(rates), median(costs))
      let verdict = rate >= 0.95 && cost <= item.cpuMust ? "" : "  BELOW THE MARK"
      print(
        item.name, "rate", fixed(rate), "CPU", fixed(cost), "must be <=", item.cpuMust,
        " (ours \(Int(median(ours.map(\.rate))))/s, \(fixed(median(ours.map(\.cost)) * 1e6)) us;",
        "theirs \(Int(median(theirs.map(\.rate))))/s, \(fixed(median(theirs.map(\.cost)) * 1e6)) us)\(verdict)")
      print("ratio \(item.name) messages/s \(fixed(rate)) goal 0.95")
      print(
        "ratio \(item.name) messages/CPU-s \(fixed(1 / cost)) goal \(fixed(1 / item.cpuGoal))",
        "(must \(fixed(1 / item.cpuMust)))")
      fflush(nil)
    }
    if only != nil { return }
    try measureAlone(rounds: rounds)
    if let python = option("--python", arguments), let script = option("--script", arguments) {
      try await stage.comparePeers(python: python, script: script, rounds: min(3, rounds))
    }
    try await reportMany(stage)
  }

  /// The clients' own cost: the same work against something that answers at once, with no broker behind it.
  private static func measureAlone(rounds: Int) throws {
    let size = 1024
    let responder = try Responder(size: size)
    responder.start()
    for work in Worker.Work.allCases {
      var ratios: [Double] = []
      var ours: [Double] = []
      for round in 0..<rounds {
        var costs: [Bool: Double] = [:]
        for isOurs in round % 2 == 0 ? [true, false] : [false, true] {
          costs[isOurs] = try Stage.alone(work, port: responder.port, count: 200_000, size: size, byUs: isOurs).cost
        }
        guard let our = costs[true], let their = costs[false] else { continue }
        ours.append(our)
        ratios.append(their / our)
      }
      print(
        "ratio \(work.rawValue) without a broker \(size) B messages/CPU-s \(fixed(median(ratios)))",
        "goal \(work == .publish ? 3.33 : 1.43) (ours \(Int(1 / median(ours))) messages/CPU-s)")
      fflush(nil)
    }
  }

  private static func cases(_ isFull: Bool) -> [Case] {
    guard isFull else {
      return [
        Case(work: .publish, type: .quorum, size: 1024),
        Case(work: .publish, type: .quorum, size: 1024, isSecure: true),
        Case(work: .consume, type: .quorum, size: 1024),
        Case(work: .consume, type: .quorum, size: 1024, isSecure: true),
        Case(work: .relay, type: .quorum, size: 1024), Case(work: .publish, type: .classic, size: 16_384),
        Case(work: .consume, type: .classic, size: 16_384),
      ]
    }
    var cases: [Case] = []
    for isSecure in [false, true] {
      for type in [AMQPChannel.QueueType.quorum, .classic] {
        for size in [256, 1024, 16_384, 1 << 20] {
          for work in Worker.Work.allCases {
            cases.append(Case(work: work, type: type, size: size, isSecure: isSecure))
          }
        }
      }
    }
    return cases
  }

  private static func reportMany(_ stage: Stage) async throws {
    var alone: [Double] = []
    var among: [Double] = []
    for _ in 0..<3 {
      alone.append(try await Many.rate(stage.configuration(isSecure: true), idle: 0, count: 40_000))
      among.append(
        try await Many.rate(stage.configuration(isSecure: true), idle: Many.all - Many.active, count: 40_000))
    }
    print(
      "\(Many.active) busy TLS connections among \(Many.all): \(fixed(median(among) / median(alone)))",
      "of the rate of \(Many.active) alone (\(Int(median(among)))/s, \(Int(median(alone)))/s)")
    let secure = try stage.idleBytes(isSecure: true)
    let plain = try stage.idleBytes(isSecure: false)
    print("memory of an idle connection: TLS \(secure >> 10) KiB (must be <= 40), plain \(plain >> 10) KiB")
  }

  static func option(_ name: String, _ arguments: [String]) -> String? {
    guard let index = arguments.firstIndex(of: name), index + 1 < arguments.count else { return nil }
    return arguments[index + 1]
  }
}

/// What a piece of work took.
struct Figures {
  var count: Double
  var seconds: Double
  var cpu: Double
  var rate: Double { count / seconds }
  /// CPU seconds for each message.
  var cost: Double { cpu / count }
}

func median(_ numbers: [Double]) -> Double {
  let sorted = numbers.sorted()
  return sorted.isEmpty ? 0 : sorted[sorted.count / 2]
}

func fixed(_ number: Double) -> String {
  let hundredths = Int((number * 100).rounded())
  let cents = hundredths % 100
  return "\(hundredths / 100).\(cents < 10 ? "0" : "")\(cents)"
}
