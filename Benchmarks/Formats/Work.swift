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
    var passed: Double
    var event: Double
    var events: Double
    var builtIn: Double
    var mapped: Double

    var description: String {
      "csaf \(Int(csaf)) iodef \(Int(iodef)) passed \(Int(passed)) event \(Int(event)) events \(Int(events)) "
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
      passed: rate(100) { for _ in 0..<100 { pass(event) } },
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

  /// What the peer does, and what is left of a delivery in the sender's own format once it is decided: the text becomes
  /// a message, is judged (advice too: the peer's bot looks at the taxonomy), and goes out as a text. (The hub sends the very bytes on, and does not write them again.)
  @inline(never) private func pass(_ text: [UInt8]) {
    guard let message = try? FormatCatalogue.identify(text, contentType: nil, hint: nil, maximumBytes: .max),
      FormatCatalogue.findings(in: message).isEmpty
    else { fatalError("the event of the benchmark is not right") }
    var writer = JSONWriter()
    writer.value(message.document.root)
    sum &+= writer.bytes.count
  }

  @inline(never) private func translate(_ text: [UInt8]) {
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

  /// An event as bots pass them on: with where it came from, what was seen, what is known of it, and its raw text.
  private static func event(_ number: Int) -> String {
    let address = "198.51.\(number / 250).\(number % 250 + 1)"
    return #"{"__type":"Event","classification.identifier":"emotet","classification.taxonomy":"malicious-code","#
      + #""classification.type":"c2-server","event_description.text":"A command server of a botnet.","#
      + #""feed.accuracy":100.0,"feed.name":"Botnet Servers","feed.provider":"Example CERT","#
      + #""feed.url":"https://feed.example/servers.csv","malware.name":"emotet","protocol.application":"https","#
      + #""protocol.transport":"tcp","raw":"MTk4LjUxLjEwMC43LDQ0MywyMDI2LTExLTI0IDA2OjAwOjAwLGVtb3RldA==","#
      + #""source.as_name":"Example Network","source.asn":64496,"source.fqdn":"host\#(number).c2.example","#
      + #""source.geolocation.cc":"NL","source.ip":"\#(address)","source.network":"198.51.0.0/16","source.port":443,"#
      + #""status":"online","time.observation":"2026-11-24T08:30:00+00:00","time.source":"2026-11-24T06:00:00+00:00"}"#
  }

  /// The same objects from the same events as the built-in adapter's: four observables, a family of malware, observed
  /// data with all other fields, an indicator, and how they belong together.
  private static let mapping = #"""
    {"mapping":"events","text":"json","kind":"event","required":["source.ip","time.source"],
     "time":{"from":"time.source","date":"rfc3339"},
     "objects":[
      {"name":"address","type":"ipv4-addr","set":{"value":{"from":"source.ip"}}},
      {"name":"network","type":"ipv4-addr","set":{"value":{"from":"source.network"}}},
      {"name":"host","type":"domain-name","set":{"value":{"from":"source.fqdn"}}},
      {"name":"system","type":"autonomous-system","set":{"number":{"from":"source.asn","as":"number"}}},
      {"name":"family","type":"malware","key":["malware.name"],"set":{
        "name":{"from":"malware.name"},"is_family":true}},
      {"name":"seen","type":"observed-data","key":["source.ip","source.fqdn","time.source"],"set":{
        "labels":[{"template":"rsit:{classification.taxonomy}=\"{classification.type}\""}],
        "confidence":{"from":"feed.accuracy","as":"number"},
        "first_observed":{"from":"time.source","date":"rfc3339"},
        "last_observed":{"from":"time.source","date":"rfc3339"},"number_observed":1,
        "object_refs":{"refs":["address","network","host","system"]},
        "x_fields":{"object":{"type":{"from":"__type"},"identifier":{"from":"classification.identifier"},
          "text":{"from":"event_description.text"},"feed":{"from":"feed.name"},"provider":{"from":"feed.provider"},
          "url":{"from":"feed.url"},"application":{"from":"protocol.application"},
          "transport":{"from":"protocol.transport"},"raw":{"from":"raw"},"as_name":{"from":"source.as_name"},
          "country":{"from":"source.geolocation.cc"},"port":{"from":"source.port","as":"number"},
          "status":{"from":"status"},"observation":{"from":"time.observation"}}}}},
      {"name":"sign","type":"indicator","key":["source.ip","source.fqdn","time.source"],"set":{
        "name":{"template":"{classification.type} {source.fqdn}"},"confidence":{"from":"feed.accuracy","as":"number"},
        "indicator_types":["malicious-activity"],
        "labels":[{"template":"rsit:{classification.taxonomy}=\"{classification.type}\""}],
        "pattern":{"template":"[domain-name:value = '{source.fqdn}']"},"pattern_type":"stix","pattern_version":"2.1",
        "valid_from":{"from":"time.source","date":"rfc3339"}}},
      {"type":"relationship","key":["source.ip","source.fqdn","time.source"],"set":{"relationship_type":"based-on",
        "source_ref":{"ref":"sign"},"target_ref":{"ref":"seen"}}},
      {"type":"relationship","key":["source.fqdn","malware.name"],"set":{"relationship_type":"indicates",
        "source_ref":{"ref":"sign"},"target_ref":{"ref":"family"}}}],
     "examples":[{"input":"{}","gives":[{"type":"ipv4-addr"}]}]}
    """#
}
