import Adapters
import Contract
import Formats
import JSON
import Partners
import STIX

/// Texts that may be a partner's: the first byte says of which kind (`j`, `c`, `k`), whatever follows is refused or read.
/// What is read is valid STIX and the same each time, and what is written of it can be read.
enum FuzzPartner {
  static func run(_ bytes: [UInt8]) {
    guard let kind = bytes.first, let mapping = mappings[kind], bytes.count <= 1 << 16 else { return }
    let text = Array(bytes.dropFirst())
    let format = MappingFormat(mapping)
    let document: JSONDocument
    do throws(FormatFailure) {
      document = try format.open(text, maximumBytes: 1 << 16)
    } catch {
      return promise(!error.message.isEmpty, "a refusal says why")
    }
    _ = format.fits(document.root)
    guard format.errors(document).isEmpty, let sender = AgencyID("fuzz") else { return }
    let time = Instant(milliseconds: 1_795_514_400_000)
    let origin = Origin(sender: sender, messageID: "1", acceptedAt: time)
    let adapter = MappingAdapter(mapping)
    do throws(AdapterFailure) {
      let read = try adapter.read(document, origin: origin)
      promise(try adapter.read(document, origin: origin).output.document.text == read.output.document.text, "the same")
      for place in read.residue { promise(document.root.at(place) != nil, "residue stands somewhere") }
      let errors = FormatCatalogue.format(.stix)?.errors(read.output.document) ?? []
      promise(errors.isEmpty, "the canonical is valid")
      let terms = OutgoingTerms(tlp: .amber, sender: sender, acceptedAt: time)
      let written = try adapter.write(read.output, terms: terms)
      guard let again = try? format.open(written.output, maximumBytes: .max) else {
        fatalError("broken: what is written is opened")
      }
      let said = values(of: try adapter.read(again, origin: origin).output)
      promise(said.isSubset(of: values(of: read.output)) || !written.losses.isEmpty, "what is not said is a loss")
    } catch {
      promise(!error.message.isEmpty, "a failure says what it is")
    }
  }

  /// What the objects say, but for their ids and times.
  private static func values(of bundle: STIXBundle) -> Set<String> {
    var values: Set<String> = []
    for object in bundle.objects where !object.isDefinition {
      for name in ["value", "note", "name", "description"] {
        if let text = object.value[name]?.string { values.insert("\(object.type) \(name) \(text)") }
      }
    }
    return values
  }

  private static let mappings: [UInt8: Mapping] = {
    let date = #""date":"YYYY-MM-DD hh:mm""#
    let address = #"{"name":"address","type":"ipv4-addr","when":{"present":"ip"},"set":{"value":{"from":"ip"}}}"#
    let site =
      #"{"name":"site","type":"domain-name","when":{"not":{"present":"ip"}},"set":{"value":{"from":"name","as":"lowercase"}}}"#
    let names =
      #"{"type":"url","each":"links","when":{"equals":{"kind":["page","file"]}},"set":{"value":{"from":"to"}}}"#
    let login = #"{"type":"x-login","key":["who"],"set":{"name":{"from":"who"},"note":{"from":"note"}}}"#
    let observed =
      #"{"type":"observed-data","key":["ip","name","at"],"when":{"present":"at"},"set":{"first_observed":{"from":"at",\#(date)},"#
      + #""last_observed":{"from":"at",\#(date)},"number_observed":1,"object_refs":{"refs":["address","site"]},"#
      + #""confidence":{"from":"sure","as":"number","default":10},"labels":[{"from":"kind","values":{"bad":"b","worse":"w"}}]}}"#
    let indicator =
      #"{"type":"indicator","key":["name"],"when":{"equals":{"kind":"worse"}},"set":{"name":{"template":"{name} of {who}"},"#
      + #""pattern":{"template":"[domain-name:value = '{name}' OR file:name = '{note}']"},"pattern_type":"stix","valid_from":{"from":"at",\#(date)}}}"#
    let label = #""tlp":{"from":"share","values":{"all":"TLP:CLEAR","few":"TLP:AMBER","none":"TLP:RED"}}"#
    let example = #""examples":[{"input":"x","gives":[{"type":"url"}]}]"#
    func mapping(_ text: String, _ more: String, _ objects: String...) -> Mapping? {
      let description =
        #"{"mapping":"fuzzed","text":"\#(text)"\#(more),"required":["share"],\#(label),"time":{"from":"at",\#(date)},"#
        + #""objects":[\#(objects.joined(separator: ","))],\#(example)}"#
      return (try? JSONDocument(Array(description.utf8))).flatMap { try? Mapping($0.root) }
    }
    let all = [
      UInt8(ascii: "j"): mapping("json", #","records":"/list""#, address, site, names, login, observed, indicator),
      UInt8(ascii: "c"): mapping("csv", #","separator":";""#, address, site, login, observed, indicator),
      UInt8(ascii: "k"): mapping("key-value", "", address, site, login, observed, indicator),
    ]
    promise(all.values.allSatisfy { $0 != nil }, "the mappings are some")
    return all.compactMapValues { $0 }
  }()
}
