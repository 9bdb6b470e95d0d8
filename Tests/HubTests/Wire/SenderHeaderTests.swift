import AMQP
import Contract
import Testing

@testable import Hub

@Suite struct `Headers of a sender` {
  @Test(arguments: [
    HeaderKeys.revision, HeaderKeys.sender, HeaderKeys.obligations, HeaderKeys.losses, HeaderKeys.supersedes,
    HeaderKeys.hubSignature, "entente-recipient", "Entente-TLP", "entente-",
  ])
  func `a header that only the hub may set, or that nobody knows, is refused by name`(_ key: String) throws {
    let failure = try #require(throws: StageFailure.self) { try SenderHeaderReader.read([key: "TLP:CLEAR"]) }
    #expect(failure.stage == .envelope)
    #expect(failure.cause == .headerNotAllowed)
    #expect(failure.detail.contains("'\(key)'"))
  }

  @Test(arguments: [AMQPValue.int64(3), .table([:]), .array(["TLP:RED"]), .void, .bool(true), .string("AMBER-STRICT")])
  func `a label that is none is refused, whatever its type`(_ value: AMQPValue) throws {
    let failure = try #require(throws: StageFailure.self) { try SenderHeaderReader.read([HeaderKeys.tlp: value]) }
    #expect(failure.cause == .headerInvalid)
    #expect(failure.detail.contains(HeaderKeys.tlp))
  }

  @Test func `a text of more than 8,192 bytes is refused`() throws {
    let long = AMQPValue.string(String(repeating: "x", count: 8193))
    let failure = try #require(throws: StageFailure.self) { try SenderHeaderReader.read([HeaderKeys.purpose: long]) }
    #expect(failure.cause == .headerInvalid)
  }

  @Test func `an exercise that is neither true nor false is refused`() throws {
    #expect(throws: StageFailure.self) { try SenderHeaderReader.read([HeaderKeys.exercise: "maybe"]) }
    #expect(try SenderHeaderReader.read([HeaderKeys.exercise: .bool(true)]).isExercise)
    #expect(try SenderHeaderReader.read([HeaderKeys.exercise: "FALSE"]).isExercise == false)
  }

  @Test func `recipients are taken as a list or as a text with commas, and what is no slug is a stranger`() throws {
    let text = try SenderHeaderReader.read([HeaderKeys.recipients: "eu-enisa, nl-ncsc,Not A Slug"])
    let list = try SenderHeaderReader.read([HeaderKeys.recipients: ["eu-enisa", "nl-ncsc", "Not A Slug"]])
    #expect(text == list)
    #expect(text.recipients == [.known("eu-enisa"), .known("nl-ncsc")])
    #expect(text.strangers == ["Not A Slug"])
  }

  @Test func `an empty list of recipients names nobody, which is not the same as naming none`() throws {
    #expect(try SenderHeaderReader.read([HeaderKeys.recipients: ""]).recipients == [])
    #expect(try SenderHeaderReader.read([:]).recipients == nil)
  }

  @Test func `headers of others are neither read nor kept`() throws {
    let table: AMQPTable = ["CC": ["inbox.incident"], "BCC": ["x"], "x-death": "forged", "foreign": 1]
    #expect(try SenderHeaderReader.read(table) == SenderHeaders())
    #expect(SenderHeaderReader.canonicalJSON(table) == Array("{}".utf8))
  }

  @Test func `equal headers give equal bytes in any order`() {
    let first = SenderHeaderReader.canonicalJSON([HeaderKeys.tlp: "TLP:RED", HeaderKeys.purpose: "detection"])
    let second = SenderHeaderReader.canonicalJSON([HeaderKeys.purpose: "detection", HeaderKeys.tlp: "TLP:RED"])
    #expect(first == second)
    #expect(String(decoding: first, as: UTF8.self) == #"{"entente-purpose":"detection","entente-tlp":"TLP:RED"}"#)
  }
}
