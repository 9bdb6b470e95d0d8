import JSON
import JSONSchema
import Testing

/// Schemas as an enemy would write them: each is compiled or refused, soon, and judges or says that it cannot.
struct HostileSchemaTests {
  /// The schema compiles, or is refused as a schema; that it does either, and soon, is the point.
  private func settled(_ text: String) -> JSONSchema? {
    let start = ContinuousClock.now
    defer { #expect(ContinuousClock.now - start < .seconds(60), "\(text.prefix(80))") }
    return try? schema(text)
  }

  @Test func `a chain of many references ends in a verdict or an error`() throws {
    for length in [1_000, 100_000] {
      let links = (0..<length).map { ##""d\##($0)":{"$ref":"#/$defs/d\##($0 + 1)"}"## }.joined(separator: ",")
      let text = ##"{"$ref":"#/$defs/d0","$defs":{\##(links),"d\##(length)":{"type":"null"}}}"##
      guard let schema = settled(text) else { continue }
      #expect(try schema.isValid(value("null")))
      #expect(try !schema.isValid(value("1")))
      #expect(try schema.findings(in: value("1")).count == 1)
    }
  }

  @Test func `properties that each lead one deeper end in a verdict or an error`() throws {
    let length = 100_000
    let links = (0..<length).map { ##""d\##($0)":{"properties":{"a":{"$ref":"#/$defs/d\##($0 + 1)"}}}"## }
    let text = ##"{"$ref":"#/$defs/d0","$defs":{\##(links.joined(separator: ",")),"d\##(length)":{"type":"null"}}}"##
    guard let schema = settled(text) else { return }
    #expect(try schema.isValid(value(#"{"a":{"a":1}}"#)))
  }

  @Test func `dynamic references that pass through many resources are told apart`() throws {
    let count = 60
    let resources = (0..<count).map { index in
      ##""r\##(index)":{"$id":"test:r\##(index)","$dynamicAnchor":"x","type":["array","null"],"##
        + ##""items":{"anyOf":[{"$dynamicRef":"#x"},{"$ref":"test:r\##((index * 7 + 1) % count)"}]}}"##
    }
    guard let schema = settled(##"{"$ref":"test:r0","$defs":{\##(resources.joined(separator: ","))}}"##) else { return }
    #expect(try schema.isValid(value("[[[[null]]]]")))
    #expect(try !schema.isValid(value("[[[[1]]]]")))
  }

  @Test func `dynamic anchors that can be entered in every order are refused`() throws {
    let count = 30
    let resources = (0..<count).map { index in
      let ways = (0..<count).map { ##"{"$ref":"test:r\##($0)"}"## }.joined(separator: ",")
      return ##""r\##(index)":{"$id":"test:r\##(index)","$dynamicAnchor":"x\##(index)","type":["array","null"],"##
        + ##""items":{"anyOf":[\##(ways)]}}"##
    }
    let error = #expect(throws: SchemaError.self) {
      try schema(##"{"$ref":"test:r0","$defs":{\##(resources.joined(separator: ","))}}"##)
    }
    #expect(error?.message == "the schema unfolds to too many parts")
  }

  @Test(arguments: ["(a{1,1000}){1,1000}", "a{1,100000000}", "((((a{10}){10}){10}){10}){10}", "[ab]*a[ab]{8000}c"])
  func `a pattern that would need endless states is refused, or says that it cannot judge`(_ pattern: String) throws {
    guard let schema = settled(#"{"pattern":"\#(pattern)"}"#) else { return }
    let start = ContinuousClock.now
    let text = String(repeating: "ab", count: 20_000)
    #expect(try schema.findings(in: value("\"\(text)\"")).map(\.rule) == ["pattern-too-costly"])
    #expect(ContinuousClock.now - start < .seconds(60), "\(pattern)")
  }

  @Test func `long lists in a schema and in a value do not multiply`() throws {
    let terms = (0..<100_000).map { "\"t\($0)\"" }.joined(separator: ",")
    let enumeration = try schema(#"{"items":{"enum":[\#(terms)]}}"#)
    #expect(try enumeration.isValid(value("[\(terms)]")))
    let unique = try schema(#"{"uniqueItems":true}"#)
    #expect(try unique.isValid(value("[\(terms)]")))
    #expect(try !unique.isValid(value("[\(terms),\"t5\"]")))
    let objects = (0..<20_000).map { #"{"a":[\#($0)]}"# }.joined(separator: ",")
    #expect(try unique.isValid(value("[\(objects)]")))
    let numbers = (0..<20_000).map { "\($0).0,\($0 + 20_000)" }.joined(separator: ",")
    #expect(try unique.isValid(value("[\(numbers)]")))
    #expect(try !unique.isValid(value("[\(numbers),7]")))
  }

  @Test func `many branches and many keys are judged within the budget, or refused`() throws {
    let branches = (0..<5_000).map { #"{"properties":{"k\#($0)":false},"required":["z\#($0)"]}"# }
    let schema = try schema(#"{"anyOf":[\#(branches.joined(separator: ","))],"unevaluatedProperties":false}"#)
    let members = (0..<5_000).map { #""k\#($0)":1"# }.joined(separator: ",")
    let start = ContinuousClock.now
    #expect(try !schema.isValid(value("{\(members)}")))
    #expect(try !schema.findings(in: value("{\(members)}")).isEmpty)
    #expect(ContinuousClock.now - start < .seconds(60))
  }

  @Test(arguments: [
    (#"{"multipleOf":1e-300}"#, "1e300", true), (#"{"multipleOf":3e-308}"#, "1.7e308", nil),
    (#"{"maximum":1e308}"#, "1.7e308", false), (#"{"minLength":1e300}"#, #""a""#, false),
    (#"{"maxLength":18446744073709551615}"#, #""a""#, true), (#"{"minItems":9007199254740993.0}"#, "[]", false),
    (#"{"multipleOf":1e300}"#, "0", true), (#"{"const":1.0}"#, "1", true), (#"{"const":-0.0}"#, "0", true),
    (#"{"enum":[9007199254740993]}"#, "9007199254740992", false),
  ])
  func `numbers at the ends of what there is are compared, or refused`(_ text: String, _ number: String, _ right: Bool?)
    throws
  {
    guard let schema = settled(text) else { return }
    let verdict = try schema.isValid(value(number))
    if let right { #expect(verdict == right, "\(text) \(number)") }
  }
}
