import Contract
import Formats
import JSON
import STIX
import Testing

@testable import Adapters

@Suite struct STIXAdapterTests {
  static let identity =
    #"{"type":"identity","spec_version":"2.1","id":"identity--00000001-0000-4000-8000-000000000000","#
    + #""created":"2026-11-20T08:00:00.000Z","modified":"2026-11-20T08:00:00.000Z","name":"A"}"#
  static let indicator =
    #"{"type":"indicator","spec_version":"2.1","id":"indicator--00000002-0000-4000-8000-000000000000","#
    + #""created":"2026-11-20T08:00:00.000Z","modified":"2026-11-20T08:00:00.000Z","#
    + #""created_by_ref":"identity--00000001-0000-4000-8000-000000000000","x_note":"kept", "#
    + #""pattern":"[domain-name:value = 'a.example']","pattern_type":"stix","valid_from":"2026-11-20T08:00:00Z"}"#
  static let withMembers =
    #"{"type":"bundle","spec_version":"2.1","id":"bundle--44af6c39-c09b-49c5-9de2-394224b04982","x_secret":{"a":1},"#
    + #""objects":[\#(identity),\#(indicator)]}"#

  private func read(_ text: String) throws -> Translation<STIXBundle> {
    try STIXAdapter().read(try Given.document(text), origin: Given.origin())
  }

  @Test(arguments: ["[]", "{}", #"{"type":"bundle","objects":[{}]}"#, #"{"type":"bundle","objects":7}"#])
  func `what has no objects to read is a failure that says where`(_ text: String) throws {
    let error = try #require(throws: AdapterFailure.self) { try read(text) }
    #expect(error.code == .unreadable)
    #expect(error.location != nil)
  }

  @Test func `members of the bundle beside its objects are residue and never written`() throws {
    let translation = try read(Self.withMembers)
    #expect(translation.residue.map(\.description) == ["/spec_version", "/x_secret"])
    let written = try STIXAdapter().write(translation.output, terms: Given.terms()).output
    #expect(!String(decoding: written, as: UTF8.self).contains("secret"))
    #expect(try JSONDocument(written).root["objects"]?.count == 2)
  }

  @Test func `a single object is read as such and written as a bundle`() throws {
    let translation = try read(Self.identity)
    #expect(translation.output.objects.count == 1)
    #expect(translation.output.objects[0].sources == [.root])
    let written = try JSONDocument(try STIXAdapter().write(translation.output, terms: Given.terms()).output)
    #expect(STIXFormat().findings(written).filter { $0.severity == .error } == [])
    #expect(written.root["objects"]?[0] == translation.output.document.root)
  }

  @Test func `a reduced bundle holds what is kept, with custom properties, and an id that follows from it alone`()
    throws
  {
    let bundle = try read(Self.withMembers).output
    let author = JSONPointer(tokens: ["created_by_ref"])
    let reduced = try STIXAdapter().prune(
      bundle.document, bundle: bundle, keeping: [1], replacing: [bundle.location(of: 1, author): .removed])
    let text = String(decoding: reduced.output, as: UTF8.self)
    #expect(text.contains("x_note") && !text.contains("created_by_ref") && !text.contains("x_secret"))
    #expect(!text.contains("44af6c39"))
    let errors = STIXFormat().findings(try JSONDocument(reduced.output)).filter { $0.severity == .error }
    #expect(errors == [])
    let again = try STIXAdapter().prune(
      bundle.document, bundle: bundle, keeping: [1], replacing: [bundle.location(of: 1, author): .removed])
    #expect(again.output == reduced.output)
  }

  @Test func `a value is replaced in place`() throws {
    let bundle = try read(Self.withMembers).output
    let reduced = try STIXAdapter().prune(
      bundle.document, bundle: bundle, keeping: [0],
      replacing: [bundle.location(of: 0, JSONPointer(tokens: ["name"])): .value(Array(#""withheld""#.utf8))])
    #expect(try JSONDocument(reduced.output).root["objects"]?[0]?["name"]?.string == "withheld")
  }

  @Test func `nothing kept is a failure and no empty bundle`() throws {
    let bundle = try read(Self.withMembers).output
    let error = try #require(throws: AdapterFailure.self) {
      try STIXAdapter().prune(bundle.document, bundle: bundle, keeping: [], replacing: [:])
    }
    #expect(error.code == .cannotPrune)
  }

  @Test(arguments: ["/objects/9/name", "/objects", "/x_secret", "/objects/0/nothing"])
  func `a place that leads nowhere is a failure`(_ pointer: String) throws {
    let bundle = try read(Self.withMembers).output
    let place = try JSONPointer(pointer)
    #expect(throws: AdapterFailure.self) {
      try STIXAdapter().prune(bundle.document, bundle: bundle, keeping: [0], replacing: [place: .removed])
    }
  }
}
