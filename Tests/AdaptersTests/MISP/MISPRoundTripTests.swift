import Contract
import Formats
import JSON
import STIX
import Testing

@testable import Adapters

/// What holds for every event, shown by many.
@Suite struct MISPRoundTripTests {
  static let seeds = Array(1...150)

  private func read(_ text: [UInt8]) throws -> Translation<STIXBundle> {
    try MISPAdapter().read(try JSONDocument(text), origin: Given.origin())
  }

  private func terms(_ bundle: STIXBundle) -> OutgoingTerms {
    let frame = bundle.objects.first(where: \.isFrame)
    guard case .tlp(let tlp) = frame?.marking else { return Given.terms() }
    return Given.terms(tlp)
  }

  @Test(arguments: seeds) func `an event becomes valid STIX, twice the same`(_ seed: Int) throws {
    var event = RandomEvent(seed, canaries: true)
    let text = Array(event.text().utf8)
    let message = try FormatCatalogue.identify(text, contentType: nil, hint: nil)
    let first = try read(text)
    #expect(first.output.document.text == (try read(text)).output.document.text)
    let errors = STIXFormat().findings(first.output.document).filter { $0.severity == .error }
    #expect(errors == [], "\(errors) \(message.version)")
  }

  @Test(arguments: seeds) func `what nobody reads is residue and appears nowhere downstream`(_ seed: Int) throws {
    var event = RandomEvent(seed, canaries: true)
    let text = Array(event.text().utf8)
    let document = try JSONDocument(text)
    let translation = try read(text)
    let bundle = translation.output
    var residue = ""
    for place in translation.residue { residue += document.root.at(place)?.description ?? "nowhere" }
    let everything = Array(bundle.objects.indices)
    let written = try MISPAdapter().write(bundle, terms: terms(bundle)).output
    let pruned = try MISPAdapter().prune(document, bundle: bundle, keeping: everything, replacing: [:])
    for canary in event.canaries {
      #expect(residue.contains(canary))
      for output in [bundle.document.text, written, pruned.output] {
        #expect(!String(decoding: output, as: UTF8.self).contains(canary))
      }
    }
    #expect(pruned.losses == [])
    #expect(try read(pruned.output).residue == [])
    #expect(try read(pruned.output).output.document.text == bundle.document.text)
  }

  @Test(arguments: seeds) func `an event that went through STIX is what it was`(_ seed: Int) throws {
    var event = RandomEvent(seed)
    let document = try JSONDocument(Array(event.text().utf8))
    let translation = try read(document.text)
    #expect(translation.residue == [])
    let written = try MISPAdapter().write(translation.output, terms: terms(translation.output))
    let again = try JSONDocument(written.output)
    #expect(SaidAgain.differences(document.root, again.root) == [])
    let errors = MISPFormat().findings(again).filter { $0.severity == .error }
    #expect(errors == [])
    #expect(written.losses.filter { $0.severity != .information } == [])
  }

  @Test(arguments: seeds) func `STIX that went through an event is what it was`(_ seed: Int) throws {
    var event = RandomEvent(seed)
    let bundle = try read(Array(event.text().utf8)).output
    let written = try MISPAdapter().write(bundle, terms: terms(bundle))
    let again = try read(written.output).output
    #expect(Set(bundle.objects.map(\.id)) == Set(again.objects.map(\.id)))
    for object in bundle.objects {
      guard let twin = again.object(id: object.id) else { continue }
      #expect(SaidAgain.inequality(object.value, twin.value) == nil)
    }
  }

  @Test(arguments: seeds) func `reducing and then reading is within reading and then removing`(_ seed: Int) throws {
    var event = RandomEvent(seed, canaries: true)
    let document = try JSONDocument(Array(event.text().utf8))
    let bundle = try read(document.text).output
    var random = Random(seed + 1000)
    var withheld: Set<Int> = []
    for object in bundle.objects where !object.isDefinition && !object.isFrame && random.chance(25) {
      withheld.insert(object.index)
    }
    // As the decision does: what cannot be without something withheld is withheld too.
    while true {
      let ids = Set(withheld.map { bundle.objects[$0].id })
      let more = bundle.objects.filter { object in
        if withheld.contains(object.index) || object.isFrame { return false }
        if case .withhold = object.removals(withholding: ids) { return true }
        return false
      }
      if more.isEmpty { break }
      withheld.formUnion(more.map(\.index))
    }
    let keep = bundle.objects.map(\.index).filter { !withheld.contains($0) }
    let pruned = try MISPAdapter().prune(document, bundle: bundle, keeping: keep, replacing: [:])
    let again = try read(pruned.output)
    #expect(again.residue == [])
    let allowed = Set(keep.map { bundle.objects[$0].id })
    let left = Set(again.output.objects.map(\.id))
    #expect(left.isSubset(of: allowed), "\(left.subtracting(allowed))")
    let lost = Set(pruned.losses.map { loss in loss.what.split(separator: " ").last.map(String.init) ?? "" })
    let missing = allowed.subtracting(left).filter { TLP.known($0) == nil && !$0.hasPrefix("marking-definition--") }
    #expect(missing == lost, "missing \(missing.subtracting(lost)), said to be lost \(lost.subtracting(missing))")
    for object in again.output.objects {
      let twin = try #require(bundle.object(id: object.id))
      // An event of which nothing is left refers to who made it, or to itself: STIX asks for something.
      if object.isFrame, object.value["object_refs"]?.count == 1 { continue }
      #expect(SaidAgain.excess(of: object.value, over: twin.value) == nil, "\(object.id)")
    }
  }

  @Test func `an event may not lose its name`() throws {
    var event = RandomEvent(3)
    let document = try JSONDocument(Array(event.text().utf8))
    let bundle = try read(document.text).output
    let keep = bundle.objects.filter { !$0.isFrame }.map(\.index)
    let error = try #require(throws: AdapterFailure.self) {
      try MISPAdapter().prune(document, bundle: bundle, keeping: keep, replacing: [:])
    }
    #expect(error.code == .cannotPrune)
  }
}

/// Whether one document says what another says, whatever else it adds that says nothing.
enum SaidAgain {
  /// The places where the second does not say what the first says.
  static func differences(_ source: JSONValue, _ output: JSONValue, _ place: JSONPointer = .root) -> [String] {
    switch source.kind {
    case .object:
      var found: [String] = []
      for (name, value) in source.members where !saysNothing(name, value) {
        guard let other = output[name] else {
          found.append("\(place)/\(name) is gone: \(value)")
          continue
        }
        found += differences(value, other, place.appending(name))
      }
      for (name, value) in output.members
      where source[name] == nil && !added.contains(name) && !saysNothing(name, value) {
        found.append("\(place)/\(name) is new: \(value)")
      }
      return found
    case .array where place.tokens.last == "Tag":
      // How a tag looks, and that it is not local, says nothing.
      let (one, other) = (names(source), names(output))
      return one == other ? [] : ["\(place): \(one.symmetricDifference(other).sorted())"]
    case .array:
      guard source.count == output.count else { return ["\(place) has \(output.count) instead of \(source.count)"] }
      return zip(source.elements, output.elements).enumerated().flatMap { index, pair in
        differences(pair.0, pair.1, place.appending(index))
      }
    case .string where MISPValue.moment(source) != nil && MISPValue.moment(source) == MISPValue.moment(output):
      return []
    default: return source == output ? [] : ["\(place): \(source) became \(output)"]
    }
  }

  private static func names(_ tags: JSONValue) -> Set<String> {
    Set(tags.elements.compactMap { $0["name"]?.string.map { #"{"name":\#(String(reflecting: $0))}"# } })
  }

  private static func saysNothing(_ name: String, _ value: JSONValue) -> Bool {
    MISPValue.isBlank(value) || value.bool == false || (name == "distribution" && value.isString("5"))
      || (name == "publish_timestamp" && value.isString("0")) || (name == "sharing_group_id" && value.isString("0"))
  }

  private static let added: Set<String> = ["attribute_count"]

  /// What one value says and another does not; lists may have less, in the same order or in another.
  static func excess(of one: JSONValue, over other: JSONValue, _ place: JSONPointer = .root) -> String? {
    if one.isObject, other.isObject {
      for (name, value) in one.members {
        guard let twin = other[name] else { return "\(place)/\(name) is new: \(value)" }
        if let excess = excess(of: value, over: twin, place.appending(name)) { return excess }
      }
      return nil
    }
    if one.isArray, other.isArray {
      for value in one.elements where !other.elements.contains(where: { excess(of: value, over: $0) == nil }) {
        return "\(place) has \(value)"
      }
      return nil
    }
    return one == other ? nil : "\(place): \(one) instead of \(other)"
  }

  /// What differs between two objects, but for the order of what they refer to.
  static func inequality(_ one: JSONValue, _ other: JSONValue) -> String? {
    for (name, value) in one.members {
      guard let twin = other[name] else { return "\(name) is gone from \(one)" }
      if name == "object_refs" || name == "labels" {
        let (first, second) = (
          Set(value.elements.compactMap(\.string)), Set(twin.elements.compactMap(\.string))
        )
        if first != second { return "\(name): \(first.symmetricDifference(second))" }
      } else if value != twin {
        return "\(name): \(value) became \(twin)"
      }
    }
    return one.count == other.count ? nil : "\(other) has more than \(one)"
  }
}
