import Contract
import Testing

@testable import AgencyClient

@Suite struct ReceiptTests {
  @Test(arguments: [
    "", "x", "[]", "{}", "{\"receipt\":\"accepted\"}", "{\"receipt\":\"maybe\",\"message_id\":\"m\"}",
    "{\"receipt\":1,\"message_id\":\"m\"}", "{\"receipt\":\"accepted\",\"message_id\":7}",
  ]) func `what is no receipt is nothing`(_ line: String) {
    #expect(Receipt(line: Array(line.utf8)) == nil)
  }

  @Test func `a rejection names its reasons`() throws {
    let line =
      #"{"receipt":"rejected","message_id":"m-1","sender":"us-cisa","at":"2026-11-24T06:30:00.000Z","#
      + #""lane":"threat","reasons":[{"cause":"schema","stage":"validate","rule":"required","#
      + #""location":"/objects/0/name","detail":"The name is missing."},{"stage":"nameless"}]}"#
    let receipt = try #require(Receipt(line: Array(line.utf8)))
    #expect(receipt.verdict == .rejected)
    #expect(receipt.messageID == "m-1")
    #expect(receipt.lane == .threat)
    #expect(
      receipt.reasons == [
        .init(
          cause: "schema", stage: "validate", rule: "required", location: "/objects/0/name",
          detail: "The name is missing.")
      ])
  }

  @Test func `a body holds many lines, and those that are none are left out`() {
    let body = """
      {"receipt":"accepted","message_id":"a","kind":"indicators","notes":["moved to its lane"]}
      garbage

      {"receipt":"duplicate","message_id":"b"}
      """
    let receipts = Receipt.read(Array(body.utf8))
    #expect(receipts.map(\.messageID) == ["a", "b"])
    #expect(receipts.first?.kind == .indicators)
    #expect(receipts.first?.notes == ["moved to its lane"])
  }
}
