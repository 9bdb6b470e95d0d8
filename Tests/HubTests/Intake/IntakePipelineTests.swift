import Contract
import Sharing
import Testing

@testable import Hub

@Suite struct `The intake pipeline` {
  private let pipeline: IntakePipeline

  init() throws {
    pipeline = IntakePipeline(configuration: try Example.configuration(), keys: try testKeys().keys)
  }

  private func message(
    _ body: [UInt8], from sender: String = "us-cisa", type: String? = nil, contentType: String? = nil,
    headers: SenderHeaders = SenderHeaders()
  ) -> IncomingMessage {
    IncomingMessage(
      sender: .known(sender), messageID: "m-1", isDerivedID: false, publishedLane: .threat, body: body, type: type,
      contentType: contentType, headers: headers, headersJSON: Array("{}".utf8), isRedelivered: false)
  }

  private func failure(_ message: IncomingMessage) throws -> StageFailure {
    try #require(throws: StageFailure.self) { try pipeline.run(message, at: Example.now) }
  }

  struct Refusal: CustomTestStringConvertible, Sendable {
    var name: String
    var body: [UInt8]
    var type: String?
    var contentType: String?
    var cause: FailureCause
    var testDescription: String { name }
  }

  static let refusals: [Refusal] = [
    Refusal(name: "an empty body", body: [], cause: .empty),
    Refusal(name: "no JSON", body: Array("hello".utf8), cause: .notJSON),
    Refusal(name: "XML", body: Array("<a/>".utf8), cause: .unknownFormat),
    Refusal(name: "not UTF-8", body: [0x22, 0xFF, 0x22], cause: .notUTF8),
    Refusal(
      name: "200 levels deep", body: Array(String(repeating: "[", count: 200).utf8), cause: .tooDeep),
    Refusal(name: "the same key twice", body: Array(#"{"type":"bundle","type":"bundle"}"#.utf8), cause: .duplicateKey),
    Refusal(name: "a number beyond all numbers", body: Array(#"{"a":1e999}"#.utf8), cause: .numberOutOfRange),
    Refusal(name: "a format that nobody knows", body: Array(#"{"hello":1}"#.utf8), cause: .unknownFormat),
    Refusal(
      name: "a content type of something else", body: Array(#"{"type":"bundle"}"#.utf8), contentType: "text/csv",
      cause: .contentTypeMismatch),
    Refusal(
      name: "a type of another format",
      body: Array(#"{"type":"bundle","id":"bundle--b0d1e000-4a2b-4f3c-9d5e-6f7a8b9c0d01"}"#.utf8),
      type: "misp/event", cause: .typeMismatch),
    Refusal(
      name: "STIX 2.0",
      body: Array(
        #"{"type":"bundle","id":"bundle--b0d1e000-4a2b-4f3c-9d5e-6f7a8b9c0d01","spec_version":"2.0","objects":[]}"#.utf8
      ),
      cause: .unsupportedVersion),
  ]

  @Test(arguments: refusals)
  func `refuses what it cannot take, and says why`(_ refusal: Refusal) throws {
    let failure = try failure(message(refusal.body, type: refusal.type, contentType: refusal.contentType))
    #expect(failure.cause == refusal.cause)
    #expect(failure.isPermanent)
    #expect(failure.detail.count > 20)
  }

  @Test func `refuses a format that is not among those that the sender sends`() throws {
    let failure = try failure(message(try Example.message("early-warning.json"), from: "us-cisa"))
    #expect(failure.cause == .formatNotAgreed)
    #expect(failure.detail.contains("nis2"))
    #expect(failure.detail.contains("us-cisa"))
  }

  @Test func `names field and rule of an object that is wrong`() throws {
    let failure = try failure(message(try Example.message("malformed.json")))
    #expect(failure.stage == .validate)
    #expect(failure.location?.hasPrefix("/objects/") == true)
    #expect(failure.rule != nil)
  }

  @Test func `gives one decision to each agency that a grant from the sender names, and to no other`() throws {
    let judged = try pipeline.run(message(try Example.message("gridworm.json")), at: Example.now)
    let outcomes = judged.decisions.map { "\($0.recipient) \($0.outcome.rawValue) \($0.keep.count)" }
    #expect(outcomes == ["eu-enisa redact 10", "nl-ncsc redact 7", "pl-cert-polska redact 7"])
    #expect(judged.formats[.known("pl-cert-polska")] == .misp)
  }

  @Test func `tells the sender of names that are no recipients, unknown and ungranted alike`() throws {
    var headers = SenderHeaders()
    headers.recipients = [.known("eu-enisa"), .known("sea-cert"), .known("nobody-known")]
    headers.strangers = ["Not A Slug"]
    let message = message(try Example.message("gridworm.json"), headers: headers)
    let notes = try pipeline.run(message, at: Example.now).notes(for: message)
    #expect(notes == ["not a recipient: Not A Slug", "not a recipient: nobody-known", "not a recipient: sea-cert"])
  }

  @Test func `sends a message on the wrong lane along the lane of its kind, and says so`() throws {
    let message = message(try Example.message("early-warning.json"), from: "nl-ncsc")
    let judged = try pipeline.run(message, at: Example.now)
    #expect(judged.read.kind == .earlyWarning)
    #expect(judged.notes(for: message).first?.contains("incident lane") == true)
  }
}
