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
    (#"{"additionalItems":{}}"#, "", "additionalItems", "the keyword is not one of JSON Schema 2020-12"),
    (##"{"$recursiveRef":"#"}"##, "", "$recursiveRef", "the keyword is not one of JSON Schema 2020-12"),
    (#"{"items":[true]}"#, "", "items", "\"items\" is a schema; use \"prefixItems\""),
    (
      #"{"$schema":"http://json-schema.org/draft-07/schema#","$defs":{}}"#, "", "$defs",
      "the keyword is not one of JSON Schema draft-07"
    ),
    (
      #"{"$schema":"https://json-schema.org/draft/2019-09/schema","prefixItems":[true]}"#, "", "prefixItems",
      "the keyword is not one of JSON Schema 2019-09"
    ),
    (##"{"$id":"#a"}"##, "", "$id", "an identifier has no fragment"),
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
      #"{"patternProperties":{"(?<=x+y+)":true}}"#, "", "patternProperties",
      "the pattern \"(?<=x+y+)\" cannot be used: this pattern needs a look-behind of no bounded length, which is not "
        + "supported"
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
      "the dialect http://json-schema.org/draft-04/schema# is not known; schemas are of draft 7, 2019-09 or 2020-12, "
        + "or of a meta-schema in the catalogue"
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

  @Test func `meta-schemas that name each other are refused`() throws {
    let catalogue = SchemaCatalogue()
    try catalogue.add(JSONDocument(Array(#"{"$id":"test:a","$schema":"test:b"}"#.utf8)))
    try catalogue.add(JSONDocument(Array(#"{"$id":"test:b","$schema":"test:a"}"#.utf8)))
    let error = try #require(throws: SchemaError.self) { _ = try catalogue.schema("test:a") }
    #expect(error.keyword == "$schema")
  }

  @Test func `a vocabulary that must be understood and is not known is refused`() throws {
    let catalogue = SchemaCatalogue()
    let meta =
      #"{"$id":"test:m","$schema":"https://json-schema.org/draft/2020-12/schema","$vocabulary":{"test:v":true}}"#
    try catalogue.add(JSONDocument(Array(meta.utf8)))
    try catalogue.add(JSONDocument(Array(#"{"$id":"test:a","$schema":"test:m"}"#.utf8)))
    let error = try #require(throws: SchemaError.self) { _ = try catalogue.schema("test:a") }
    #expect(error.message == "the dialect test:m requires the vocabulary test:v, which is not known")
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
