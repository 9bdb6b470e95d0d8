import JSON
import JSONSchema
import Testing

struct ReferenceTests {
  @Test func `schemas refer to one another by identifier, relative to their own`() throws {
    let catalogue = SchemaCatalogue()
    for text in [
      ##"{"$id":"https://x.example/a/report.json","properties":{"who":{"$ref":"../b/common.json#/$defs/name"},"next":{"$ref":"#"}}}"##,
      #"{"$id":"https://x.example/b/common.json","$defs":{"name":{"$anchor":"name","type":"string"}}}"#,
      #"{"$id":"https://x.example/c.json","items":{"$ref":"/b/common.json#name"}}"#,
    ] { try catalogue.add(JSONDocument(Array(text.utf8))) }
    let report = try catalogue.schema("https://x.example/a/report.json")
    #expect(report.isValid(try value(#"{"who":"x","next":{"next":{"who":"y"}}}"#)))
    let findings = report.findings(in: try value(#"{"who":"x","next":{"next":{"who":7}}}"#))
    #expect(findings.map(\.instance.description) == ["/next/next/who"])
    #expect(
      findings.map(\.keywordLocation.description)
        == ["/properties/next/$ref/properties/next/$ref/properties/who/$ref/type"])
    #expect(try !catalogue.schema("https://x.example/c.json").isValid(value("[1]")))
    #expect(
      try !catalogue.schema("https://x.example/b/common.json#/$defs/name").isValid(value("1")))
    #expect(try !catalogue.schema("https://x.example/b/common.json#name").isValid(value("1")))
  }

  @Test func `the meta-schema is there and judges schemas`() throws {
    let meta = try SchemaCatalogue().schema("https://json-schema.org/draft/2020-12/schema")
    #expect(meta.isValid(try value(#"{"type":"object","properties":{"a":{"minLength":1}}}"#)))
    let findings = meta.findings(in: try value(#"{"properties":{"a":{"minLength":-1}}}"#))
    #expect(findings.map(\.instance.description) == ["/properties/a/minLength"])
    #expect(findings.map(\.message) == ["\"minLength\" is -1; expected at least 0"])
  }

  @Test func `a deep value under a recursive schema is judged`() throws {
    let schema = try schema(##"{"type":["array","null"],"items":{"$ref":"#"}}"##)
    let deep = String(repeating: "[", count: 99) + "null" + String(repeating: "]", count: 99)
    #expect(schema.isValid(try value(deep)))
    #expect(!schema.isValid(try value(deep.replacing("null", with: "1"))))
  }

  @Test func `one schema judges from many tasks`() async throws {
    let schema = try schema(
      #"{"items":{"properties":{"id":{"pattern":"^[a-z]+--[0-9a-f]{8}$"}},"required":["id"]}}"#)
    await withTaskGroup(of: Bool.self) { group in
      for task in 0..<8 {
        group.addTask {
          (0..<200).allSatisfy { round in
            let isRight = (task + round) % 2 == 0
            let id = isRight ? "a--0123abcd" : "a--0123abcx"
            guard let value = try? value(#"[{"id":"\#(id)"}]"#) else { return false }
            return schema.isValid(value) == isRight
              && schema.findings(in: value).count == (isRight ? 0 : 1)
          }
        }
      }
      for await right in group { #expect(right) }
    }
  }
}
