import JSON
import Testing

@testable import STIX

@Suite struct ReferenceRemovalTests {
  static let secret = "malware--\(uuid(9))"
  static let open = "malware--\(uuid(8))"

  /// What becomes of the first object when the secret one may not be shared.
  func removal(_ type: String, _ members: String) throws -> ReferenceRemoval {
    let table = try bundle(object(type, 1, members), object("malware", 9), object("malware", 8))
    return table.objects[0].removals(withholding: [Self.secret])
  }

  @Test(arguments: [
    ("relationship", #""relationship_type":"uses","source_ref":"\#(secret)","target_ref":"\#(open)""#, "/source_ref"),
    ("sighting", #""sighting_of_ref":"\#(secret)""#, "/sighting_of_ref"),
    ("note", #""content":"c","object_refs":["\#(secret)"]"#, "/object_refs"),
    ("report", #""name":"about \#(secret)","object_refs":["\#(open)"]"#, "/name"),
    ("report", #""name":"n","object_refs":["\#(open)"],"labels":["\#(secret)"]"#, "/labels/0"),
    ("malware", #""name":"n","x_map":{"\#(secret)":1}"#, "/x_map/\(secret)"),
    ("malware", #""name":"n","extensions":{"e":{"of_ref":"\#(secret)"}}"#, "/extensions/e/of_ref"),
    ("malware", #""name":"n","extensions":{"e":{"of_refs":["\#(secret)"]}}"#, "/extensions/e/of_refs"),
    ("x-case", #""subject_ref":"\#(secret)""#, "/subject_ref"),
    ("x-case", #""subject_refs":["\#(secret)"]"#, "/subject_refs"),
    ("network-traffic", #""protocols":["tcp"],"src_ref":"\#(secret)""#, "/src_ref"),
    ("malware-analysis", #""product":"p","analysis_sco_refs":["\#(secret)"]"#, "/analysis_sco_refs"),
    ("observed-data", #""object_refs":["\#(secret)"]"#, "/object_refs"),
    ("malware", #""name":"n","object_marking_refs":["\#(secret)"]"#, "/object_marking_refs/0"),
    (
      "report",
      #""object_refs":["\#(secret)","\#(open)"],"#
        + #""granular_markings":[{"lang":"en","selectors":["object_refs.[1]"]}]"#, "/object_refs/0"
    ),
  ])
  func `an object that cannot do without the mention is held back`(type: String, members: String, at: String) throws {
    guard case .withhold(let place, let reason) = try removal(type, members) else {
      Issue.record("not held back")
      return
    }
    #expect(place == pointer(at))
    #expect(!reason.isEmpty)
  }

  @Test(arguments: [
    ("report", #""object_refs":["\#(secret)","\#(open)","\#(secret)"]"#, ["/object_refs/0", "/object_refs/2"]),
    ("malware", #""name":"n","sample_refs":["\#(secret)"]"#, ["/sample_refs"]),
    ("malware", #""name":"n","created_by_ref":"\#(secret)""#, ["/created_by_ref"]),
    ("x-case", #""created_by_ref":"\#(secret)""#, ["/created_by_ref"]),
    ("network-traffic", #""protocols":["tcp"],"src_ref":"\#(secret)","dst_ref":"\#(open)""#, ["/src_ref"]),
    (
      "malware-analysis", #""product":"p","result":"benign","analysis_sco_refs":["\#(secret)"]"#, ["/analysis_sco_refs"]
    ),
    ("malware", #""name":"n","extensions":{"e":{"of_refs":["\#(secret)","\#(open)"]}}"#, ["/extensions/e/of_refs/0"]),
  ])
  func `a mention that can be cut out is`(type: String, members: String, at: [String]) throws {
    #expect(try removal(type, members) == .remove(at.map { pointer($0) }))
  }

  @Test func `an object that mentions nothing withheld stays as it is`() throws {
    #expect(try removal("report", #""object_refs":["\#(Self.open)"]"#) == .none)
  }

  @Test func `a process that would have nothing left is held back`() throws {
    let process = #"{"type":"process","id":"process--\#(uuid(1))","image_ref":"\#(Self.secret)"}"#
    let table = try bundle(process, object("malware", 9))
    #expect(
      table.objects[0].removals(withholding: [Self.secret])
        == .withhold(pointer("/image_ref"), "it would be without a property of its own"))
  }

  @Test func `a published TLP id is no secret`() throws {
    let table = try bundle(TLP.green.markingDefinition, object(marking: [TLP.green.markingID]))
    #expect(table.objects[1].removals(withholding: [TLP.green.markingID]) == .none)
  }
}
