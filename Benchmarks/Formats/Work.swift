import Adapters
import Contract
import FoundationEssentials
import Formats
import Glibc
import JSON
import Partners
import STIX

/// Our side.
final class Work {
  /// Documents for each second of CPU.
  struct Figures: CustomStringConvertible {
    var csaf: Double
    var iodef: Double
    var event: Double
    var events: Double
    var builtIn: Double
    var mapped: Double

    var description: String {
      "csaf \(Int(csaf)) iodef \(Int(iodef)) event \(Int(event)) events \(Int(events)) "
        + "built-in \(Int(builtIn)) mapping \(Int(mapped))"
    }
  }

  /// How many events a batch has.
  static let batch = 500

  /// The valid ones of the folder, parsed.
  let csaf: [JSONDocument]
  let iodef: [UInt8]
  let event: [UInt8]
  let xsd: [UInt8]
  let schema: [UInt8]
  private let lines: [UInt8]
  private let feed: MappingFormat
  private let mapping: MappingAdapter
  private let origin: Origin
  private let terms: OutgoingTerms
  private var sum = 0

  init(csaf folder: String, repository: String) throws {
    func bytes(_ path: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(filePath: path))) }
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    csaf = names.sorted().filter { $0.hasSuffix(".json") }.compactMap { name in
      guard let document = try? JSONDocument(bytes(folder + "/" + name)),
        CSAFFormat().recognises(document.root) == "2.0", CSAFFormat().errors(document).isEmpty
      else { return nil }
      return document
    }
    iodef = try bytes(repository + "/Tests/AdaptersTests/Golden/iodef/12-two-incidents-with-prefixes/input.xml")
    xsd = try bytes(repository + "/Schemas/iodef/2.0/iodef.xsd")
    schema = try bytes(repository + "/Schemas/csaf/2.0/document.json")
    event = Array(Self.event(7).utf8)
    lines = Array((0..<Self.batch).map { Self.event($0) }.joined(separator: "\n").utf8)
    let description = try Mapping(try JSONDocument(Array(Self.mapping.utf8)).root)
    feed = MappingFormat(description)
    mapping = MappingAdapter(description)
    guard let sender = AgencyID("benchmark") else { fatalError("no name") }
    let time = Instant(milliseconds: 1_795_514_400_000)
    origin = Origin(sender: sender, messageID: "1", acceptedAt: time)
    terms = OutgoingTerms(tlp: .amber, sender: sender, acceptedAt: time)
  }

  func measure() -> Figures {
    Figures(
      csaf: rate(csaf.count) { for document in csaf { sum &+= CSAFFormat().errors(document).count } },
      iodef: rate(20) { for _ in 0..<20 { sum &+= judged(iodef).version.count } },
      event: rate(100) { for _ in 0..<100 { translate(event) } },
      events: rate(Self.batch) { translate(lines) },
      builtIn: rate(Self.batch) {
        sum &+= read(judged(lines)).output.objects.count
      },
      mapped: rate(Self.batch) {
        guard let document = try? feed.open(batchText, maximumBytes: .max), feed.errors(document).isEmpty,
          let read = try? mapping.read(document, origin: origin)
        else { fatalError("the mapping does not read the events") }
        sum &+= read.output.objects.count
      })
  }

  /// The same events as one JSON text, which is what a mapping takes.
  private lazy var batchText: [UInt8] = {
    Array("[".utf8) + lines.split(separator: 0x0A).joined(separator: [0x2C]) + Array("]".utf8)
  }()

  private func judged(_ text: [UInt8]) -> IdentifiedMessage {
    guard let message = try? FormatCatalogue.identify(text, contentType: nil, hint: nil, maximumBytes: .max),
      FormatCatalogue.errors(in: message).isEmpty
    else { fatalError("a document of the benchmark is not valid") }
    return message
  }

  private func read(_ message: IdentifiedMessage) -> Translation<STIXBundle> {
    guard let read = try? IntelMQAdapter().read(message.document, origin: origin) else { fatalError("not read") }
    return read
  }

  private func translate(_ text: [UInt8]) {
    guard let written = try? IntelMQAdapter().write(read(judged(text)).output, terms: terms) else {
      fatalError("not written")
    }
    sum &+= written.output.count
  }

  /// Of some repeats the fastest: what else the machine does only adds.
  private func rate(_ count: Int, _ body: () -> Void) -> Double {
    guard count > 0 else { return 0 }
    var best = Double.infinity
    let begun = Self.seconds()
    while Self.seconds() - begun < 0.4 {
      let start = Self.seconds()
      body()
      best = min(best, Self.seconds() - start)
    }
    return Double(count) / best
  }

  private static func seconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  private static func event(_ number: Int) -> String {
    #"{"__type":"Event","classification.taxonomy":"malicious-code","classification.type":"c2-server","feed.name":"Feed","#
      + #""feed.provider":"Provider","source.ip":"198.51.\#(number / 250).\#(number % 250 + 1)","source.port":443,"#
      + #""time.observation":"2026-11-24T08:30:00+00:00","time.source":"2026-11-24T06:00:00+00:00"}"#
  }

  /// The same objects from the same events as the built-in adapter's: observed data, an address and an indicator.
  private static let mapping = #"""
    {"mapping":"events","text":"json","kind":"event","required":["source.ip","time.source"],
     "time":{"from":"time.source","date":"rfc3339"},
     "objects":[
      {"name":"address","type":"ipv4-addr","set":{"value":{"from":"source.ip"}}},
      {"name":"seen","type":"observed-data","key":["source.ip","time.source"],"set":{
        "first_observed":{"from":"time.source","date":"rfc3339"},
        "last_observed":{"from":"time.source","date":"rfc3339"},"number_observed":1,
        "labels":[{"template":"rsit:{classification.taxonomy}=\"{classification.type}\""}],
        "x_feed":{"object":{"name":{"from":"feed.name"},"provider":{"from":"feed.provider"},
          "port":{"from":"source.port","as":"number"},"observation":{"from":"time.observation"}}},
        "object_refs":{"refs":["address"]}}},
      {"name":"sign","type":"indicator","key":["source.ip","time.source"],"set":{
        "pattern":{"template":"[ipv4-addr:value = '{source.ip}']"},"pattern_type":"stix",
        "indicator_types":["malicious-activity"],"name":{"template":"{classification.type} {source.ip}"},
        "valid_from":{"from":"time.source","date":"rfc3339"}}},
      {"type":"relationship","key":["source.ip","time.source"],"set":{"relationship_type":"based-on",
        "source_ref":{"ref":"sign"},"target_ref":{"ref":"seen"}}}],
     "examples":[{"input":"{}","gives":[{"type":"ipv4-addr"}]}]}
    """#
}
