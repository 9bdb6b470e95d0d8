import Hub
import JSON
import Ledger

/// `--dry-run`: what a replay would come to, counted, with the first of each kind.
struct ReplayRehearsal {
  private static let shown = 3

  let desk: ReplayDesk
  let again: Bool
  let json: Bool

  /// Goes through all targets. Exit code 1 where one of them would fail.
  func run(_ targets: [ReplayTarget]) async throws {
    var counts: [String: Int] = [:]
    var examples: [String: [ReplayDesk.Forecast]] = [:]
    for target in targets {
      let forecast = try await asking { try await desk.rehearse(target, again: again) }
      counts[forecast.word, default: 0] += 1
      if json { Terminal.put(line: forecast.encoded()) }
      if examples[forecast.word, default: []].count < Self.shown {
        examples[forecast.word, default: []].append(forecast)
      }
    }
    if !json {
      for (word, count) in counts.sorted(by: { ($0.value, $1.key) > ($1.value, $0.key) }) {
        Terminal.say("\(PlainText.grouped(count)) would \(Self.phrase[word] ?? word):")
        for forecast in examples[word] ?? [] { Terminal.say(forecast.lines(width: Terminal.width)) }
        if count > Self.shown { Terminal.say("  and \(PlainText.grouped(count - Self.shown)) more") }
      }
      Terminal.say("Nothing was done.")
    }
    if counts["fail"] != nil { throw Answer.no() }
  }

  private static let phrase = [
    "pass": "pass", "fail": "fail", "send": "be sent", "again": "be sent again",
    "unchanged": "be left, being unchanged",
    "withhold": "be withheld", "hold": "be held",
  ]
}

extension ReplayDesk.Forecast {
  private var name: String {
    switch target {
    case .deadLetter(let number): "dead letter \(number)"
    case .delivery(let number): "delivery \(number)"
    }
  }

  func lines(width: Int) -> [String] {
    sentence.printable.cut(to: 400).under("  " + name.padded(to: 20), width: width)
  }

  func encoded() -> [UInt8] {
    var writer = JSONWriter()
    writer.object { line in
      switch target {
      case .deadLetter(let number): line.member("dead_letter", number)
      case .delivery(let number): line.member("delivery", number)
      }
      line.member("would", word)
      line.member("detail", sentence)
    }
    return writer.bytes
  }
}
