import JSON
import Testing

struct JCSTests {
  @Test(arguments: [
    // RFC 8785 section 3.2.2 and 3.2.3.
    (
      #"{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],"#
        + #""string":"\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/","literals":[null,true,false]}"#,
      #"{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"#
        + #""string":"€$\u000f\nA'B\"\\\\\"/"}"#
    ),
    // RFC 8785 section 3.2.3: order by UTF-16 code units.
    (
      #"{"\u20ac":"Euro Sign","\r":"Carriage Return","\ufb33":"Hebrew Letter Dalet With Dagesh","1":"One","#
        + #""\ud83d\ude00":"Emoji: Grinning Face","\u0080":"Control","\u00f6":"Latin Small Letter O With Diaeresis"}"#,
      "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\u{80}\":\"Control\","
        + "\"ö\":\"Latin Small Letter O With Diaeresis\",\"€\":\"Euro Sign\",\"😀\":\"Emoji: Grinning Face\","
        + "\"\u{FB33}\":\"Hebrew Letter Dalet With Dagesh\"}"
    ),
    ("[56,{\"d\":true,\"10\":null,\"1\":[ ]}]", "[56,{\"1\":[],\"10\":null,\"d\":true}]"),
    ("{\"\":1,\"a\":2,\"aa\":-0}", "{\"\":1,\"a\":2,\"aa\":0}"),
    ("[9007199254740993, 18446744073709551615, 1.0]", "[9007199254740992,18446744073709552000,1]"),
    (#"{"\uD834\uDD1E":1,"\uFFFD":2,"\uE000":3}"#, "{\"𝄞\":1,\"\u{E000}\":3,\"\u{FFFD}\":2}"),
  ])
  func `a value has one canonical spelling`(_ text: String, _ canonical: String) throws {
    #expect(String(decoding: JCS.canonical(try document(text).root), as: UTF8.self) == canonical)
  }
}
