import JSON
import JSONSchema
import Testing

/// Schemas and patterns that are made to cost much: an error, and never a pass.
struct CostTests {
  static func nested(_ depth: Int) -> String {
    String(repeating: #"{"a":"#, count: depth) + "0" + String(repeating: "}", count: depth)
  }

  static let hostile = [
    // Both branches go down, and none holds in the end: twice the work with each level.
    ##"{"type":"object","anyOf":[{"properties":{"a":{"$ref":"#"}}},{"properties":{"a":{"$ref":"#"},"b":true}}]}"##,
    ##"{"type":"object","oneOf":[{"properties":{"a":{"$ref":"#"}}},{"properties":{"a":{"$ref":"#"},"b":true}}]}"##,
    ##"{"type":["object","number"],"not":{"not":{"properties":{"a":{"$ref":"#"}}}},"if":{"properties":{"a":{"$ref":"#"}}},"else":false}"##,
    ##"{"type":["object","number"],"if":{"properties":{"a":{"$ref":"#"}}},"then":{"properties":{"a":{"$ref":"#"},"b":true}},"else":{"properties":{"a":{"$ref":"#"}}}}"##,
    ##"{"allOf":[{"not":{"type":"object","properties":{"a":{"not":{"$ref":"#"}}}}},{"not":{"type":"object","properties":{"a":{"not":{"$ref":"#"}},"b":true}}}]}"##,
    ##"{"type":"object","anyOf":[{"properties":{"a":{"$ref":"#"}}},{"properties":{"a":{"$ref":"#"}}}],"unevaluatedProperties":false}"##,
  ]

  @Test(arguments: hostile)
  func `alternatives that multiply with the depth end in an error`(_ text: String) throws {
    let schema = try schema(text)
    let deep = try value(Self.nested(100))
    #expect(!schema.isValid(deep))
    let findings = schema.findings(in: deep)
    #expect(findings.count == 1)
    #expect(findings.first?.rule == "schema-too-costly", "\(findings)")
    #expect(findings.first?.message.hasSuffix("simplify the schema") == true)
  }

  @Test func `a value that is judged again and again by an honest schema is judged`() throws {
    let schema = try schema(
      ##"{"anyOf":[{"type":"object","properties":{"a":{"$ref":"#"},"k":{"const":1}}},{"type":["number","array"],"items":{"$ref":"#"}}]}"##
    )
    let deep = try value(Self.nested(100))
    #expect(schema.isValid(deep))
    let wide = "[" + Array(repeating: Self.nested(5), count: 5_000).joined(separator: ",") + "]"
    #expect(try schema.isValid(value(wide)))
  }

  @Test func `a pattern that cannot be decided is told, and does not pass`() throws {
    let schema = try schema(#"{"properties":{"list":{"items":{"pattern":"^(?=a)(a+)+$"}}}}"#)
    let text = String(repeating: "a", count: 40) + "!"
    let findings = try schema.findings(in: value("{\"list\":[\"aaa\",\"\(text)\"]}"))
    #expect(findings.map(\.rule) == ["pattern-too-costly"])
    #expect(findings.map(\.instance.description) == ["/list/1"])
    #expect(
      findings.map(\.message) == [
        "element 1 of \"list\" cannot be judged: the pattern ^(?=a)(a+)+$ takes too many steps on it; simplify the pattern"
      ])
  }

  @Test(arguments: [
    #"{"not":{"pattern":"^(?=a)(a+)+$"}}"#, #"{"anyOf":[{"pattern":"^(?=a)(a+)+$"},true]}"#,
    #"{"if":{"pattern":"^(?=a)(a+)+$"},"else":true}"#,
  ])
  func `nor does what is made of an undecided pattern`(_ text: String) throws {
    let schema = try schema(text)
    let value = try value("\"" + String(repeating: "a", count: 40) + "!\"")
    #expect(!schema.isValid(value))
    #expect(schema.findings(in: value).map(\.rule) == ["pattern-too-costly"])
  }

  @Test(arguments: [
    #"{"patternProperties":{"^(?=a)(a+)+$":false}}"#,
    #"{"patternProperties":{"^(?=a)(a+)+$":true},"unevaluatedProperties":true,"allOf":[{"patternProperties":{"^b":false}}]}"#,
    #"{"propertyNames":{"pattern":"^(?=a)(a+)+$"}}"#,
  ])
  func `keys that a pattern cannot decide on are told`(_ text: String) throws {
    let schema = try schema(text)
    let key = String(repeating: "a", count: 40) + "!"
    let value = try value("{\"\(key)\":1}")
    #expect(!schema.isValid(value))
    let findings = schema.findings(in: value)
    #expect(findings.map(\.rule) == ["pattern-too-costly"])
    #expect(findings.map(\.instance.description) == ["/" + key])
  }

  @Test func `a key of the schema itself that a pattern cannot decide on is refused`() throws {
    let key = String(repeating: "a", count: 40) + "!"
    let schema = try schema("{\"properties\":{\"\(key)\":true},\"patternProperties\":{\"^(?=a)(a+)+$\":true}}")
    let value = try value("{\"\(key)\":1}")
    #expect(!schema.isValid(value))
    #expect(schema.findings(in: value).map(\.rule) == ["pattern-too-costly"])
  }
}
