import Contract
import Dispatch
import Foundation
import Hub
import Ledger
import Logging
import Sharing

/// How fast a hub is, beside a raw relay that makes the same publishes on the same broker in the same run, beside hops
/// in Python, and what each of its stages costs: `make bench NAME=hub`.
@main
struct HubBenchmark {
  static func main() async {
    do {
      try await run(Array(CommandLine.arguments.dropFirst()))
    } catch {
      print("hub: nothing could be measured: \(error)")
      exit(1)
    }
  }

  private static func run(_ arguments: [String]) async throws {
    switch arguments.first {
    case "hub" where arguments.count == 2: try await hub(folder: arguments[1])
    case "relay" where arguments.count == 4:
      try await Relay.run(
        folder: arguments[1], fanOut: Int(arguments[2]) ?? 1, perReceipt: max(1, Int(arguments[3]) ?? 1))
    default: try await measure(Options(arguments))
    }
  }

  /// What is measured, and the peers where they can be had.
  struct Options {
    var rounds = 5
    var count = 10_000
    /// flow, latency, stages, peers, replay; nil means all but replay.
    var part: String?
    var python: String?
    var script: String?

    init(_ arguments: [String]) {
      var rest = arguments[...]
      while let name = rest.popFirst(), let value = rest.popFirst() {
        switch name {
        case "--rounds": rounds = Int(value) ?? rounds
        case "--count": count = Int(value) ?? count
        case "--part": part = value
        case "--python": python = value
        case "--script": script = value
        default: print("not known: \(name)")
        }
      }
    }

    func has(_ name: String) -> Bool { part == nil || part == name }
  }

  private static func hub(folder: String) async throws {
    var logger = Logger(label: "hub") { StreamLogHandler.standardError(label: $0) }
    logger.logLevel = .error
    let hub = Hub(try HubHome.open(folder: folder), logger: logger)
    let running = Task { try await hub.run() }
    // It ends in order, so that the next one need not wait for what it held.
    signal(SIGTERM, SIG_IGN)
    let ending = DispatchSource.makeSignalSource(signal: SIGTERM, queue: .global())
    ending.setEventHandler { running.cancel() }
    ending.resume()
    try await running.value
    ending.cancel()
  }

  private static func measure(_ options: Options) async throws {
    let ground = try await Ground.prepare()
    do {
      if options.has("stages") { try await stages(ground) }
      if options.part == "replay" {
        try await Replays(ground: ground, flow: .open(ground)).measure(options.count, begin: 0)
      }
      var rates: [Double] = []
      if options.has("flow") || options.has("peers") || options.has("latency") {
        rates = try await flow(ground, options)
      }
      if options.has("latency") { try await latency(ground, rate: rates.first ?? 1000, options) }
      if options.has("peers") { try await Peers(ground, options)?.measure(hub: rates.first ?? 0) }
    } catch {
      await ground.end()
      throw error
    }
    await ground.end()
  }

  // MARK: - Flow

  /// Hub and relay in turns; gives the hub's median rates for each fan-out.
  private static func flow(_ ground: Ground, _ options: Options) async throws -> [Double] {
    let flow = try await Flow.open(ground)
    var first = 0
    var medians: [Double] = []
    print("\(options.count) messages of 1 KiB a round, \(options.rounds) rounds, delivered untouched")
    print("fan-out   hub: msg/s  CPU us   relay: msg/s  CPU us   receipts")
    // The other parts need the rate at fan-out 1 alone.
    for fanOut in options.has("flow") ? Ground.fanOuts : [1] {
      var ours: [Flow.Figures] = []
      var theirs: [Flow.Figures] = []
      for _ in 0..<options.rounds {
        first += options.count + Flow.warmUp
        let hub = try Party(["hub", ground.folder])
        ours.append(try await flow.measure(hub, fanOut: fanOut, count: options.count, bytes: 1024, begin: first))
        hub.end()
        first += options.count + Flow.warmUp
        let perReceipt = options.count / max(1, ours[ours.count - 1].receipts)
        let relay = try Party(["relay", ground.folder, "\(fanOut)", "\(perReceipt)"])
        theirs.append(try await flow.measure(relay, fanOut: fanOut, count: options.count, bytes: 1024, begin: first))
        relay.end()
      }
      let hub = median(ours.map(\.rate))
      medians.append(hub)
      print(
        "\(pad(fanOut, 7))   \(pad(Int(hub), 10))  \(pad(Int(median(ours.map(\.cpu))), 6))"
          + "   \(pad(Int(median(theirs.map(\.rate))), 12))  \(pad(Int(median(theirs.map(\.cpu))), 6))"
          + "   \(pad(Int(median(ours.map { Double($0.receipts) })), 8))")
      let goal = fanOut == 10 ? "none" : "0.6 (must 0.3)"
      ratio("hub/relay-rate-fan-out-\(fanOut)", median(zip(ours, theirs).map { $0.rate / $1.rate }), goal)
    }
    return medians
  }

  // MARK: - Latency

  private static func latency(_ ground: Ground, rate: Double, _ options: Options) async throws {
    let flow = try await Flow.open(ground)
    let load = rate * 0.8
    print("\nlatency of 100 early warnings a second beside \(Int(load)) threat messages a second, in milliseconds")
    func measure(_ name: String, _ words: [String], begin: Int) async throws -> Latency.Figures {
      let party = try Party(words)
      let figures = try await Latency(ground: ground, flow: flow)
        .measure(fanOut: 1, load: load, seconds: 20, begin: begin)
      party.end()
      print("\(name)  p50 \(tenths(figures.p50))  p99 \(tenths(figures.p99))  p99.9 \(tenths(figures.p999))")
      return figures
    }
    let hub = try await measure("hub  ", ["hub", ground.folder], begin: 20_000_000)
    let relay = try await measure("relay", ["relay", ground.folder, "1", "8"], begin: 40_000_000)
    // Higher is better: what is allowed divided by what it took.
    ratio("allowed/p99-of-the-incident-lane", max(100, 5 * relay.p99) / hub.p99, "1 (must; 100 ms or 5 relays)")
    ratio("hoped/p99-of-the-incident-lane", max(30, 2 * relay.p99) / hub.p99, "1 (goal; 30 ms or 2 relays)")
  }

  // MARK: - Stages

  private static func stages(_ ground: Ground) async throws {
    let home = try HubHome.open(folder: ground.folder)
    let stages = Stages(configuration: home.configuration, keys: home.keys, ledger: home.ledger)
    print("CPU microseconds of a message in each stage, all its recipients together")
    print(String(repeating: " ", count: 32) + Stages.names.map { pad($0, 9) }.joined())
    for row in Stages.cases {
      _ = try await stages.measure(row, count: 20, begin: 0)
      let spent = try await stages.measure(row, count: max(20, min(1000, 20_000_000 / row.bytes / 20)), begin: 1000)
      print(
        row.name.padding(toLength: 32, withPad: " ", startingAt: 0) + spent.map { pad(Int($0), 9) }.joined())
    }
    print("")
    await home.ledger.close()
  }

  // MARK: - Words and numbers

  static func ratio(_ what: String, _ value: Double, _ goal: String) {
    print("ratio \(what) \((value * 100).rounded() / 100) goal \(goal)")
  }

  static func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    return sorted.isEmpty ? 0 : sorted[sorted.count / 2]
  }

  private static func tenths(_ value: Double) -> String { "\((value * 10).rounded() / 10)" }

  private static func pad(_ value: Any, _ width: Int) -> String {
    let text = "\(value)"
    return String(repeating: " ", count: max(0, width - text.count)) + text
  }
}
