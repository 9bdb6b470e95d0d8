import Testing
import XML

@Suite struct XMLDocumentTests {
  private static func laughs() -> String {
    let levels = (1...9).map { level in
      "<!ENTITY l\(level) \"\(String(repeating: "&l\(level - 1);", count: 10))\">"
    }
    return "<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY l0 \"ha\">\(levels.joined())]><a>&l9;</a>"
  }

  static let refused: [(String, XMLError.Code)] = [
    ("", .empty),
    ("no XML", .syntax),
    ("<a><b></a>", .syntax),
    ("<a>&undefined;</a>", .syntax),
    ("<a b='1' b='2'/>", .syntax),
    ("<a/><b/>", .syntax),
    (laughs(), .doctype),
    ("<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><a/>", .doctype),
    ("<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><a>&x;</a>", .doctype),
    ("<!-- a remark --><?pi?>\n<!DOCTYPE a [<!ENTITY % x SYSTEM \"http://127.0.0.1/x\">%x;]><a/>", .doctype),
    ("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><a/>", .encoding),
    ("<?xml version=\"1.0\" encoding=\"UTF-16\"?><!DOCTYPE a><a/>", .encoding),
    ("<a \u{0}/>", .syntax),
    ("<!-- without an end", .syntax),
    (String(repeating: "<a>", count: 150) + String(repeating: "</a>", count: 150), .depth),
    (String(repeating: "<a>", count: 100_000) + String(repeating: "</a>", count: 100_000), .depth),
  ]

  @Test(arguments: refused) func `a hostile or broken text is refused by its reason`(
    _ text: String, _ code: XMLError.Code
  ) {
    do throws(XMLError) {
      let document = try XMLDocument(Array(text.utf8))
      Issue.record("it was read: \(document.root.name)")
    } catch {
      #expect(error.code == code, "\(error)")
      #expect(!error.message.isEmpty)
    }
  }

  @Test func `a text in UTF-16, and one that is too long, are refused`() {
    for (bytes, code) in [
      ([0xFF, 0xFE, 0x3C, 0x00, 0x61, 0x00], XMLError.Code.encoding), ([0x3C, 0x61, 0xC3, 0x28], .syntax),
      (Array("<a>\(String(repeating: "x", count: 100))</a>".utf8), .size),
    ] {
      do throws(XMLError) {
        _ = try XMLDocument(bytes, limits: XMLLimits(maximumBytes: 50))
        Issue.record("it was read")
      } catch {
        #expect(error.code == code, "\(error)")
      }
    }
  }

  @Test func `a document type that stands in a text is text`() throws {
    let document = try XMLDocument(Array("<a><![CDATA[<!DOCTYPE html>]]></a>".utf8))
    #expect(document.root.text == "<!DOCTYPE html>")
  }

  @Test func `elements, attributes and texts are found, with their namespaces and lines`() throws {
    let text =
      "<a xmlns=\"urn:a\" xmlns:b=\"urn:b\" one=\"1\" b:two=\"&lt;2&gt;\">\n<b:c>x<!-- remark -->y&amp;z</b:c></a>"
    let document = try XMLDocument(Array(text.utf8))
    #expect(document.hasRemarks)
    #expect(document.root.name == "a" && document.root.namespace == "urn:a")
    #expect(document.root.attributes.map(\.name) == ["one", "two"])
    #expect(document.root.attributes[1].value == "<2>" && document.root.attributes[1].namespace == "urn:b")
    let child = try #require(document.root.children.first)
    #expect(child.namespace == "urn:b" && child.text == "xy&z" && child.line == 2)
    // A part stands for itself with the namespaces that it needs.
    let again = try XMLDocument(Array(child.source.utf8))
    #expect(again.root.namespace == "urn:b")
  }

  @Test func `what is written is read back equal`() throws {
    let value = "a\"b'c<d>&e\u{9}\u{A}\u{D}é\u{2028}"
    var writer = XMLWriter()
    writer.element("a", [("b", value)]) { writer in
      writer.element("c") { $0.text(value) }
      writer.element("d")
    }
    let document = try XMLDocument(writer.bytes)
    #expect(document.root.attribute("b") == value)
    #expect(document.root.children.map(\.name) == ["c", "d"])
    #expect(document.root.children[0].text == value)
  }

  @Test func `characters that XML cannot have are replaced`() throws {
    var writer = XMLWriter()
    writer.element("a") { $0.text("x\u{0}\u{1B}y") }
    #expect(try XMLDocument(writer.bytes).root.text == "x\u{FFFD}\u{FFFD}y")
  }

  @Test func `a schema names line, place and reason, and no more than are asked for`() throws {
    let schema = try XMLSchema(
      Array(
        """
        <xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="a"><xs:complexType><xs:sequence>
        <xs:element name="b" type="xs:integer" maxOccurs="unbounded"/></xs:sequence></xs:complexType></xs:element>
        </xs:schema>
        """.utf8))
    #expect(try XMLDocument(Array("<a><b>1</b></a>".utf8)).findings(schema) == [])
    let findings = try XMLDocument(Array("<a>\n<b>x</b>\n<b>y</b></a>".utf8)).findings(schema)
    #expect(findings.map(\.line).contains(2) && findings.map(\.line).contains(3))
    #expect(findings.allSatisfy { !$0.message.isEmpty && $0.path.hasPrefix("/a/b[") })
    #expect(try XMLDocument(Array("<a>\n<b>x</b>\n<b>y</b></a>".utf8)).findings(schema, limit: 1).count == 1)
  }

  @Test func `a schema that is none is refused`() {
    for text in ["<a/>", "<xs:schema xmlns:xs=\"http://www.w3.org/2001/XMLSchema\"><xs:element/></xs:schema>"] {
      #expect(throws: XMLError.self) { try XMLSchema(Array(text.utf8)) }
    }
  }
}
