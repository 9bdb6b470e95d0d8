import Contract
import Formats
import JSON
import Partners
import STIX
import Testing

@testable import Adapters

/// Partners' own formats, described and not programmed.
@Suite struct MappingTests {
  private static func description(
    text: String = "csv", objects: String = Self.observed, more: String = "",
    example: String = #""input":"ip,at\n198.51.100.7,24.11.2026 06:30\n""#
  ) -> String {
    #"{"mapping":"acme-feed","text":"\#(text)","required":["ip"],"time":{"from":"at","date":"DD.MM.YYYY hh:mm"},"#
      + #""objects":\#(objects),"examples":[{"name":"one",\#(example),"gives":[{"type":"ipv4-addr"}]}]\#(more)}"#
  }

  private static let address = #"{"name":"address","type":"ipv4-addr","set":{"value":{"from":"ip"}}}"#
  private static let observed =
    #"[\#(address),{"type":"observed-data","key":["ip","at"],"set":{"first_observed":{"from":"at","date":"DD.MM.YYYY hh:mm"},"#
    + #""last_observed":{"from":"at","date":"DD.MM.YYYY hh:mm"},"number_observed":1,"object_refs":{"refs":["address"]}}}]"#

  private func mapping(_ text: String) throws -> Mapping {
    let root = try JSONDocument(Array(text.utf8)).root
    do throws(Mapping.Faults) {
      return try Mapping(root)
    } catch {
      Issue.record("\(error.list)")
      throw error
    }
  }

  private func read(_ mapping: Mapping, _ text: String) throws -> Translation<STIXBundle> {
    try MappingAdapter(mapping).read(Array(text.utf8), origin: Given.origin())
  }

  // MARK: Descriptions that are wrong

  static let wrong: [(String, String, String)] = [
    (#"{}"#, "", "mapping is missing"),
    (#"[]"#, "", "expected members"),
    (description(more: #","colour":"blue""#), "/colour", "no word here"),
    (description(text: "xml"), "/text", "expected json, csv or key-value"),
    (description(more: #","separator":"ab""#), "/separator", "one character"),
    (description(more: #","records":"a""#), "/records", "only a text in json"),
    (description(objects: "[]"), "/objects", "at least one object"),
    (description(objects: #"[{"type":"spaceship","set":{"a":1}}]"#), "/objects/0/type", "no type of STIX"),
    (description(objects: #"[{"type":"ipv4-addr","set":{"id":"x"}}]"#), "/objects/0/set/id", "cannot be set"),
    (
      description(objects: #"[{"type":"ipv4-addr","set":{"value":{"form":"ip"}}}]"#), "/objects/0/set/value",
      "expected one of from"
    ),
    (
      description(objects: #"[{"type":"ipv4-addr","set":{"value":{"from":"ip","as":"colour"}}}]"#),
      "/objects/0/set/value/as", "expected text"
    ),
    (
      description(objects: #"[{"type":"ipv4-addr","set":{"value":{"from":"ip","date":"hh:mm"}}}]"#),
      "/objects/0/set/value/date", "no form of dates"
    ),
    (
      description(objects: #"[{"type":"ipv4-addr","set":{"value":{"from":"ip","values":[]}}}]"#),
      "/objects/0/set/value/values", "pairs"
    ),
    (
      description(objects: #"[{"type":"ipv4-addr","when":{"sometimes":1},"set":{"value":{"from":"ip"}}}]"#),
      "/objects/0/when/sometimes", "present, equals or not"
    ),
    (
      description(objects: #"[{"type":"observed-data","set":{"object_refs":{"refs":["later"]}}}]"#),
      "/objects/0/set/object_refs", "no object before"
    ),
    (
      description(objects: #"[{"type":"url","set":{"value":{"template":"{a"}}}]"#), "/objects/0/set/value", "not closed"
    ),
    (#"{"mapping":"Not A Slug","text":"csv","required":["a"],"objects":[],"examples":[]}"#, "/mapping", "slug"),
    (
      #"{"mapping":"a","text":"csv","required":["a"],"objects":[{"type":"url","set":{"value":{"from":"a"}}}]}"#,
      "/examples", "shows what it does"
    ),
  ]

  @Test(arguments: wrong) func `a fault names its place and what to do`(
    _ text: String, _ place: String, _ words: String
  ) throws {
    let root = try JSONDocument(Array(text.utf8)).root
    do throws(Mapping.Faults) {
      _ = try Mapping(root)
      Issue.record("it was taken")
    } catch {
      #expect(error.list.contains { $0.place.description == place && $0.message.contains(words) }, "\(error.list)")
    }
  }

  @Test func `a hostile description has an end`() throws {
    let many = "[" + Array(repeating: Self.address, count: 5000).joined(separator: ",") + "]"
    let root = try JSONDocument(Array(Self.description(objects: many).utf8)).root
    do throws(Mapping.Faults) {
      _ = try Mapping(root)
      Issue.record("it was taken")
    } catch {
      #expect(error.list.count <= 200)
    }
  }

  // MARK: Texts that are wrong

  static let refused: [(String, String)] = [
    ("", "header"),
    ("ip,ip\n1,2\n", "one name"),
    ("ip,at\n198.51.100.7\n", "line 2 has 1 cells"),
    ("at\n24.11.2026 06:30\n", "a record has ip"),
    ("ip,at\n198.51.100.7,2026-11-24\n", "no moment of the form"),
    ("ip,at\n198.51.100.7,30.02.2026 06:30\n", "no moment of the form"),
    ("ip,at\nnot an address,24.11.2026 06:30\n", "no valid STIX"),
    ("ip,at\n", "no record became an object"),
  ]

  @Test(arguments: refused) func `a text that does not fit is refused by its reason`(_ text: String, _ words: String)
    throws
  {
    let adapter = MappingAdapter(try mapping(Self.description()))
    let origin = try Given.origin()
    do throws(AdapterFailure) {
      _ = try adapter.read(Array(text.utf8), origin: origin)
      Issue.record("it was read")
    } catch {
      #expect(error.message.contains(words), "\(error)")
    }
  }

  @Test func `what no path reads is residue`() throws {
    let read = try read(try mapping(Self.description()), "ip,at,canary\n198.51.100.7,24.11.2026 06:30,CANARY\n")
    #expect(read.residue.map(\.description) == ["/records/0/canary"])
    #expect(!String(decoding: read.output.document.text, as: UTF8.self).contains("CANARY"))
  }

  // MARK: What fits

  @Test func `a table goes to STIX and comes back equal`() throws {
    let mapping = try mapping(Self.description())
    let text = "ip,at\n198.51.100.7,24.11.2026 06:30\n198.51.100.8,24.11.2026 06:31\n"
    let read = try read(mapping, text)
    #expect(STIXFormat().errors(read.output.document) == [] && read.residue == [])
    #expect(try self.read(mapping, text).output.document.text == read.output.document.text)
    let written = try MappingAdapter(mapping).write(read.output, terms: Given.terms(.green))
    #expect(String(decoding: written.output, as: UTF8.self) == text)
    #expect(written.losses == [])
  }

  @Test func `a bundle of somebody else is written as far as the paths say it`() throws {
    let mapping = try mapping(Self.description())
    let times = #""created":"2026-11-24T06:30:00.000Z","modified":"2026-11-24T06:30:00.000Z""#
    let bundle = try Given.bundle(
      #"{"type":"ipv4-addr","spec_version":"2.1","id":"ipv4-addr--ff26c055-6336-5bc5-b98d-13d6226742dd","value":"198.51.100.3"}"#,
      #"{"type":"observed-data","spec_version":"2.1","id":"observed-data--00000001-6336-4bc5-b98d-13d6226742dd",\#(times),"first_observed":"2026-11-24T06:30:00Z","last_observed":"2026-11-24T06:30:00Z","number_observed":7,"confidence":20,"object_refs":["ipv4-addr--ff26c055-6336-5bc5-b98d-13d6226742dd"]}"#,
      #"{"type":"tool","spec_version":"2.1","id":"tool--00000001-6336-4bc5-b98d-13d6226742dd",\#(times),"name":"t"}"#)
    // A fixed number that is another one here: no record says it.
    #expect(throws: AdapterFailure.self) { try MappingAdapter(mapping).write(bundle, terms: Given.terms()) }
    let text = String(decoding: bundle.document.text, as: UTF8.self).replacing(
      "\"number_observed\":7", with: "\"number_observed\":1")
    let fitting = try STIXBundle(reading: try Given.document(text))
    let written = try MappingAdapter(mapping).write(fitting, terms: Given.terms())
    #expect(String(decoding: written.output, as: UTF8.self) == "ip,at\n198.51.100.3,24.11.2026 06:30\n")
    #expect(
      written.losses.map(\.what) == [
        "confidence of observed-data--00000001-6336-4bc5-b98d-13d6226742dd",
        "the tool tool--00000001-6336-4bc5-b98d-13d6226742dd",
      ])
    let natural = MappingAdapter(mapping).naturalLosses
    #expect(written.losses.allSatisfy { loss in natural.contains { $0.explains(loss) } })
  }

  @Test func `what a record cannot say beside what it says is a loss`() throws {
    let mapping = try mapping(Self.description())
    let times = #""created":"2026-11-24T06:30:00.000Z","modified":"2026-11-24T06:30:00.000Z""#
    let id = "observed-data--00000001-6336-4bc5-b98d-13d6226742dd"
    let bundle = try Given.bundle(
      #"{"type":"ipv4-addr","spec_version":"2.1","id":"ipv4-addr--ff26c055-6336-5bc5-b98d-13d6226742dd","value":"198.51.100.3"}"#,
      #"{"type":"observed-data","spec_version":"2.1","id":"\#(id)",\#(times),"first_observed":"2026-11-24T06:30:00Z","last_observed":"2026-11-24T07:00:00Z","number_observed":1,"object_refs":["ipv4-addr--ff26c055-6336-5bc5-b98d-13d6226742dd"]}"#
    )
    // One path says both times, and the first has it.
    let written = try MappingAdapter(mapping).write(bundle, terms: Given.terms())
    #expect(String(decoding: written.output, as: UTF8.self) == "ip,at\n198.51.100.3,24.11.2026 06:30\n")
    #expect(written.losses.map(\.what) == ["last_observed of \(id)"])
    // A line has one line.
    let lines = try self.mapping(
      #"{"mapping":"acme-lines","text":"key-value","required":["user"],"objects":[{"type":"x-login","key":["user"],"set":{"who":{"from":"user"},"note":{"from":"note"}}}],"examples":[{"input":"user=a","gives":[{"type":"x-login"}]}]}"#
    )
    let note = try Given.bundle(
      #"{"type":"x-login","spec_version":"2.1","id":"x-login--00000001-6336-4bc5-b98d-13d6226742dd",\#(times),"who":"anna","note":"a\nb"}"#
    )
    let text = try MappingAdapter(lines).write(note, terms: Given.terms())
    #expect(String(decoding: text.output, as: UTF8.self) == "user=anna note=\"a b\"\n")
    #expect(text.losses.map(\.what) == ["note of x-login--00000001-6336-4bc5-b98d-13d6226742dd"])
  }

  @Test func `words, numbers, conditions, defaults and labels mean what the mapping says`() throws {
    let objects =
      #"[{"type":"indicator","when":{"equals":{"kind":["bad","worse"]},"not":{"present":"gone"}},"set":{"pattern":{"template":"[url:value = '{u/full}']"},"pattern_type":"stix","valid_from":{"from":"t","date":"seconds"},"confidence":{"from":"c","as":"number","default":10},"labels":[{"from":"kind","values":{"bad":"b","worse":"w"}}]}},"#
      + #"{"type":"domain-name","each":"names","set":{"value":{"from":"n","as":"lowercase"}}}]"#
    let text =
      #"{"mapping":"acme-json","text":"json","records":"data/list","required":["kind"],"tlp":{"from":"share","values":{"all":"TLP:CLEAR","few":"TLP:AMBER+STRICT"}},"objects":\#(objects),"examples":[{"input":"{}","gives":[{"type":"url"}]}]}"#
    let mapping = try mapping(text)
    let read = try read(
      mapping,
      #"{"data":{"list":[{"kind":"worse","share":"few","t":1795500000,"u":{"full":"https://a.example/'x'\\"},"names":[{"n":"A.example"},{"n":"B.example"}]},{"kind":"bad","gone":true,"share":"all","names":[]},{"kind":"fine","share":"all","u":{"full":"x"}}]}}"#
    )
    let content = read.output.objects.filter { !$0.isDefinition }
    #expect(content.map(\.type) == ["indicator", "domain-name", "domain-name"])
    #expect(content[0].value["pattern"]?.string == #"[url:value = 'https://a.example/\'x\'\\']"#)
    #expect(content[0].value["confidence"]?.integer == 10 && content[0].value["labels"]?[0]?.string == "w")
    #expect(content[0].value["valid_from"]?.string == "2026-11-24T06:00:00.000Z")
    #expect(content.allSatisfy { $0.marking == .tlp(.amberStrict) })
    #expect(read.residue.map(\.description) == ["/data/list/2/u"])
    for bad in [
      #"{"data":{"list":[{"kind":"bad","share":"some"}]}}"#,
      #"{"data":{"list":[{"kind":"bad","share":"all","c":"x"}]}}"#, #"{"data":{}}"#,
      #"{"data":{"list":[{"kind":["bad"],"share":{"a":1}}]}}"#, "no JSON",
    ] {
      #expect(throws: AdapterFailure.self) { try self.read(mapping, bad) }
    }
    // Repeated groups are read only.
    #expect(throws: AdapterFailure.self) { try MappingAdapter(mapping).write(read.output, terms: Given.terms()) }
  }

  @Test func `lines of key and value are read with their quotes, and written with them`() throws {
    let objects = #"[{"type":"x-login","key":["user"],"set":{"who":{"from":"user"},"note":{"from":"note"}}}]"#
    let mapping = try mapping(
      #"{"mapping":"acme-lines","text":"key-value","required":["user"],"objects":\#(objects),"examples":[{"input":"user=a","gives":[{"type":"x-login"}]}]}"#
    )
    let text = "user=anna note=\"a \\\"b\\\" c=d\"\nuser=bert\n"
    let read = try read(mapping, "# remark\n" + text)
    #expect(read.output.objects.map { $0.value["note"]?.string } == ["a \"b\" c=d", nil])
    #expect(
      String(decoding: try MappingAdapter(mapping).write(read.output, terms: Given.terms()).output, as: UTF8.self)
        == text)
    for bad in ["user", "user=\"a", "user=a user=b", "=a", "user=\"a\"b"] {
      #expect(throws: AdapterFailure.self) { try self.read(mapping, bad) }
    }
  }

  @Test func `lines may end as Windows ends them, and an accent hides no mark`() throws {
    let objects = #"[{"type":"x-login","key":["user"],"set":{"who":{"from":"user"},"note":{"from":"note"}}}]"#
    func notes(_ kind: String, _ text: String) throws -> [String?] {
      let mapping = try mapping(
        #"{"mapping":"acme-lines","text":"\#(kind)","required":["user"],"objects":\#(objects),"examples":[{"input":"user=a","gives":[{"type":"x-login"}]}]}"#
      )
      let read = try self.read(mapping, text)
      let written = try MappingAdapter(mapping).write(read.output, terms: Given.terms())
      let again = try MappingAdapter(mapping).read(written.output, origin: Given.origin()).output
      #expect(again.objects.map { $0.value["note"]?.string } == read.output.objects.map { $0.value["note"]?.string })
      return read.output.objects.map { $0.value["note"]?.string }
    }
    #expect(try notes("key-value", "user=a note=x\r\nuser=b note=y\r\n") == ["x", "y"])
    #expect(try notes("csv", "user,note\r\na,x\r\nb,y\r\n") == ["x", "y"])
    // Whoever reads a table by code points must not find a cell more.
    let accents = "\u{301},\u{301}\"\u{301} =\u{301}"
    #expect(try notes("csv", "user,note\na,\"\u{301},\u{301}\"\"\u{301} =\u{301}\"\n") == [accents])
    #expect(try notes("key-value", "user=a note=\"\u{301},\u{301}\\\"\u{301} =\u{301}\"\n") == [accents])
  }

  @Test(arguments: ["#x", "# x", "x#", "#\"x\""])
  func `in a table of one column a value may begin as a remark does`(_ value: String) throws {
    let objects = #"[{"type":"x-login","key":["user"],"set":{"who":{"from":"user"}}}]"#
    let mapping = try mapping(
      #"{"mapping":"acme-column","text":"csv","required":["user"],"objects":\#(objects),"examples":[{"input":"user\na","gives":[{"type":"x-login"}]}]}"#
    )
    let cell = value.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
    let read = try read(mapping, "# remark\nuser\n\"\(cell)\"\nb\n")
    #expect(read.output.objects.map { $0.value["who"]?.string } == [value, "b"])
    let written = try MappingAdapter(mapping).write(read.output, terms: Given.terms())
    let again = try MappingAdapter(mapping).read(written.output, origin: Given.origin()).output
    #expect(again.objects.map { $0.value["who"]?.string } == [value, "b"])
  }

  @Test func `a line of many keys takes no longer than many lines`() throws {
    let line = (0..<100_000).map { "k\($0)=1" }.joined(separator: " ")
    let start = ContinuousClock.now
    let mapping = try mapping(Self.description(text: "key-value", objects: "[\(Self.address)]"))
    #expect(try read(mapping, "ip=198.51.100.7 at=\"24.11.2026 06:30\" \(line)").residue.count == 100_000)
    #expect(ContinuousClock.now - start < .seconds(30))
  }

  static let dates: [(String, String, String?)] = [
    ("YYYY-MM-DD", "2026-11-24", "2026-11-24T00:00:00.000Z"),
    ("YYYYMMDDhhmmss", "20261124063005", "2026-11-24T06:30:05.000Z"),
    ("D/M/YYYY", "4/1/2026", "2026-01-04T00:00:00.000Z"), ("seconds", "0", "1970-01-01T00:00:00.000Z"),
    ("milliseconds", "1500", "1970-01-01T00:00:01.500Z"),
    ("rfc3339", "2026-11-24T08:30:00+02:00", "2026-11-24T06:30:00.000Z"),
    ("YYYY-MM-DD", "2026-02-30", nil), ("YYYY-MM-DD", "2026-11-24x", nil), ("YYYY-MM-DD", "26-11-24", nil),
    ("seconds", "-1", nil), ("seconds", "99999999999999999999", nil), ("seconds", "9223372036854775807", nil),
    ("rfc3339", "x", nil),
  ]

  @Test(arguments: dates) func `a date has the form that is named, or is none`(
    _ form: String, _ text: String, _ moment: String?
  ) throws {
    #expect(try #require(MappingDate(form)).moment(text) == moment)
  }

  @Test func `a form of dates without a day, or with one twice, is none`() {
    #expect(MappingDate("hh:mm") == nil && MappingDate("YYYY-MM") == nil && MappingDate("YYYY-MM-DD YYYY") == nil)
    // What a form cannot say in full is not said.
    #expect(MappingDate("YYYY-MM-DD")?.text("2026-11-24T06:30:00.000Z") == nil)
    #expect(MappingDate("YYYY-MM-DD")?.text("2026-11-24T00:00:00.000Z") == "2026-11-24")
  }

  @Test func `examples that are not as they say are told`() throws {
    let good = MappingTrial(try mapping(Self.description(objects: "[\(Self.address)]")))
    #expect(good.outcomes.map(\.faults) == [[]])
    let more = MappingTrial(try mapping(Self.description()))
    #expect(more.outcomes[0].faults.contains { $0.contains("more objects than the example says: observed-data") })
    let broken = MappingTrial(try mapping(Self.description(example: #""input":"ip,at\nx,y\n""#)))
    #expect(broken.outcomes[0].faults.count == 1 && broken.outcomes[0].place.description == "/examples/0")
  }

  @Test func `an example without a label does not go back as one that everybody may have`() throws {
    let share = #","tlp":{"from":"share","values":{"all":"TLP:CLEAR","us":"TLP:AMBER+STRICT"}}"#
    let example = #""back":true,"input":"ip,at,share\n198.51.100.7,24.11.2026 06:30,\n""#
    let trial = MappingTrial(
      try mapping(Self.description(objects: "[\(Self.address)]", more: share, example: example)))
    let faults = trial.outcomes[0].faults
    #expect(faults.count == 1 && faults[0].contains(",us") && !faults[0].contains(",all"), "\(faults)")
  }
}
