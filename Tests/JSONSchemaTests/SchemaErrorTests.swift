import JSON
import JSONSchema
import Testing

struct SchemaErrorTests {
  @Test(arguments: [
    (
      #"{"properties":{"a":{"requird":["b"]}}}"#, "/properties/a", "requird",
      "the keyword is not one of JSON Schema 2020-12"
    ),
    (
      #"{"$defs":{"unused":{"colour":1}}}"#, "/$defs/unused", "colour",
      "the keyword is not one of JSON Schema 2020-12"
    ),
    (#"{"definitions":{}}"#, "", "definitions", "the keyword is not one of JSON Schema 2020-12"),
    (
      ##"{"$ref":"#/$defs/x"}"##, "", "$ref",
      "\"test:schema#/$defs/x\" leads nowhere: test:schema has nothing at /$defs/x"
    ),
    (
      ##"{"$ref":"#x"}"##, "", "$ref",
      "\"test:schema#x\" leads nowhere: test:schema has no anchor \"x\""
    ),
    (
      #"{"allOf":[{"$ref":"https://else.where/s"}]}"#, "/allOf/0", "$ref",
      "\"https://else.where/s\" leads nowhere: no schema in the catalogue is called https://else.where/s"
    ),
    (
      ##"{"$ref":"#/%zz"}"##, "", "$ref",
      "the fragment of \"test:schema#/%zz\" has a wrong percent escape"
    ),
    (
      #"{"pattern":"a("}"#, "", "pattern", "the pattern \"a(\" cannot be used: a group does not end"
    ),
    (
      #"{"patternProperties":{"(?=x)":true}}"#, "", "patternProperties",
      "the pattern \"(?=x)\" cannot be used: this pattern needs look-ahead, which is not supported"
    ),
    (#"{"type":"text"}"#, "", "type", "\"type\" names no type that is known: text"),
    (#"{"type":7}"#, "", "type", "\"type\" is a string"),
    (#"{"enum":1}"#, "", "enum", "\"enum\" is an array"),
    (#"{"minimum":"1"}"#, "", "minimum", "\"minimum\" is a number"),
    (#"{"multipleOf":0}"#, "", "multipleOf", "\"multipleOf\" is above 0"),
    (#"{"minLength":-1}"#, "", "minLength", "\"minLength\" is a whole number, not below 0"),
    (#"{"maxItems":1.5}"#, "", "maxItems", "\"maxItems\" is a whole number, not below 0"),
    (#"{"uniqueItems":1}"#, "", "uniqueItems", "\"uniqueItems\" is true or false"),
    (#"{"required":"a"}"#, "", "required", "\"required\" lists names"),
    (#"{"required":[1]}"#, "", "required", "\"required\" lists names"),
    (#"{"properties":[]}"#, "", "properties", "\"properties\" is an object"),
    (#"{"anyOf":[]}"#, "", "anyOf", "\"anyOf\" lists at least one schema"),
    (#"{"format":"dat"}"#, "", "format", "\"format\" names no format that is known here: dat"),
    (
      #"{"$schema":"http://json-schema.org/draft-04/schema#"}"#, "", "$schema",
      "the dialect http://json-schema.org/draft-04/schema# is not known; schemas are of 2020-12"
    ),
  ])
  func `a schema that cannot be used is refused when it is loaded`(
    _ text: String, _ pointer: String, _ keyword: String, _ message: String
  ) throws {
    let error = try #require(throws: SchemaError.self) { _ = try schema(text) }
    #expect(error.schema == "test:schema")
    #expect(error.pointer.description == pointer)
    #expect(error.keyword == keyword)
    #expect(error.message == message)
  }

  @Test(arguments: [
    ##"{"$ref":"#"}"##, ##"{"allOf":[{"anyOf":[{"$ref":"#"}]}]}"##, ##"{"not":{"$ref":"#"}}"##,
    ##"{"$ref":"#/$defs/a","$defs":{"a":{"$ref":"#/$defs/b"},"b":{"if":{"$ref":"#/$defs/a"}}}}"##,
    ##"{"dependentSchemas":{"a":{"$ref":"#"}}}"##,
  ])
  func `a schema that leads back to itself without going deeper is refused`(_ text: String) throws {
    let error = try #require(throws: SchemaError.self) { _ = try schema(text) }
    #expect(error.message == "the schema leads back to itself without going deeper into the value")
  }

  @Test func `a schema that is no schema is refused`() throws {
    let error = try #require(throws: SchemaError.self) { _ = try schema(#"{"items":7}"#) }
    #expect(error.message == "a schema is an object, true or false")
    #expect(error.pointer.description == "/items")
  }

  @Test func `two schemas of one name are refused`() throws {
    let catalogue = SchemaCatalogue()
    try catalogue.add(JSONDocument(Array(#"{"$id":"test:a"}"#.utf8)))
    let other = try JSONDocument(Array(#"{"$id":"test:a","type":"null"}"#.utf8))
    let error = try #require(throws: SchemaError.self) { try catalogue.add(other) }
    #expect(error.message == "another schema is called test:a too")
  }

  @Test func `a schema without a name and a name without a schema are refused`() throws {
    let catalogue = SchemaCatalogue()
    let nameless = try JSONDocument(Array("{}".utf8))
    #expect(throws: SchemaError.self) { try catalogue.add(nameless) }
    #expect(throws: SchemaError.self) { _ = try catalogue.schema("test:none") }
  }

  @Test func `an unknown keyword is ignored where the catalogue is told so`() throws {
    let schema = try schema(#"{"colour":1}"#, options: .init(refusesUnknownKeywords: false))
    #expect(schema.isValid(try value("1")))
  }
}
