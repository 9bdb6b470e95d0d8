import Contract
import Formats
import JSON
import STIX
import Testing

@testable import Adapters

@Suite struct NIS2AdapterTests {
  /// The golden case with unknown members, which are residue, and one indicator.
  private func golden(_ name: String) throws -> (document: JSONDocument, bundle: STIXBundle) {
    let golden = try #require(GoldenFolder.cases("nis2").first { $0.name == name })
    let document = try golden.required("input.json")
    return (document, try NIS2Adapter().read(document, origin: Given.origin()).output)
  }

  private func prune(
    _ name: String, without types: Set<String>, and ids: Set<Int> = []
  ) throws -> Translation<[UInt8]> {
    let (document, bundle) = try golden(name)
    let keep = bundle.objects.filter { !types.contains($0.type) && !ids.contains($0.index) }.map(\.index)
    return try NIS2Adapter().prune(document, bundle: bundle, keeping: keep, replacing: [:])
  }

  @Test(arguments: ["reference", "stage", "title", "csirt", "reporting_entity"])
  func `a report without what its ids and names come from is a failure that names it`(_ name: String) throws {
    let (document, _) = try golden("early-warning-minimal")
    var writer = JSONWriter()
    PrunedText(without: [JSONPointer(tokens: [name])]).write(document.root, at: .root, to: &writer)
    let lacking = try JSONDocument(writer.bytes)
    let error = try #require(throws: AdapterFailure.self) { try NIS2Adapter().read(lacking, origin: Given.origin()) }
    #expect(error.code == .unreadable)
    #expect(error.location == JSONPointer(tokens: [name]))
  }

  @Test func `a marking that is none is a failure`() throws {
    let text = try golden("early-warning-minimal").document.root.description
    let wrong = String(text.split(separator: "TLP:AMBER", maxSplits: 1).joined(by: "TLP:MAUVE"))
    #expect(throws: AdapterFailure.self) {
      try NIS2Adapter().read(try Given.document(wrong), origin: Given.origin())
    }
  }

  @Test func `each object knows where in the report it came from`() throws {
    let (document, bundle) = try golden("indicators-of-every-type")
    for object in bundle.objects where !object.isDefinition && object.type != "relationship" {
      #expect(!object.sources.isEmpty, "\(object.id)")
      for source in object.sources { #expect(document.root.at(source) != nil) }
    }
    let indicators = bundle.objects.filter { $0.type == "indicator" || $0.type == "vulnerability" }
    #expect(indicators.map { $0.sources[0].description } == (0..<16).map { "/indicators/\($0)" })
  }

  @Test func `a later stage is a new version of the same incident, entity and CSIRT`() throws {
    let first = try golden("early-warning-minimal").bundle
    let last = try golden("final-report-with-everything").bundle
    let incident = try #require(first.objects.first { $0.type == "incident" })
    let later = try #require(last.object(id: incident.id))
    #expect(later.value["created"] == incident.value["created"])
    #expect(try #require(later.modified) > #require(incident.modified))
  }

  @Test func `the same report from another sender has other ids`() throws {
    let (document, bundle) = try golden("early-warning-minimal")
    let other = Origin(sender: try #require(AgencyID("be-ccb")), messageID: "message-1", acceptedAt: Given.time)
    let second = try NIS2Adapter().read(document, origin: other).output
    let incident = try #require(bundle.objects.first { $0.type == "incident" })
    #expect(second.object(id: incident.id) == nil)
  }

  @Test func `the canonical is of the kind of its stage`() throws {
    let (_, bundle) = try golden("early-warning-minimal")
    #expect(STIXFormat().kind(of: bundle.document) == .earlyWarning)
  }

  // MARK: Pruning

  @Test func `a pruned report has neither residue nor the indicators withheld, and stays valid`() throws {
    let pruned = try JSONDocument(try prune("unknown-members-are-residue", without: ["indicator"]).output)
    #expect(NIS2Format().findings(pruned) == [])
    #expect(pruned.root["indicators"]?.count == 0)
    for name in ["internal_note", "x"] { #expect(pruned.root[name] == nil) }
    #expect(pruned.root["csirt"]?["ticket"] == nil && pruned.root["cross_border"]?["guess"] == nil)
    #expect(try NIS2Adapter().read(pruned, origin: Given.origin()).residue == [])
  }

  @Test func `pruning and then reading gives what was kept, object for object`() throws {
    let (document, bundle) = try golden("indicators-of-every-type")
    let withheld = Set(bundle.objects.filter { $0.marking == .tlp(.red) }.map(\.id))
    let keep = bundle.objects.filter { !withheld.contains($0.id) }
    let pruned = try NIS2Adapter().prune(document, bundle: bundle, keeping: keep.map(\.index), replacing: [:])
    let again = try NIS2Adapter().read(try JSONDocument(pruned.output), origin: Given.origin()).output
    let kept = keep.filter { !$0.isDefinition }.map(\.value.description)
    #expect(again.objects.filter { !$0.isDefinition }.map(\.value.description) == kept)
    #expect(!String(decoding: pruned.output, as: UTF8.self).contains("TLP:RED"))
  }

  @Test(arguments: ["incident", "identity", "location"])
  func `a report without its skeleton is no report`(_ type: String) throws {
    let error = try #require(throws: AdapterFailure.self) { try prune("early-warning-minimal", without: [type]) }
    #expect(error.code == .cannotPrune)
  }

  @Test func `that two things belong together cannot be kept back`() throws {
    #expect(throws: AdapterFailure.self) { try prune("early-warning-minimal", without: ["relationship"]) }
  }

  @Test func `a replaced text is refused, a reference removed has no place here`() throws {
    let (document, bundle) = try golden("early-warning-minimal")
    let all = Array(bundle.objects.indices)
    let incident = try #require(bundle.objects.first { $0.type == "incident" }).index
    let name = bundle.location(of: incident, JSONPointer(tokens: ["name"]))
    #expect(throws: AdapterFailure.self) {
      try NIS2Adapter().prune(document, bundle: bundle, keeping: all, replacing: [name: .removed])
    }
    let author = bundle.location(of: incident, JSONPointer(tokens: ["created_by_ref"]))
    let pruned = try NIS2Adapter().prune(document, bundle: bundle, keeping: all, replacing: [author: .removed])
    #expect(try JSONDocument(pruned.output).root == document.root)
  }

  @Test func `a bundle without an incident that answers a regulator is no report`() throws {
    let bundle = try Given.bundle(
      #"{"type":"incident","spec_version":"2.1","id":"incident--00000001-0000-4000-8000-000000000000","name":"x","#
        + #""created":"2026-11-20T08:00:00.000Z","modified":"2026-11-20T08:00:00.000Z"}"#)
    let error = try #require(throws: AdapterFailure.self) { try NIS2Adapter().write(bundle, terms: Given.terms()) }
    #expect(error.code == .cannotWrite && error.message.contains("regulator"))
  }

  @Test func `a report that may not name its CSIRT is not written`() throws {
    let (_, bundle) = try golden("early-warning-minimal")
    let keep = bundle.objects.filter { $0.id != bundle.objects.first { $0.type == "identity" }?.id }.map(\.index)
    let reduced = try STIXAdapter().prune(bundle.document, bundle: bundle, keeping: keep, replacing: [:])
    let left = try STIXBundle(reading: try JSONDocument(reduced.output))
    #expect(throws: AdapterFailure.self) { try NIS2Adapter().write(left, terms: Given.terms()) }
  }
}

extension Sequence<Substring> {
  fileprivate func joined(by separator: String) -> String { map(String.init).joined(separator: separator) }
}
