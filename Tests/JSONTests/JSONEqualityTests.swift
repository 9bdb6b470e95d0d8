import JSON
import Testing

struct JSONEqualityTests {
  @Test(arguments: [
    ("1", "\"1\""), ("1", "true"), ("0", "false"), ("null", "0"), ("[1,2]", "[2,1]"), ("[1]", "[1,1]"),
    ("{\"a\":1}", "{\"a\":1,\"b\":2}"), ("{\"a\":1}", "{\"b\":1}"), ("{\"a\":[]}", "{\"a\":{}}"),
    ("\"ä\"", "\"a\u{308}\""),
    ("9007199254740993", "9007199254740992.0"), ("18446744073709551615", "18446744073709551616.0"), ("{}", "[]"),
    ("1", "1.0000000000000002"), ("-1", "18446744073709551615"),
  ])
  func `values that differ are not equal`(_ left: String, _ right: String) throws {
    #expect(try document(left).root != document(right).root)
    #expect(try document(right).root != document(left).root)
  }

  @Test(arguments: [
    ("1", "1.0"), ("100", "1e2"), ("0", "-0.0"), ("-0", "0"), ("\"A\"", "\"\\u0041\""), ("[ 1 ]", "[1]"),
    ("{\"a\":1,\"b\":[2]}", "{\"b\":[2.0],\"a\":1}"), ("18446744073709549568", "18446744073709549568.0"),
  ])
  func `values that mean the same are equal and hash equal`(_ left: String, _ right: String) throws {
    let (left, right) = (try document(left).root, try document(right).root)
    #expect(left == right)
    #expect(left.hashValue == right.hashValue)
  }

  @Test func `large objects are equal in any order`() throws {
    let members = (0..<200).map { "\"k\($0)\":{\"v\":\($0)}" }
    let left = try document("{\(members.joined(separator: ","))}").root
    let right = try document("{\(members.shuffled().joined(separator: ","))}").root
    #expect(left == right)
    #expect(left.hashValue == right.hashValue)
    let other = try document("{\(members.dropLast().joined(separator: ",")),\"k199\":0}").root
    #expect(left != other)
  }
}
