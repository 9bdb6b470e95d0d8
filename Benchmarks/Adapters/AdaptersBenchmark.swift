import Adapters
import Contract
import Glibc
import JSON
import STIX

/// How many attributes of a MISP event a CPU-second translates to STIX and back, beside misp-stix.
///
/// Rounds alternate between us and it, so that what else the machine does hits both; each ratio is the median of the
/// rounds' ratios. Ours parse and write their texts; its texts are parsed and written outside of what is measured.
/// Arguments: the Python that has misp-stix, and the script beside this file; without them it is measured alone.
@main
struct AdaptersBenchmark {
  static let rounds = 5
  static let attributes = 2000

  static func main() throws {
    let arguments = CommandLine.arguments
    var sample = SampleEvent()
    let event = sample.text(attributes: attributes)
    let peer = arguments.count > 2 ? try Peer(python: arguments[1], script: arguments[2], event: event) : nil
    _ = peer?.measure()
    let work = try Work(event: event, stix: try peer?.stix())
    _ = work.measure()
    var ours: [Work.Figures] = []
    var theirs: [Peer.Figures] = []
    print("an event with \(attributes) attributes, \(event.count) bytes, \(rounds) rounds, CPU time")
    for round in 1...rounds {
      ours.append(work.measure())
      if let figures = peer?.measure() { theirs.append(figures) }
      print("round \(round): \(ours[round - 1]) \(theirs.last.map { "| misp-stix \($0)" } ?? "")")
    }
    print("attributes per CPU-second: MISP to STIX \(rate(ours.map(\.there))), STIX to MISP \(rate(ours.map(\.back)))")
    if theirs.isEmpty { return }
    print("misp-stix: MISP to STIX \(rate(theirs.map(\.there))), STIX to MISP \(rate(theirs.map(\.back)))")
    ratio("MISP-to-STIX/misp-stix", zip(ours, theirs).map { $1.there / $0.there })
    ratio("STIX-to-MISP/misp-stix", zip(ours, theirs).map { $1.back / $0.back })
  }

  private static func rate(_ seconds: [Double]) -> Int { Int(Double(attributes) / median(seconds)) }

  private static func ratio(_ what: String, _ values: [Double]) {
    print("ratio \(what) \((median(values) * 10).rounded() / 10) goal 200 (must 50)")
  }

  private static func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
}

/// Our side: texts to texts.
final class Work {
  struct Figures: CustomStringConvertible {
    var there: Double
    var back: Double

    var description: String { "there \(Int(there * 1e6)) us, back \(Int(back * 1e6)) us" }
  }

  private let event: [UInt8]
  private let stix: [UInt8]
  private let origin: Origin
  private let terms: OutgoingTerms
  private var sum = 0

  /// `stix` is what the peer made of the event, so that both go back from the same; our own without it.
  init(event: [UInt8], stix: [UInt8]?) throws {
    self.event = event
    guard let sender = AgencyID("benchmark") else { fatalError("no name") }
    let time = Instant(milliseconds: 1_795_514_400_000)
    origin = Origin(sender: sender, messageID: "1", acceptedAt: time)
    terms = OutgoingTerms(tlp: .amber, sender: sender, acceptedAt: time)
    self.stix = try stix ?? MISPAdapter().read(try JSONDocument(event), origin: origin).output.document.text
  }

  func measure() -> Figures {
    Figures(
      there: time {
        guard let document = try? JSONDocument(event), let read = try? MISPAdapter().read(document, origin: origin)
        else { fatalError("the event cannot be read") }
        sum &+= read.output.objects.count
      },
      back: time {
        guard let document = try? JSONDocument(stix), let bundle = try? STIXBundle(reading: document),
          let written = try? MISPAdapter().write(bundle, terms: terms)
        else { fatalError("the bundle cannot be written") }
        sum &+= written.output.count
      })
  }

  /// Of some repeats the fastest: what else the machine does only adds.
  private func time(_ body: () -> Void) -> Double {
    var best = Double.infinity
    for _ in 0..<5 {
      let start = Self.seconds()
      body()
      best = min(best, Self.seconds() - start)
    }
    return best
  }

  private static func seconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}

/// misp-stix, in a process of its own, one round at a time.
final class Peer {
  struct Figures: CustomStringConvertible {
    var there: Double
    var back: Double

    var description: String { "there \(Int(there * 1e6)) us, back \(Int(back * 1e6)) us" }
  }

  private let command: String
  private let folder: String

  init(python: String, script: String, event: [UInt8]) throws {
    var template = Array("/tmp/entente-bench-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw Trouble() }
    folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    command = "'\(python)' '\(script)' '\(folder)/event.json' '\(folder)/stix.json' 2>/dev/null"
    guard let file = fopen("\(folder)/event.json", "w") else { throw Trouble() }
    defer { fclose(file) }
    guard fwrite(event, 1, event.count, file) == event.count else { throw Trouble() }
  }

  deinit {
    unlink("\(folder)/event.json")
    unlink("\(folder)/stix.json")
    rmdir(folder)
  }

  /// Nil when it cannot be run.
  func measure() -> Figures? {
    guard let pipe = popen(command, "r") else { return nil }
    var text: [UInt8] = []
    while case let byte = fgetc(pipe), byte != EOF { text.append(UInt8(truncatingIfNeeded: byte)) }
    guard pclose(pipe) == 0 else { return nil }
    let numbers = String(decoding: text, as: UTF8.self).split(whereSeparator: \.isWhitespace).compactMap { Double($0) }
    return numbers.count == 2 ? Figures(there: numbers[0], back: numbers[1]) : nil
  }

  /// What it made of the event.
  func stix() throws -> [UInt8]? {
    guard let file = fopen("\(folder)/stix.json", "r") else { return nil }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    while case let byte = fgetc(file), byte != EOF { bytes.append(UInt8(truncatingIfNeeded: byte)) }
    return bytes
  }

  struct Trouble: Error {}
}
