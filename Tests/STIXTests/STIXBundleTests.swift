import JSON
import Testing

@testable import STIX

@Suite struct STIXBundleTests {
  @Test(arguments: [
    ("[]", STIXError.Code.structure, ""), ("3", .structure, ""),
    (#"{"type":"bundle","objects":{}}"#, .objects, "/objects"),
    (#"{"type":"bundle","objects":[1]}"#, .structure, "/objects/0"), (#"{"id":"x"}"#, .identity, "/type"),
    (#"{"type":7,"id":"x"}"#, .identity, "/type"), (#"{"type":"malware"}"#, .identity, "/id"),
    (#"{"type":"bundle","objects":[{"type":"a","id":[]}]}"#, .identity, "/objects/0/id"),
  ])
  func `what is no bundle of objects is refused with its place`(text: String, code: STIXError.Code, at: String) throws {
    let document = try JSONDocument(Array(text.utf8))
    do throws(STIXError) {
      _ = try STIXBundle(reading: document)
      Issue.record("accepted")
    } catch {
      #expect(error.code == code)
      #expect(error.pointer == pointer(at))
    }
  }

  @Test func `one id with different content is a contradiction, with another version it is not`() throws {
    let newer = object().replacing(#""modified":"2026-01-02"#, with: #""modified":"2026-02-02"#)
    let bundle = try bundle(
      object(), object(#"malware"#, 1, #""name":"other""#), object("tool", 2), object("tool", 2), object("malware", 3),
      object("malware", 3).replacing(#""modified":"2026-01-02"#, with: #""modified":"2026-02-02"#))
    #expect(bundle.duplicates.map(\.relation) == [.contradiction, .repeated, .versions])
    #expect(bundle.duplicates.map(\.indexes) == [[0, 1], [2, 3], [4, 5]])
    #expect(bundle.object(id: "MALWARE--" + uuid(3).uppercased())?.index == 5)
    #expect(newer != object())
  }

  @Test func `a bundle whose ids share one UUID too often is refused`() throws {
    let types = (0..<17).map { object("x-a\($0)", 1) }
    #expect(throws: STIXError.self) { try bundle(types) }
    #expect(try bundle(Array(types.dropLast())).objects.count == 16)
    let same = Array(repeating: object("tool", 1), count: 40)
    #expect(try bundle(same).errors() == [])
    let error = try #require(throws: STIXError.self) { try bundle(types) }
    #expect(error.code == .sharedUUID)
    #expect(error.pointer == pointer("/objects/16/id"))
  }

  @Test func `a single object is a table of one`() throws {
    let bundle = try STIXBundle(reading: JSONDocument(Array(object().utf8)))
    #expect(bundle.id == nil)
    #expect(bundle.objects.map(\.sources) == [[.root]])
    #expect(bundle.types == ["malware"])
  }

  @Test func `objects know where they stand`() throws {
    let bundle = try bundle(object("tool", 1), object("malware", 2))
    #expect(bundle.id == "bundle--\(uuid(0xB))")
    #expect(bundle.objects.map(\.sources) == [[pointer("/objects/0")], [pointer("/objects/1")]])
    #expect(bundle.types == ["tool", "malware"])
    #expect(bundle.object(id: "tool--\(uuid(2))") == nil)
  }

  @Test func `a mention is found wherever it stands`() throws {
    let target = "malware--\(uuid(2))"
    let members = """
      "name":"see-\(target)!","created_by_ref":"identity--\(uuid(9))","sample_refs":["file--\(uuid(3))","\(target)"],\
      "x_note":{"deep":["a","bare \(uuid(2).uppercased())"]},"x_a":{"\(target)":1},"x_b_ref":"\(target)",\
      "external_references":[{"source_name":"s","url":"https://e.example/malware\\u002d-\(uuid(2))#x"}],\
      "object_marking_refs":["\(TLP.green.markingID)"],"extensions":{"\(TLP.extensionID)":{"y_ref":"\(target)"}}
      """
    let bundle = try bundle(object("malware", 1, members), object("malware", 2))
    let expected: [(String, String, STIXReference.Place, Bool)] = [
      ("/name", target, .embedded, false), ("/created_by_ref", "identity--\(uuid(9))", .optional, false),
      ("/sample_refs/0", "file--\(uuid(3))", .item, false), ("/sample_refs/1", target, .item, false),
      ("/x_note/deep/1", target, .embedded, false), ("/x_a/\(target)", target, .key, false),
      ("/x_b_ref", target, .optional, false), ("/external_references/0/url", target, .embedded, false),
      ("/object_marking_refs/0", TLP.green.markingID, .required, true),
      ("/extensions/\(TLP.extensionID)", TLP.extensionID, .key, false),
      ("/extensions/\(TLP.extensionID)/y_ref", target, .required, false),
    ]
    #expect(
      bundle.objects[0].references
        == expected.map { STIXReference(pointer: pointer($0), target: $1, place: $2, isMarking: $3) })
  }

  @Test func `an object that mentions its own id refers to nothing`() throws {
    let bundle = try bundle(object("malware", 1, #""name":"malware--\#(uuid(1)) is \#(uuid(1))""#))
    #expect(bundle.objects[0].references.isEmpty)
  }

  @Test func `a target is given as its object writes it`() throws {
    let upper = "malware--" + uuid(0xABC).uppercased()
    let text = object("malware", 0xABC).replacing("malware--\(uuid(0xABC))", with: upper)
    let bundle = try bundle(text, object("report", 2, #""object_refs":["malware--\#(uuid(0xABC))"]"#))
    #expect(bundle.objects[1].references.map(\.target) == [upper])
  }
}

extension String {
  /// The text with one part put in place of another.
  func replacing(_ part: String, with other: String) -> String {
    guard let range = firstRange(of: part) else { return self }
    return String(self[..<range.lowerBound]) + other + self[range.upperBound...]
  }
}
