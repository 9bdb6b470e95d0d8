import JSON
import JSONSchema
import Testing

/// A schema written out, in a catalogue of its own.
func schema(_ text: String, options: SchemaCatalogue.Options = .init()) throws -> JSONSchema {
  let catalogue = SchemaCatalogue(options: options)
  try catalogue.add(JSONDocument(Array(text.utf8)), as: "test:schema")
  return try catalogue.schema("test:schema")
}

func value(_ text: String) throws -> JSONValue { try JSONDocument(Array(text.utf8)).root }

struct KeywordTests {
  struct Refusal: Sendable, CustomTestStringConvertible {
    var schema: String
    var value: String
    var instance: String
    var keyword: String
    var message: String

    init(
      _ schema: String, _ value: String, _ instance: String, _ keyword: String, _ message: String
    ) {
      (self.schema, self.value, self.instance) = (schema, value, instance)
      (self.keyword, self.message) = (keyword, message)
    }

    var testDescription: String { "\(schema) \(value)" }
  }

  static let scalars: [Refusal] = [
    Refusal(
      #"{"type":"integer"}"#, #""5""#, "", "/type",
      "the value is the string \"5\"; expected a whole number"),
    Refusal(
      #"{"properties":{"n":{"type":["string","null"]}}}"#, #"{"n":1.5}"#, "/n",
      "/properties/n/type",
      "\"n\" is the number 1.5; expected a string or null"),
    Refusal(#"{"type":"number"}"#, "true", "", "/type", "the value is true; expected a number"),
    Refusal(
      #"{"type":"boolean"}"#, "[]", "", "/type",
      "the value is an empty array; expected true or false"),
    Refusal(
      #"{"type":"integer"}"#, "1.5", "", "/type",
      "the value is the number 1.5; expected a whole number"),
    Refusal(
      #"{"const":{"a":1}}"#, #"{"a":2}"#, "", "/const", "the value is an object; expected an object"
    ),
    Refusal(
      #"{"properties":{"v":{"enum":["low","high",3]}}}"#, #"{"v":"hgih"}"#, "/v",
      "/properties/v/enum",
      "\"v\" is \"hgih\"; expected one of \"low\", \"high\", 3"),
    Refusal(#"{"minimum":1.5}"#, "1", "", "/minimum", "the value is 1; expected at least 1.5"),
    Refusal(
      #"{"maximum":9007199254740992}"#, "9007199254740993", "", "/maximum",
      "the value is 9007199254740993; expected at most 9007199254740992"),
    Refusal(
      #"{"exclusiveMinimum":0}"#, "-0.0", "", "/exclusiveMinimum",
      "the value is 0; expected more than 0"),
    Refusal(
      #"{"exclusiveMaximum":10}"#, "10", "", "/exclusiveMaximum",
      "the value is 10; expected less than 10"),
    Refusal(
      #"{"multipleOf":0.01}"#, "0.075", "", "/multipleOf",
      "the value is 0.075; expected a multiple of 0.01"),
    Refusal(
      #"{"multipleOf":3}"#, "10", "", "/multipleOf", "the value is 10; expected a multiple of 3"),
    Refusal(
      #"{"minLength":2}"#, #""😀""#, "", "/minLength",
      "the value has 1 character; expected at least 2"),
    Refusal(
      #"{"maxLength":2}"#, #""äöü""#, "", "/maxLength",
      "the value has 3 characters; expected at most 2"),
    Refusal(
      #"{"title":"a country code","pattern":"^[A-Z]{2}$"}"#, #""pl""#, "", "/pattern",
      "the value is \"pl\"; expected a country code"),
    Refusal(
      #"{"format":"date-time"}"#, #""2026-02-30T00:00:00Z""#, "", "/format",
      "the value is \"2026-02-30T00:00:00Z\"; expected a date and time as 2026-01-31T12:00:00Z"),
    Refusal(
      #"{"maxLength":10}"#, "\"\(String(repeating: "x", count: 5_000))\"", "", "/maxLength",
      "the value has 5000 characters; expected at most 10"),
    Refusal(
      #"{"const":"a"}"#, "\"\(String(repeating: "x", count: 5_000))\\n\"", "", "/const",
      "the value is \"\(String(repeating: "x", count: 60))...\" (5001 characters); expected \"a\""),
  ]

  static let containers: [Refusal] = [
    Refusal(
      #"{"minItems":1}"#, "[]", "", "/minItems", "the value has 0 elements; expected at least 1"),
    Refusal(
      #"{"maxItems":1}"#, "[1,2]", "", "/maxItems", "the value has 2 elements; expected at most 1"),
    Refusal(
      #"{"uniqueItems":true}"#, "[1,2,1.0]", "", "/uniqueItems",
      "the value has equal elements at 0 and 2; expected each once"),
    Refusal(
      #"{"properties":{"labels":{"items":{"type":"string"}}}}"#, #"{"labels":["a",7]}"#,
      "/labels/1",
      "/properties/labels/items/type", "element 1 of \"labels\" is the number 7; expected a string"),
    Refusal(
      #"{"prefixItems":[{"type":"string"}],"items":false}"#, #"["a",1]"#, "/1", "/items",
      "element 1 is not allowed here"),
    Refusal(
      #"{"contains":{"const":1}}"#, "[2]", "", "/contains",
      "the value has 0 elements that fit what \"contains\" asks for; expected at least 1"),
    Refusal(
      #"{"contains":{"title":"a leader","const":1},"minContains":2}"#, "[1]", "", "/minContains",
      "the value has 1 element that fit a leader; expected at least 2"),
    Refusal(
      #"{"contains":{"const":1},"maxContains":1}"#, "[1,1]", "", "/maxContains",
      "the value has 2 elements that fit what \"contains\" asks for; expected at most 1"),
    Refusal(
      #"{"prefixItems":[true],"unevaluatedItems":false}"#, "[1,2]", "/1", "/unevaluatedItems",
      "element 1 is not allowed here"),
    Refusal(#"{"required":["a"]}"#, "{}", "", "/required", "\"a\" is missing"),
    Refusal(
      #"{"properties":{"c":{"required":["e"]}}}"#, #"{"c":{}}"#, "/c", "/properties/c/required",
      "\"e\" is missing from \"c\""),
    Refusal(
      #"{"minProperties":1}"#, "{}", "", "/minProperties",
      "the value has 0 fields; expected at least 1"),
    Refusal(
      #"{"maxProperties":0}"#, #"{"a":1}"#, "", "/maxProperties",
      "the value has 1 field; expected at most 0"),
    Refusal(
      #"{"properties":{"severity":true},"additionalProperties":false}"#, #"{"severty":1}"#,
      "/severty",
      "/additionalProperties", "\"severty\" is not a known field; did you mean \"severity\"?"),
    Refusal(
      #"{"additionalProperties":{"type":"string"}}"#, #"{"a/b":1}"#, "/a~1b",
      "/additionalProperties/type",
      "\"a/b\" is the number 1; expected a string"),
    Refusal(
      #"{"patternProperties":{"^x_":{"type":"string"}},"additionalProperties":false}"#,
      #"{"x_a":1}"#, "/x_a",
      "/patternProperties/^x_/type", "\"x_a\" is the number 1; expected a string"),
    Refusal(
      #"{"propertyNames":{"maxLength":3}}"#, #"{"abcd":1}"#, "/abcd", "/propertyNames/maxLength",
      "the key \"abcd\" has 4 characters; expected at most 3"),
    Refusal(
      #"{"dependentRequired":{"a":["b"]}}"#, #"{"a":1}"#, "", "/dependentRequired",
      "\"b\" is missing; it is required where \"a\" stands"),
    Refusal(
      #"{"dependentSchemas":{"a":{"required":["b"]}}}"#, #"{"a":1}"#, "",
      "/dependentSchemas/a/required",
      "\"b\" is missing"),
    Refusal(
      #"{"allOf":[{"properties":{"a":true}}],"unevaluatedProperties":false}"#, #"{"a":1,"b":2}"#,
      "/b",
      "/unevaluatedProperties", "\"b\" is not a known field"),
    Refusal(
      #"{"properties":{"a":false}}"#, #"{"a":1}"#, "/a", "/properties/a",
      "\"a\" is not allowed here"),
    Refusal(
      #"{"properties":{"0":{"type":"string"}}}"#, #"{"0":1}"#, "/0", "/properties/0/type",
      "\"0\" is the number 1; expected a string"),
  ]

  static let combined: [Refusal] = [
    Refusal("false", "1", "", "/false", "the value is not allowed here"),
    Refusal(
      ##"{"$ref":"#/$defs/s","$defs":{"s":{"type":"string"}}}"##, "1", "", "/$ref/type",
      "the value is the number 1; expected a string"),
    Refusal(
      #"{"allOf":[true,{"type":"string"}]}"#, "1", "", "/allOf/1/type",
      "the value is the number 1; expected a string"),
    Refusal(
      #"{"anyOf":[{"type":"string"},{"type":"null"}]}"#, "1", "", "/anyOf",
      "the value is the number 1; expected a string or null"),
    Refusal(
      #"{"anyOf":[{"type":"string","maxLength":1},{"type":"array","items":{"type":"string"}}]}"#,
      #"["a",2]"#, "/1",
      "/anyOf/1/items/type", "element 1 is the number 2; expected a string"),
    Refusal(
      #"{"anyOf":[{"const":"a"},{"enum":["b","c"]}]}"#, #""d""#, "", "/anyOf",
      "the value is \"d\"; expected one of \"a\", \"b\", \"c\""),
    Refusal(
      #"{"anyOf":[{"required":["a"]},{"required":["b"]}]}"#, "{}", "", "/anyOf",
      "\"a\" or \"b\" is missing; at least one of them is required"),
    Refusal(
      #"{"oneOf":[{"title":"even","multipleOf":2},{"multipleOf":3}]}"#, "6", "", "/oneOf",
      "the value fits 2 alternatives, \"even\" and the second; expected exactly one"),
    Refusal(
      #"{"oneOf":[{"properties":{"type":{"const":"cat"},"lives":{"maximum":9}}},"#
        + #"{"properties":{"type":{"const":"dog"},"legs":{"maximum":4}}}]}"#,
      #"{"type":"cat","lives":10,"legs":5}"#, "/lives", "/oneOf/0/properties/lives/maximum",
      "\"lives\" is 10; expected at most 9"),
    Refusal(
      #"{"oneOf":[{"properties":{"type":{"const":"cat"}}},{"properties":{"type":{"const":"dog"}}}]}"#,
      #"{"type":"cow"}"#, "/type", "/oneOf", "\"type\" is \"cow\"; expected one of \"cat\", \"dog\""
    ),
    Refusal(#"{"not":{"const":1}}"#, "1", "", "/not", "the value must not be 1"),
    Refusal(
      #"{"not":{"required":["a"]}}"#, #"{"a":1}"#, "", "/not",
      "\"a\" is not allowed in the value here"),
    Refusal(
      #"{"not":{"title":"a number","type":"number"}}"#, "1", "", "/not",
      "the value is 1, but must not be a number"),
    Refusal(
      #"{"if":{"required":["a"]},"then":{"required":["b"]},"else":{"required":["c"]}}"#,
      #"{"a":1}"#, "",
      "/then/required", "\"b\" is missing"),
    Refusal(
      #"{"if":{"required":["a"]},"then":{"required":["b"]},"else":{"required":["c"]}}"#, "{}", "",
      "/else/required",
      "\"c\" is missing"),
  ]

  @Test(arguments: scalars + containers + combined)
  func `what does not fit is found and said`(_ case: Refusal) throws {
    let schema = try schema(`case`.schema)
    let value = try value(`case`.value)
    #expect(!schema.isValid(value))
    let findings = schema.findings(in: value)
    #expect(findings.count == 1)
    let finding = try #require(findings.first)
    #expect(finding.instance.description == `case`.instance)
    #expect(finding.keywordLocation.description == `case`.keyword)
    #expect(finding.message == `case`.message)
    #expect(finding.keywordLocation.tokens.last == finding.rule || `case`.keyword.hasSuffix("/a"))
  }

  @Test(arguments: [
    ("true", "1"), ("{}", "null"), (#"{"type":"integer"}"#, "1.0"),
    (#"{"type":"number"}"#, "18446744073709551615"),
    (#"{"const":1.0}"#, "1"), (#"{"enum":[[1,{"a":2}]]}"#, #"[1,{"a":2.0}]"#),
    (#"{"minimum":1}"#, "\"a\""),
    (#"{"maximum":18446744073709551615}"#, "18446744073709551615"), (#"{"minLength":1}"#, "5"),
    (#"{"minLength":1,"maxLength":1}"#, #""😀""#), (#"{"pattern":"b"}"#, #""abc""#),
    (#"{"required":["a"]}"#, "[]"),
    (#"{"items":false}"#, "[]"), (#"{"contains":false,"minContains":0}"#, "[1]"),
    (#"{"multipleOf":0.01}"#, "0.07"),
    (#"{"properties":{"a":{"type":"string"}}}"#, #"{"b":1}"#), (#"{"then":false}"#, "1"),
    (#"{"if":{"type":"string"}}"#, "1"),
    (#"{"$comment":"c","description":"d","examples":[1],"default":1}"#, "2"),
    (
      #"{"properties":{"a-long-key-beyond-sixteen-bytes":false}}"#,
      #"{"a-long-kex-beyond-sixteen-bytes":1}"#
    ),
  ])
  func `what fits is valid and has no findings`(_ text: String, _ instance: String) throws {
    let schema = try schema(text)
    #expect(schema.isValid(try value(instance)))
    #expect(schema.findings(in: try value(instance)).isEmpty)
  }

  @Test func `no more findings are given than asked for`() throws {
    let schema = try schema(#"{"items":{"type":"string"}}"#)
    let list = try value("[\(Array(repeating: "1", count: 100).joined(separator: ","))]")
    #expect(schema.findings(in: list).count == 50)
    #expect(schema.findings(in: list, limit: 3).map(\.instance.description) == ["/0", "/1", "/2"])
    #expect(schema.findings(in: list, limit: 0).isEmpty)
  }

  @Test func `many elements and many keys are judged in time that grows with them`() throws {
    let unique = try schema(#"{"uniqueItems":true}"#)
    let numbers = (0..<20_000).map { "[\($0)]" }.joined(separator: ",")
    #expect(unique.isValid(try value("[\(numbers)]")))
    #expect(unique.findings(in: try value("[\(numbers),[19999.0]]")).first?.rule == "uniqueItems")
    let names = (0..<5_000).map { "\"key\($0)\"" }
    let keys = names.map { "\($0):\"\"" }.joined(separator: ",")
    let wide = try schema(
      #"{"required":[\#(names.joined(separator: ","))],"additionalProperties":{"type":"string"}}"#)
    #expect(wide.isValid(try value("{\(keys)}")))
    #expect(!wide.isValid(try value("{\(keys.dropLast(13))}")))
  }
}
