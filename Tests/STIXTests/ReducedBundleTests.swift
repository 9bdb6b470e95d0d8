import JSON
import Testing

@testable import STIX

@Suite struct ReducedBundleTests {
  static let id = "bundle--\(uuid(0xF))"

  static let text = """
    { "x_secret": "residue", "type": "bundle", "id": "bundle--\(uuid(0xB))", "objects": [
      {"type":"tool",  "id":"tool--\(uuid(1))", "n": 1.0, "s": "\\u00e9"} ,
      {"type":"report","id":"report--\(uuid(2))", "a\\"b:,": [1, 2 , 3], "object_refs" : [ "x", "y" ], "z":{"q":"r"}}
    ]}
    """

  func table() throws -> STIXBundle { try STIXBundle(reading: JSONDocument(Array(Self.text.utf8))) }

  @Test(arguments: ["/nothing", "/object_refs/2", "/z/q/r"])
  func `cutting out what is not there is an error`(at: String) throws {
    let table = try table()
    #expect(throws: STIXError.self) { try table.text(of: 1, edit: ObjectEdit(removals: [pointer(at)])) }
  }

  @Test func `cutting out everything is an error`() throws {
    let table = try table()
    #expect(throws: STIXError.self) { try table.text(of: 1, edit: ObjectEdit(removals: [.root])) }
  }

  @Test func `untouched objects are copied byte for byte and the bundle's own members go`() throws {
    let reduced = try table().reduced(keeping: [0], id: Self.id)
    #expect(
      String(decoding: reduced, as: UTF8.self)
        == #"{"type":"bundle","id":"\#(Self.id)","objects":[{"type":"tool",  "id":"tool--\#(uuid(1))", "n": 1.0, "#
        + #""s": "\u00e9"}]}"#)
  }

  @Test(arguments: [
    (["/object_refs/0"], #""a\"b:,":[1, 2 , 3],"object_refs" :["y"],"z":{"q":"r"}"#),
    (["/object_refs/0", "/object_refs/1"], #""a\"b:,":[1, 2 , 3],"z":{"q":"r"}"#),
    (["/object_refs", "/z"], #""a\"b:,":[1, 2 , 3]"#),
    (["/z/q"], #""a\"b:,":[1, 2 , 3],"object_refs" :[ "x", "y" ]"#),
    (["/a\"b:,/1", "/a\"b:,"], #""object_refs" :[ "x", "y" ],"z":{"q":"r"}"#),
    (["/a\"b:,/1"], #""a\"b:,":[1,3],"object_refs" :[ "x", "y" ],"z":{"q":"r"}"#),
  ])
  func `what is cut out is gone and the rest keeps its spelling`(places: [String], rest: String) throws {
    let edit = ObjectEdit(removals: places.map { pointer($0) })
    let text = try table().text(of: 1, edit: edit)
    let expected = #"{"type":"report","id":"report--\#(uuid(2))",\#(rest)}"#
    #expect(String(decoding: text, as: UTF8.self) == expected)
  }

  @Test func `a value can be put in place of another`() throws {
    let edit = ObjectEdit(replacements: [pointer("/z/q"): Array(#""redacted""#.utf8)])
    let text = String(decoding: try table().text(of: 1, edit: edit), as: UTF8.self)
    #expect(text.hasSuffix(#""z":{"q":"redacted"}}"#))
  }

  @Test func `nothing kept is a bundle without objects`() throws {
    let reduced = try table().reduced(keeping: [], id: Self.id)
    #expect(String(decoding: reduced, as: UTF8.self) == #"{"type":"bundle","id":"\#(Self.id)"}"#)
  }

  @Test func `the bundle's own marking stays with what goes out`() throws {
    let marking = #""object_marking_refs":["\#(TLP.green.markingID)"],"#
    let table = try bundle([object(), object("tool", 2)], members: marking + #""granular_markings":[],"x":1,"#)
    let reduced = try STIXBundle(reading: JSONDocument(table.reduced(keeping: [1], id: Self.id)))
    #expect(reduced.objects.map(\.marking) == [.tlp(.green)])
    #expect(table.residue == [pointer("/granular_markings"), pointer("/x")])
    #expect(reduced.residue == [])
  }

  @Test func `a bundle id comes from its name alone`() {
    let id = STIXBundle.id(from: Array("a".utf8))
    #expect(STIXID(id)?.type == "bundle")
    #expect(STIXID(id)?.version == 5)
    #expect(id == STIXBundle.id(from: Array("a".utf8)))
    #expect(id != STIXBundle.id(from: Array("b".utf8)))
  }
}
