import Testing

@testable import AMQP

@Suite struct AMQPTableTests {
  @Test func `tables are equal in any order`() {
    let left: AMQPTable = ["a": 1, "b": "x"]
    let right: AMQPTable = ["b": "x", "a": 1]
    #expect(left == right)
    #expect(left != ["a": 1])
    #expect(left != ["a": 1, "b": "y"])
  }

  @Test func `setting a name again replaces it, nil removes it`() {
    var table: AMQPTable = ["a": 1, "a": 2]
    #expect(table.count == 1)
    #expect(table["a"]?.integer == 2)
    table["a"] = nil
    #expect(table.isEmpty)
  }

  @Test func `a password is shown by no description`() {
    let configuration = AMQPConfiguration(username: "agency", password: "open sesame")
    var dumped = ""
    dump(configuration, to: &dumped)
    for text in ["\(configuration)", String(reflecting: configuration), dumped] {
      #expect(!text.contains("sesame"))
      #expect(text.contains("agency"))
    }
  }
}
