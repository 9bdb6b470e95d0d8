import Adapters
import Contract
import Formats
import JSON
import STIX

/// A document and, behind a line feed, changes to it: whatever it is, reading gives a translation or a failure. What is
/// read of a valid document is valid STIX, what is written of that is valid too, and both are the same each time.
enum FuzzReader {
  static func run(_ bytes: [UInt8], _ format: FormatID) {
    let parts = bytes.split(separator: UInt8(ascii: "\n"), maxSplits: 1, omittingEmptySubsequences: false)
    let limits = JSONLimits(maximumBytes: 1 << 16, maximumDepth: 64)
    guard var document = try? JSONDocument(Array(parts[0]), limits: limits) else { return }
    if parts.count > 1 {
      guard let changed = try? JSONDocument(Change.apply(parts[1], to: document.root), limits: limits) else { return }
      document = changed
    }
    guard let adapter = AdapterCatalogue.adapter(for: format), let sender = AgencyID("fuzz") else { return }
    let time = Instant(milliseconds: 1_795_514_400_000)
    let origin = Origin(sender: sender, messageID: "1", acceptedAt: time)
    let isValid = format == .stix || (ExchangeFormats.builtIn.format(format)?.errors(document).isEmpty ?? false)
    do throws(AdapterFailure) {
      let read = try adapter.read(document, origin: origin)
      promise(try adapter.read(document, origin: origin).output.document.text == read.output.document.text, "the same")
      for place in read.residue { promise(document.root.at(place) != nil, "residue stands somewhere") }
      guard isValid, let stix = FormatCatalogue.format(.stix) else { return }
      if format == .stix, !stix.errors(document).isEmpty { return }
      if format != .stix, let fault = stix.errors(read.output.document).first {
        fatalError("broken: the canonical is valid: \(fault)")
      }
      prune(document, read.output, adapter, origin)
      for target in AdapterCatalogue.all where target.format != .stix {
        write(read.output, target, OutgoingTerms(tlp: .amber, sender: sender, acceptedAt: time))
      }
    } catch {
      promise(!error.message.isEmpty, "a failure says what it is")
    }
  }

  private static func write(_ bundle: STIXBundle, _ target: any Adapter, _ terms: OutgoingTerms) {
    do throws(AdapterFailure) {
      let written = try target.write(bundle, terms: terms)
      promise(try target.write(bundle, terms: terms).output == written.output, "writing twice gives the same")
      if let fault = fault(written.output, target.format) {
        fatalError("broken: what is written as \(target.format.slug) is valid: \(fault)")
      }
    } catch {
      promise(!error.message.isEmpty, "a failure says what it is")
    }
  }

  private static func prune(_ document: JSONDocument, _ bundle: STIXBundle, _ adapter: any Adapter, _ origin: Origin) {
    do throws(AdapterFailure) {
      let pruned = try adapter.prune(document, bundle: bundle, keeping: Array(bundle.objects.indices), replacing: [:])
      guard let again = try? JSONDocument(pruned.output) else { fatalError("broken: what is reduced is JSON") }
      promise(try adapter.read(again, origin: origin).residue.isEmpty, "nothing unread is left")
    } catch {
      promise(!error.message.isEmpty, "a failure says what it is")
    }
  }

  private static func fault(_ bytes: [UInt8], _ format: FormatID) -> String? {
    let message = try? FormatCatalogue.identify(bytes, contentType: nil, hint: nil, maximumBytes: .max)
    guard let message, message.format == format else { return "it is taken for another format" }
    return FormatCatalogue.errors(in: message).first.map { "\($0)" }
  }
}

/// Changes to a document that keep it JSON: each is three bytes, a place, what happens there, and with what.
private enum Change {
  static func apply(_ program: ArraySlice<UInt8>, to root: JSONValue) -> [UInt8] {
    var places: [JSONPointer] = []
    func collect(_ value: JSONValue, _ place: JSONPointer) {
      places.append(place)
      for (key, member) in value.members { collect(member, place.appending(key)) }
      for (index, element) in value.elements.enumerated() { collect(element, place.appending(index)) }
    }
    collect(root, .root)
    var removed: Set<JSONPointer> = []
    var texts: [JSONPointer: [UInt8]] = [:]
    var bytes = program.prefix(48).makeIterator()
    while let first = bytes.next(), let second = bytes.next(), let third = bytes.next() {
      let place = places[(Int(first) | Int(second & 0x0F) << 8) % places.count]
      switch second >> 4 {
      case 0...2: removed.insert(place)
      case 3...9: texts[place] = Array(strange[Int(third) % strange.count].utf8)
      default:
        let other = places[Int(third) * 7 % places.count]
        texts[place] = (root.at(other)?.source).map { Array($0) }
      }
    }
    var writer = JSONWriter()
    write(root, .root, removed, texts, &writer)
    return writer.bytes
  }

  private static let strange = [
    "null", "7", "\"\"", "\"x\"", "[]", "{}", "[[{}]]", "-1.5", "true", "\"0\"", "\"tlp:red\"", "\"tlp:mauve\"",
    "\"a|b\"", "\"198.51.100.7\"", "\"2026-11-20T08:00:00Z\"", "99999999999999", "\"\\u0000\\\"'\\\\\"", "\"|\"",
    "\"00000000-0000-0000-0000-000000000000\"", "\"file\"", "\"md5\"", "\"ip-dst|port\"", "\"stix2-pattern\"",
    "\"1795514400\"", "\"[ipv4-addr:value = '1.2.3.4']\"", "[\"\"]", "\"\u{e9}\u{2028}\"", "\"CVE-2026-1234\"",
  ]

  private static func write(
    _ value: JSONValue, _ here: JSONPointer, _ removed: Set<JSONPointer>, _ texts: [JSONPointer: [UInt8]],
    _ writer: inout JSONWriter
  ) {
    if let text = texts[here] { return writer.raw(text) }
    if value.isObject {
      writer.object { object in
        for (key, member) in value.members where !removed.contains(here.appending(key)) {
          object.key(key)
          write(member, here.appending(key), removed, texts, &object)
        }
      }
    } else if value.isArray {
      writer.array { array in
        for (index, element) in value.elements.enumerated() where !removed.contains(here.appending(index)) {
          write(element, here.appending(index), removed, texts, &array)
        }
      }
    } else {
      writer.value(value)
    }
  }
}
