import Contract
import STIX
import Sharing
import Testing

@testable import Hub
@testable import Ledger

/// What was accepted is read once more from the ledger just as it was at intake, or goes to the operators.
@Suite struct `A message read from the ledger again` {
  private func row(headers: String) -> MessageRow {
    MessageRow(
      id: 1, sender: .known("us-cisa"), messageID: "m", derivedID: false, lane: .threat, publishedLane: .threat,
      format: FormatID("stix"), version: "2.1", kind: .bundle, type: nil, contentType: nil,
      headers: Array(headers.utf8), traceparent: nil, receivedAt: Example.now, acceptedAt: Example.now, tlp: nil,
      exercise: false, configuration: 1, considered: 1, state: .accepted, duplicates: 0, replayOf: nil,
      editOf: nil, entry: 1)
  }

  @Test(arguments: ["", "{", "[1", "\u{0}", #"{"entente-tlp":"TLP:PURPLE"}"#])
  func `is not delivered past headers that cannot be read, since they may have narrowed it`(_ headers: String) throws {
    #expect(throws: StageFailure.self) { try IncomingMessage(row(headers: headers), body: TestMessage.bundle(1)) }
  }

  @Test func `keeps what its sender narrowed`() throws {
    let message = try IncomingMessage(
      row(headers: #"{"entente-recipients":["eu-enisa"]}"#), body: TestMessage.bundle(1))
    #expect(message.headers.recipients == [.known("eu-enisa")])
  }

  @Test func `is read whatever its size, even beyond what a sender may send today`() throws {
    let pipeline = IntakePipeline(configuration: try Example.configuration(), keys: try testKeys().keys)
    let large = TestMessage.bundle(1, description: String(repeating: "x", count: 17 << 20))
    let message = try IncomingMessage(row(headers: "{}"), body: large)
    let refusal = #expect(throws: StageFailure.self) { try pipeline.run(message, at: Example.now) }
    #expect(refusal?.cause == .tooLarge)
    let read = try pipeline.read(pipeline.identifyAgain(message), message, at: Example.now)
    #expect(read.canonical.objects.count == 1)
  }
}
