import JSON
import Testing

func document(_ text: String) throws(JSONError) -> JSONDocument { try JSONDocument(Array(text.utf8)) }

struct JSONDocumentTests {
  @Test func `values are read`() throws {
    let root = try document(#"{"a":1,"b":[true,null,"x\u0041",1.5,18446744073709551615]}"#).root
    #expect(root["a"]?.integer == 1)
    #expect(root["b"]?.count == 5)
    #expect(root["b"]?[2]?.string == "xA")
    #expect(root["b"]?[4]?.unsigned == .max)
    #expect(root["b"]?[4]?.kind == .unsigned)
  }
}
