import JSON
import JSONSchema
import Testing

/// What differs between drafts.
struct DraftTests {
  static let draft7 = "http://json-schema.org/draft-07/schema#"
  static let draft2019 = "https://json-schema.org/draft/2019-09/schema"
  static let draft2020 = "https://json-schema.org/draft/2020-12/schema"

  @Test func `beside a reference draft 7 reads nothing, later drafts do`() throws {
    let text = ##""$ref":"#/definitions/n","minimum":5,"definitions":{"n":{"type":"number"}}}"##
    #expect(try schema("{\"$schema\":\"\(Self.draft7)\"," + text).isValid(value("1")))
    #expect(try !schema("{\"$schema\":\"\(Self.draft2019)\"," + text).isValid(value("1")))
    #expect(try !schema("{\"$schema\":\"\(Self.draft2020)\"," + text).isValid(value("1")))
  }

  @Test func `the catalogue's own draft is that of schemas that name none`() throws {
    let text = #"{"items":[{"type":"string"}],"additionalItems":false}"#
    for draft in [Draft.draft7, .draft2019] {
      let schema = try schema(text, options: .init(draft: draft))
      #expect(try schema.isValid(value(#"["a"]"#)))
      let findings = try schema.findings(in: value(#"[1,2]"#))
      #expect(findings.map(\.keywordLocation.description) == ["/items/0/type", "/additionalItems"])
    }
  }

  @Test func `dependencies name the keyword that they stand in`() throws {
    let old = try schema(#"{"dependencies":{"a":["b"],"c":{"required":["d"]}}}"#, options: .init(draft: .draft7))
    let findings = try old.findings(in: value(#"{"a":1,"c":1}"#))
    #expect(findings.map(\.keywordLocation.description) == ["/dependencies", "/dependencies/c/required"])
    #expect(findings[0].message == "\"b\" is missing; it is required where \"a\" stands")
  }

  @Test func `parts in a schema may be of another draft`() throws {
    let text = """
      {"$schema":"\(Self.draft2020)","properties":{"old":{"$id":"test:old","$schema":"\(Self.draft7)",
      "items":[{"type":"string"}],"dependencies":{"a":["b"]}},"new":{"prefixItems":[{"type":"string"}]}}}
      """
    let schema = try schema(text)
    let findings = try schema.findings(in: value(#"{"old":[1],"new":[1]}"#))
    #expect(
      findings.map(\.keywordLocation.description) == [
        "/properties/old/items/0/type", "/properties/new/prefixItems/0/type",
      ])
  }

  @Test func `what contains fits is evaluated since 2020-12`() throws {
    let text = #""contains":{"const":1},"unevaluatedItems":false}"#
    #expect(try !schema("{\"$schema\":\"\(Self.draft2019)\"," + text).isValid(value("[1]")))
    #expect(try schema("{\"$schema\":\"\(Self.draft2020)\"," + text).isValid(value("[1]")))
  }

  @Test func `a tree of 2019-09 is judged by the schema that extends it`() throws {
    let catalogue = SchemaCatalogue()
    for text in [
      """
      {"$schema":"\(Self.draft2019)","$id":"test:tree","$recursiveAnchor":true,"type":"object",
      "properties":{"data":true,"children":{"type":"array","items":{"$recursiveRef":"#"}}}}
      """,
      """
      {"$schema":"\(Self.draft2019)","$id":"test:strict","$recursiveAnchor":true,"$ref":"test:tree",
      "unevaluatedProperties":false}
      """,
    ] { try catalogue.add(JSONDocument(Array(text.utf8))) }
    let misspelt = try value(#"{"children":[{"daat":1}]}"#)
    #expect(try catalogue.schema("test:tree").isValid(misspelt))
    let findings = try catalogue.schema("test:strict").findings(in: misspelt)
    #expect(findings.map(\.instance.description) == ["/children/0/daat"])
  }

  @Test(arguments: [draft7, draft2019, draft2020])
  func `the meta-schema of a draft is there and accepts itself`(_ uri: String) throws {
    let catalogue = SchemaCatalogue()
    let meta = try catalogue.schema(uri)
    #expect(try meta.isValid(value(#"{"minLength":1}"#)))
    #expect(try !meta.isValid(value(#"{"minLength":-1}"#)))
    #expect(try !meta.isValid(value(#"{"properties":{"a":{"type":"text"}}}"#)))
  }

  @Test func `a schema is compiled once, and again when one is added`() throws {
    let catalogue = SchemaCatalogue()
    try catalogue.add(JSONDocument(Array(#"{"$id":"test:a","$ref":"test:b"}"#.utf8)))
    #expect(throws: SchemaError.self) { _ = try catalogue.schema("test:a") }
    try catalogue.add(JSONDocument(Array(#"{"$id":"test:b","type":"null"}"#.utf8)))
    for _ in 0..<3 { #expect(try catalogue.schema("test:a").isValid(value("null"))) }
  }
}
