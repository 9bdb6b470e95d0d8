import JSON
import JSONSchema
import Testing

/// Schemas that are chosen by a string at a key are looked up, not tried: the verdict must be that of trying.
struct ChoiceTests {
  static let conditions = ##"""
    {"allOf":[
      {"if":{"required":["t"],"properties":{"t":{"const":"a"}}},"then":{"required":["x"]},"else":{"maxProperties":2}},
      {"if":{"required":["t"],"properties":{"t":{"enum":["a","b"]}}},"then":{"properties":{"x":{"type":"string"}}}},
      {"if":{"type":"object","required":["t"],"properties":{"t":{"const":"c"}}},"then":false,"else":{"not":{"const":7}}}
    ]}
    """##

  @Test(arguments: [
    (#"{"t":"a"}"#, false), (#"{"t":"a","x":1}"#, false), (#"{"t":"a","x":"s","y":1,"z":2}"#, true),
    (#"{"t":"b"}"#, true), (#"{"t":"b","x":1}"#, false), (#"{"t":"b","x":"s","y":1}"#, false),
    (#"{"t":"c"}"#, false),
    (#"{"t":"d","x":1}"#, true), (#"{"t":"d","x":1,"y":1}"#, false), (#"{"t":1}"#, true),
    ("{}", true),
    (#"{"x":1,"y":2,"z":3}"#, false), ("7", false), ("8", true), (#""a""#, true), ("[]", true),
    (#"{"y":0,"t":"\u0061","x":""}"#, true),
  ])
  func `conditions on a type are judged by looking it up`(_ text: String, _ isValid: Bool) throws {
    let schema = try schema(Self.conditions)
    #expect(schema.isValid(try value(text)) == isValid)
    #expect(schema.findings(in: try value(text)).isEmpty == isValid)
  }

  @Test(arguments: ["anyOf", "oneOf"])
  func `alternatives by type are judged by looking it up`(_ keyword: String) throws {
    let schema = try schema(
      ##"{"\##(keyword)":[{"$ref":"#/$defs/cat"},{"$ref":"#/$defs/dog"}],"$defs":{"##
        + ##""pet":{"type":"object","required":["t"]},"##
        + ##""cat":{"$ref":"#/$defs/pet","properties":{"t":{"const":"cat"},"n":{"maximum":9}}},"##
        + ##""dog":{"$ref":"#/$defs/pet","properties":{"t":{"enum":["dog","hound"]},"n":{"maximum":4}}}}}"##
    )
    let cases = [
      (#"{"t":"cat","n":9}"#, true), (#"{"t":"hound","n":9}"#, false), (#"{"t":"hound"}"#, true),
      (#"{"t":"cow"}"#, false),
      ("{}", false), ("1", false), (#"{"t":["cat"]}"#, false),
    ]
    for (text, isValid) in cases {
      #expect(schema.isValid(try value(text)) == isValid, "\(text)")
      #expect(schema.findings(in: try value(text)).isEmpty == isValid, "\(text)")
    }
  }

  @Test func `alternatives that share a type are tried`() throws {
    let schema = try schema(
      #"{"oneOf":[{"type":"object","required":["t"],"properties":{"t":{"const":"a"},"x":{"type":"string"}}},"#
        + #"{"type":"object","required":["t"],"properties":{"t":{"enum":["a","b"]},"x":{"type":"number"}}}]}"#
    )
    #expect(schema.isValid(try value(#"{"t":"a","x":1}"#)))
    #expect(schema.isValid(try value(#"{"t":"a","x":""}"#)))
    #expect(!schema.isValid(try value(#"{"t":"a"}"#)))
    #expect(schema.isValid(try value(#"{"t":"b"}"#)))
  }

  @Test func `listed strings are judged by the rest of their schema too`() throws {
    let schema = try schema(
      #"{"allOf":[{"enum":["ab","abc","b"]},{"pattern":"^a"},{"minLength":3}]}"#)
    #expect(schema.isValid(try value(#""abc""#)))
    for text in [#""ab""#, #""b""#, #""x""#, "1", "null"] {
      #expect(!schema.isValid(try value(text)), "\(text)")
    }
    let none = try self.none()
    #expect(!none.isValid(try value(#""a""#)))
  }

  private func none() throws -> JSONSchema {
    try schema(#"{"allOf":[{"const":"a"},{"type":"integer"}]}"#)
  }

  @Test func `names of known keys are judged before, of others when they come`() throws {
    let schema = try schema(
      #"{"properties":{"good":true,"BAD":true},"propertyNames":{"pattern":"^[a-z]+$","type":"string"}}"#
    )
    #expect(schema.isValid(try value(#"{"good":1,"other":2}"#)))
    #expect(!schema.isValid(try value(#"{"BAD":1}"#)))
    #expect(!schema.isValid(try value(#"{"Other":1}"#)))
    #expect(schema.findings(in: try value(#"{"BAD":1}"#)).map(\.rule) == ["pattern"])
  }
}
