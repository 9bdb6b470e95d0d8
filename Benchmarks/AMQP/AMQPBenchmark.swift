import AMQP
import Broker
import Glibc

/// Our client beside a C program on librabbitmq at its best, and beside pika and aio-pika, on a broker of its own.
///
/// Each work is done by a process of its own, ours and theirs in turn; ratios are medians of the rounds' ratios. The
/// machine is shared with the broker, so only ratios of one run mean anything; the lines that begin with `ratio` say how
/// many times better we are, higher is better. Arguments: `--full` for all sizes and queue types, `--only TEXT` for the
/// settings that have it in their name, `--pool` for our tasks on Swift's own threads instead of the connections',
/// `--part NAME` for one of `works`, `alone`, `peers`, `many`, `idle`, `--rounds N`, `--python FILE --script FILE` for the
/// Python peers; `soak COUNT` for the memory over many messages. `worker ...` does one piece of work; `stage` and
/// `responder SIZE` start what workers talk to, for a profiler.
@main
struct AMQPBenchmark {
  /// On what the works are done.
  struct Setting {
    var type: AMQPChannel.QueueType
    var size: Int
    var isSecure = false
    var name: String { "\(type.rawValue) \(size) B \(isSecure ? "TLS" : "plain")" }
    /// So many that what a process pays once does not matter on either side.
    var count: Int { min(100_000, max(1024, (512 << 20) / size)) }
  }

  /// At least 0.95 of the rate; and of the CPU time at most so much, and what we aim at.
  private static func cpuMust(_ work: Worker.Work) -> Double { work == .publish ? 0.7 : 1.1 }
  private static func cpuGoal(_ work: Worker.Work) -> Double { work == .publish ? 0.3 : 0.7 }

  static func main() async throws {
    let arguments = CommandLine.arguments
    switch arguments.dropFirst().first {
    case "worker": return try await worker(arguments).run()
    case "idle": return print(try await Many.idleBytes(try worker(arguments).configuration, count: Many.all), 1, 1)
    case "hold":
      let worker = try worker(arguments)
      return try await Many.hold(worker.configuration, count: worker.count)
    case "responder":
      let responder = try Responder(size: arguments.last.flatMap { Int($0) } ?? 1024)
      responder.start()
      print(responder.port)
      fflush(nil)
      while true { sleep(1000) }
    default: break
    }
    let stage = try await Stage.open()
    do {
      switch arguments.dropFirst().first {
      case "stage":
        print(stage)
        fflush(nil)
        while readLine() != nil {}
      case "soak":
        try await Soak.run(stage.configuration(isSecure: true), count: arguments.last.flatMap { Int($0) } ?? 10_000_000)
      default: try await measure(stage, arguments)
      }
    } catch {
      await stage.close()
      throw error
    }
    await stage.close()
  }

  private static func worker(_ arguments: [String]) throws -> Worker {
    guard let worker = Worker(arguments.dropFirst(2)) else {
      throw Stage.Failed(what: "the worker's arguments are wrong")
    }
    return worker
  }

  private static func measure(_ stage: Stage, _ arguments: [String]) async throws {
    let rounds = option("--rounds", arguments).flatMap { Int($0) } ?? 7
    let only = option("--only", arguments)
    let part = option("--part", arguments)
    func includes(_ name: String) -> Bool { part == name || part == nil && only == nil }
    print("\(rounds) alternating rounds; ratios are medians")
    if part == nil || part == "works" {
      for setting in settings(arguments.contains("--full")) where only.map(setting.name.contains) ?? true {
        try await compare(stage, setting, rounds, isPooled: arguments.contains("--pool"))
      }
    }
    if includes("alone") { try measureAlone(rounds: rounds) }
    if includes("peers"), let python = option("--python", arguments), let script = option("--script", arguments) {
      try await stage.comparePeers(python: python, script: script, rounds: rounds)
    }
    if includes("many") { try await reportMany(stage, rounds) }
    if includes("idle") { try reportIdle(stage) }
  }

  /// All three works by both, round by round.
  private static func compare(_ stage: Stage, _ setting: Setting, _ rounds: Int, isPooled: Bool) async throws {
    var ours: [[Figures]] = []
    var theirs: [[Figures]] = []
    for round in 0..<rounds {
      // Whoever is first has the other disadvantage in the next round.
      for isOurs in round % 2 == 0 ? [true, false] : [false, true] {
        let figures = try await stage.run(setting, byUs: isOurs, isPooled: isPooled)
        if isOurs { ours.append(figures) } else { theirs.append(figures) }
      }
    }
    for (index, work) in Worker.Work.allCases.enumerated() {
      let ours = ours.map { $0[index] }
      let theirs = theirs.map { $0[index] }
      let rates = zip(ours, theirs).map { $0.rate / $1.rate }
      let rate = median(rates)
      let cost = median(zip(ours, theirs).map { $0.cost / $1.cost })
      let name = "\(work.rawValue) \(setting.name)"
      print(
        "\(name): ours \(Int(median(ours.map(\.rate))))/s, \(fixed(median(ours.map(\.cost)) * 1e6)) us of CPU;",
        "theirs \(Int(median(theirs.map(\.rate))))/s, \(fixed(median(theirs.map(\.cost)) * 1e6)) us;",
        "rate \(fixed(rates.min() ?? 0)) to \(fixed(rates.max() ?? 0)) of theirs,",
        "CPU \(fixed(cost))\(rate >= 0.95 && cost <= cpuMust(work) ? "" : "  BELOW THE MARK")")
      print("ratio \(name) messages/s \(fixed(rate)) goal 0.95")
      print(
        "ratio \(name) messages/CPU-s \(fixed(1 / cost)) goal \(fixed(1 / cpuGoal(work)))",
        "(must \(fixed(1 / cpuMust(work))))")
      fflush(nil)
    }
  }

  /// The clients' own cost: the same work against something that answers at once, with no broker behind it.
  private static func measureAlone(rounds: Int) throws {
    for size in [256, 1024, 16_384, 1 << 20] {
      let responder = try Responder(size: size)
      responder.start()
      let count = max(1000, min(200_000, (1 << 30) / size))
      // Relaying large bodies both sides could wait for the other to read.
      for work in Worker.Work.allCases where work != .relay || size <= 1024 {
        var ratios: [Double] = []
        var ours: [Double] = []
        for round in 0..<rounds {
          var costs: [Bool: Double] = [:]
          for isOurs in round % 2 == 0 ? [true, false] : [false, true] {
            costs[isOurs] = try Stage.alone(work, port: responder.port, count: count, size: size, byUs: isOurs).cost
          }
          guard let our = costs[true], let their = costs[false] else { continue }
          ours.append(our)
          ratios.append(their / our)
        }
        print(
          "ratio \(work.rawValue) without a broker \(size) B messages/CPU-s \(fixed(median(ratios)))",
          "goal \(fixed(1 / cpuGoal(work))) (must \(fixed(1 / cpuMust(work))); ours",
          "\(fixed(median(ours) * 1e6)) us)")
        fflush(nil)
      }
    }
  }

  private static func settings(_ isFull: Bool) -> [Setting] {
    guard isFull else {
      return [
        Setting(type: .quorum, size: 1024), Setting(type: .quorum, size: 1024, isSecure: true),
        Setting(type: .classic, size: 16_384),
      ]
    }
    return [false, true].flatMap { isSecure in
      [AMQPChannel.QueueType.quorum, .classic].flatMap { type in
        [256, 1024, 16_384, 1 << 20].map { Setting(type: type, size: $0, isSecure: isSecure) }
      }
    }
  }

  /// 20 connections at work, with 380 idle ones in the same process, in another, and nowhere. Hundreds of connections cost
  /// the broker something too: that is the difference between the last two.
  private static func reportMany(_ stage: Stage, _ rounds: Int) async throws {
    let idle = Many.all - Many.active
    let configuration = stage.configuration(isSecure: true)
    var among: [Double] = []
    var besides: [Double] = []
    var alone: [Double] = []
    for round in 0..<rounds {
      for place in [0, 1, 2] {
        switch (round + place) % 3 {
        case 0: among.append(try await Many.rate(configuration, idle: idle, count: 150_000))
        case 1:
          besides.append(
            try await stage.withIdle(idle) { try await Many.rate(configuration, idle: 0, count: 150_000) })
        default: alone.append(try await Many.rate(configuration, idle: 0, count: 150_000))
        }
      }
    }
    let toBesides = median(zip(among, besides).map { $0 / $1 })
    let toAlone = median(zip(among, alone).map { $0 / $1 })
    let name = "\(Many.active) busy TLS connections among \(Many.all), to \(Many.active)"
    print("ratio \(name) with the others in another process \(fixed(toBesides)) goal 1 (\(Int(median(among)))/s)")
    print("ratio \(name) with no others at the broker \(fixed(toAlone)) goal 1 (\(Int(median(alone)))/s alone)")
  }

  private static func reportIdle(_ stage: Stage) throws {
    let secure = Double(try stage.idleBytes(isSecure: true)) / 1024
    let plain = Double(try stage.idleBytes(isSecure: false)) / 1024
    print("memory of an idle connection: TLS \(fixed(secure)) KiB, plain \(fixed(plain)) KiB")
    print("ratio 40 KiB to an idle TLS connection \(fixed(40 / secure)) goal 1")
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
