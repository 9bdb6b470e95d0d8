import JSON
import Testing

struct JSONWriterTests {
  // RFC 8785 appendix B, and the edges of ECMAScript's forms.
  @Test(
    arguments: [
      (0x0000_0000_0000_0000, "0"), (0x8000_0000_0000_0000, "0"), (0x0000_0000_0000_0001, "5e-324"),
      (0x8000_0000_0000_0001, "-5e-324"), (0x7FEF_FFFF_FFFF_FFFF, "1.7976931348623157e+308"),
      (0xFFEF_FFFF_FFFF_FFFF, "-1.7976931348623157e+308"), (0x4340_0000_0000_0000, "9007199254740992"),
      (0xC340_0000_0000_0000, "-9007199254740992"), (0x4430_0000_0000_0000, "295147905179352830000"),
      (0x44B5_2D02_C7E1_4AF5, "9.999999999999997e+22"), (0x44B5_2D02_C7E1_4AF6, "1e+23"),
      (0x44B5_2D02_C7E1_4AF7, "1.0000000000000001e+23"), (0x444B_1AE4_D6E2_EF4E, "999999999999999700000"),
      (0x444B_1AE4_D6E2_EF4F, "999999999999999900000"), (0x444B_1AE4_D6E2_EF50, "1e+21"),
      (0x3EB0_C6F7_A0B5_ED8C, "9.999999999999997e-7"), (0x3EB0_C6F7_A0B5_ED8D, "0.000001"),
      (0x41B3_DE43_5555_5553, "333333333.3333332"), (0x41B3_DE43_5555_5554, "333333333.33333325"),
      (0x41B3_DE43_5555_5555, "333333333.3333333"),
      (0x41B3_DE43_5555_5556, "333333333.3333334"), (0xBECB_F647_612F_3696, "-0.0000033333333333333333"),
      (0x4314_3FF3_C1CB_0959, "1424953923781206.2"),
    ] as [(UInt64, String)])
  func `a double is written as ECMAScript writes it`(_ bits: UInt64, _ text: String) {
    var writer = JSONWriter()
    writer.number(Double(bitPattern: bits))
    #expect(writer.text == text)
  }

  @Test func `random doubles read back the same`() throws {
    for _ in 0..<5_000 {
      let number = Double(bitPattern: .random(in: .min ... .max))
      guard number.isFinite else { continue }
      var writer = JSONWriter()
      writer.number(number)
      #expect(try JSONDocument(writer.bytes).root.number == number)
    }
  }

  @Test func `strings are escaped where they must be and nowhere else`() throws {
    var writer = JSONWriter()
    writer.string("\u{0}\u{8}\t\n\u{C}\r\u{1F}\"\\/ä😀\u{7F}\u{2028}")
    #expect(writer.text == "\"\\u0000\\b\\t\\n\\f\\r\\u001f\\\"\\\\/ä😀\u{7F}\u{2028}\"")
    #expect(try JSONDocument(writer.bytes).root.string == "\u{0}\u{8}\t\n\u{C}\r\u{1F}\"\\/ä😀\u{7F}\u{2028}")
  }

  @Test func `commas come by themselves`() throws {
    let other = try document("{ \"x\" : [ 1.50, \"a b\\\" c\" ] }").root
    var writer = JSONWriter()
    writer.object { writer in
      writer.member("a", "b")
      writer.member("n", 1)
      writer.member("d", 0.5)
      writer.member("yes", true)
      writer.member("list", ["p", "q"])
      writer.member("copy", other)
      writer.member("empty") { $0.object { _ in } }
      writer.key("nested")
      writer.array { writer in
        writer.null()
        writer.array { _ in }
        writer.raw(Array("[1]".utf8))
        writer.integer(UInt64.max)
        writer.bool(false)
      }
    }
    #expect(
      writer.text
        == #"{"a":"b","n":1,"d":0.5,"yes":true,"list":["p","q"],"copy":{"x":[1.50,"a b\" c"]},"#
        + #""empty":{},"nested":[null,[],[1],18446744073709551615,false]}"#)
  }
}
