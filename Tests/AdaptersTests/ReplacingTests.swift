import Contract
import Formats
import JSON
import STIX
import Testing

@testable import Adapters

/// Values of canonical objects that may not be shared, in the sender's own document.
@Suite struct ReplacingTests {
  private static let attribute =
    #"{"uuid":"00000001-0000-4000-8000-000000000000","type":"ip-dst|port","category":"Network activity","#
    + #""to_ids":true,"value":"198.51.100.7|443","comment":"seen by Jane","timestamp":"1795514400","#
    + #""Tag":[{"name":"victim:jane"},{"name":"tlp:amber"}]}"#
  private static let mail =
    #"{"uuid":"00000002-0000-4000-8000-000000000000","name":"email","meta-category":"network","#
    + #""timestamp":"1795514400","Attribute":[{"uuid":"00000003-0000-4000-8000-000000000000","type":"email-dst","#
    + #""object_relation":"to","value":"jane@victim.example","to_ids":false},"#
    + #"{"uuid":"00000004-0000-4000-8000-000000000000","type":"email-src","object_relation":"from","#
    + #""value":"a@bad.example","to_ids":true}]}"#
  private static let person =
    #"{"uuid":"00000005-0000-4000-8000-000000000000","name":"person","meta-category":"misc","timestamp":"1795514400","#
    + #""Attribute":[{"type":"first-name","object_relation":"first-name","value":"Jane","#
    + #""uuid":"00000006-0000-4000-8000-000000000000"},{"type":"last-name","object_relation":"last-name","#
    + #""value":"Doe","uuid":"00000007-0000-4000-8000-000000000000"}]}"#
  private static let event =
    #"{"Event":{"uuid":"00000009-0000-4000-8000-000000000000","info":"Wave","date":"2026-11-20","#
    + #""timestamp":"1795514400","distribution":"1","Attribute":[\#(attribute)],"Object":[\#(mail),\#(person)]}}"#

  private struct Replaced {
    var root: JSONValue
    var text: String
    var losses: [Loss]
  }

  /// Replaces places of objects of a type.
  private func replaced(_ replacements: [(type: String, place: String, Replacement)]) throws -> Replaced {
    let document = try Given.document(Self.event)
    let bundle = try MISPAdapter().read(document, origin: Given.origin()).output
    var replacing: [JSONPointer: Replacement] = [:]
    for (type, place, replacement) in replacements {
      let pointer = try JSONPointer(place)
      let object = try #require(bundle.objects.first { $0.type == type && $0.value.at(pointer) != nil })
      replacing[bundle.location(of: object.index, pointer)] = replacement
    }
    let translation = try MISPAdapter().prune(
      document, bundle: bundle, keeping: Array(bundle.objects.indices), replacing: replacing)
    let again = try JSONDocument(translation.output)
    #expect(MISPFormat().errors(again) == [])
    #expect(try MISPAdapter().read(again, origin: Given.origin()).residue == [])
    return Replaced(
      root: try #require(again.root["Event"]), text: String(decoding: translation.output, as: UTF8.self),
      losses: translation.losses)
  }

  @Test func `a name or a text that an event cannot be without is refused`() throws {
    let error = try #require(throws: AdapterFailure.self) { try replaced([("grouping", "/name", .removed)]) }
    #expect(error.code == .cannotPrune)
  }

  @Test func `a part of a value changes alone, and whatever follows from it`() throws {
    let event = try replaced([("ipv4-addr", "/value", .value(Array(#""198.51.100.0/24""#.utf8)))])
    #expect(event.root["Attribute"]?[0]?["value"]?.string == "198.51.100.0/24|443")
    #expect(!event.text.contains("198.51.100.7") && event.losses == [])
  }

  @Test func `a pattern with another value changes the value that it was made of`() throws {
    let pattern =
      #""[network-traffic:dst_ref.type = 'ipv4-addr' AND network-traffic:dst_ref.value = '198.51.100.0/24' "#
      + #"AND network-traffic:dst_port = 443]""#
    let event = try replaced([("indicator", "/pattern", .value(Array(pattern.utf8)))])
    #expect(event.root["Attribute"]?[0]?["value"]?.string == "198.51.100.0/24|443")
  }

  @Test func `a value that is none of its type any more takes its attribute along, as a loss`() throws {
    let event = try replaced([("ipv4-addr", "/value", .value(Array(#""a host""#.utf8)))])
    #expect(event.root["Attribute"]?.count == 0)
    #expect(event.losses.contains { $0.what.hasPrefix("the indicator") })
  }

  @Test func `two values for one place are none`() throws {
    let pattern = #""[network-traffic:dst_ref.type = 'ipv4-addr' AND network-traffic:dst_ref.value = '192.0.2.1' "#
    let event = try replaced([
      ("ipv4-addr", "/value", .value(Array(#""198.51.100.0/24""#.utf8))),
      ("indicator", "/pattern", .value(Array((pattern + #"AND network-traffic:dst_port = 443]""#).utf8))),
    ])
    #expect(event.root["Attribute"]?.count == 0 && !event.text.contains("198.51.100"))
  }

  @Test func `texts and labels go from where they stand`() throws {
    let event = try replaced([("indicator", "/description", .removed), ("indicator", "/labels/3", .removed)])
    #expect(event.root["Attribute"]?[0]?["comment"] == nil)
    #expect(event.root["Attribute"]?[0]?["Tag"]?.elements.map { $0["name"]?.string } == ["tlp:amber"])
    #expect(!event.text.contains("ane\"") || event.text.contains("\"Jane\""))
  }

  @Test func `the value of an attribute of an object goes with its attribute`() throws {
    let event = try replaced([("email-message", "/to_refs/0", .removed)])
    #expect(event.text.contains("jane@victim.example"), "references go with what they refer to, and that stays")
    let other = try replaced([("email-addr", "/value", .removed)])
    #expect(!other.text.contains("a@bad.example") || !other.text.contains("jane@victim.example"))
  }

  @Test func `an object that would be read as something else goes whole`() throws {
    let document = try Given.document(Self.event)
    let bundle = try MISPAdapter().read(document, origin: Given.origin()).output
    let attacker = try #require(bundle.objects.first { $0.value["value"]?.isString("a@bad.example") ?? false })
    let place = bundle.location(of: attacker.index, JSONPointer(tokens: ["value"]))
    let pruned = try MISPAdapter().prune(
      document, bundle: bundle, keeping: Array(bundle.objects.indices), replacing: [place: .removed])
    // Without its sender nothing of the mail is for detection, so its indicator would be none.
    #expect(!String(decoding: pruned.output, as: UTF8.self).contains("victim.example"))
    #expect(pruned.losses.contains { $0.what.hasPrefix("the indicator") })
  }

  @Test func `what stands nowhere by itself takes its object along`() throws {
    let event = try replaced([("identity", "/name", .value(Array(#""somebody""#.utf8)))])
    #expect(!event.text.contains("Doe") && event.losses.contains { $0.what.hasPrefix("the identity") })
  }

  // MARK: Whatever is replaced

  private static let secret = "redacted-\u{e9}"

  /// Reads, replaces one leaf, reads again: what stood there does not.
  private func check(_ adapter: any Adapter, _ text: String, _ random: inout Random, isRemoval: Bool) throws {
    let document = try Given.document(text)
    let bundle = try adapter.read(document, origin: Given.origin()).output
    let objects = bundle.objects.filter { !$0.isDefinition && !$0.sources.isEmpty }
    let object = random.pick(objects)
    let leaves = Leaves.strings(of: object.value).filter { !$0.place.isOfReference }
    let leaf = random.pick(leaves)
    let replacement: Replacement = isRemoval ? .removed : .value(Array("\"\(Self.secret)\"".utf8))
    let place = bundle.location(of: object.index, leaf.place)
    let output: [UInt8]
    do throws(AdapterFailure) {
      output = try adapter.prune(
        document, bundle: bundle, keeping: Array(bundle.objects.indices), replacing: [place: replacement]
      ).output
    } catch {
      #expect(error.code == .cannotPrune)
      return
    }
    let again = try JSONDocument(output)
    let message = try FormatCatalogue.identify(output, contentType: nil, hint: nil)
    #expect(FormatCatalogue.errors(in: message) == [], "\(object.id) \(leaf.place)")
    let read = try adapter.read(again, origin: Given.origin())
    #expect(read.residue == [], "\(object.id) \(leaf.place)")
    guard let twin = read.output.object(id: object.id) else { return }
    let isGone = twin.value.at(leaf.place)?.string != leaf.text
    // In a list what follows moves up, and of two that say the same the second takes the place of the first.
    let isInList = leaf.place.tokens.contains { Int($0) != nil }
    let isTwin = bundle.objects.contains { $0.index != object.index && $0.value.at(leaf.place)?.string == leaf.text }
    #expect(isGone || isInList || isTwin, "\(object.id) \(leaf.place): \(leaf.text)")
  }

  @Test(arguments: Array(1...150)) func `what is replaced in an event is there no more`(_ seed: Int) throws {
    var event = RandomEvent(seed)
    var random = Random(seed + 5000)
    let text = event.text()
    for isRemoval in [true, false] { try check(MISPAdapter(), text, &random, isRemoval: isRemoval) }
  }

  @Test(arguments: ["nis2", "cra", "circia"], Array(1...60))
  func `what is replaced in a report is there no more`(_ law: String, _ seed: Int) throws {
    var report = RandomReport(seed)
    var random = Random(seed + 5000)
    let text = report.text(law)
    let adapter = try #require(FormatID(law).flatMap { AdapterCatalogue.adapter(for: $0) })
    for isRemoval in [true, false] { try check(adapter, text, &random, isRemoval: isRemoval) }
  }

  @Test(arguments: ["csaf", "kev", "intelmq", "n6", "iodef-json", "iodef-json-fields"], Array(1...40))
  func `what is replaced in a partner's document is there no more`(_ folder: String, _ seed: Int) throws {
    var random = Random(seed + 5000)
    // Of two that say the same the second takes the name of the first.
    let golden = random.pick(GoldenFolder.cases(folder).filter { !$0.name.contains("twice") })
    let slug = folder == "iodef-json-fields" ? "iodef-json" : folder
    let adapter = try #require(FormatID(slug).flatMap { AdapterCatalogue.adapter(for: $0) })
    let text = String(decoding: try golden.required("input.json").text, as: UTF8.self)
    for isRemoval in [true, false] { try check(adapter, text, &random, isRemoval: isRemoval) }
  }

  @Test func `the texts of a report change where they stand, and lists that are left empty go`() throws {
    let document = try Given.document(RegulatoryTests.notification)
    let bundle = try NIS2Adapter().read(document, origin: Given.origin()).output
    let csirt = try #require(bundle.objects.first { $0.value["name"]?.isString("NCSC") ?? false }).index
    let indicator = try #require(bundle.objects.first { $0.type == "indicator" }).index
    let pruned = try NIS2Adapter().prune(
      document, bundle: bundle, keeping: Array(bundle.objects.indices),
      replacing: [
        bundle.location(of: csirt, JSONPointer(tokens: ["contact_information"])): .removed,
        bundle.location(of: indicator, JSONPointer(tokens: ["pattern"])):
          .value(Array(#""[ipv4-addr:value = '198.51.100.0/24']""#.utf8)),
        bundle.location(of: indicator, JSONPointer(tokens: ["name"])): .removed,
      ])
    let root = try JSONDocument(pruned.output).root
    #expect(root["csirt"]?["contact"] == nil)
    #expect(root["indicators"]?[0]?["value"]?.string == "198.51.100.0/24")
  }
}

/// The texts in a value, with their places.
enum Leaves {
  static func strings(of value: JSONValue, at place: JSONPointer = .root) -> [(place: JSONPointer, text: String)] {
    switch value.kind {
    case .string: [(place, value.string ?? "")]
    case .object: value.members.flatMap { strings(of: $0.value, at: place.appending($0.key)) }
    case .array: value.elements.enumerated().flatMap { strings(of: $0.element, at: place.appending($0.offset)) }
    default: []
    }
  }
}
