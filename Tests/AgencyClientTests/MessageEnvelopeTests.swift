import AMQP
import Contract
import Testing

@testable import AgencyClient

@Suite struct MessageEnvelopeTests {
  @Test(arguments: ["", "\n", "{}\nbody", "{\"lane\":\"fast\"}\nbody", "{\"lane\":\"threat\"}", "[1]\n"])
  func `what is no envelope is nothing`(_ text: String) {
    #expect(MessageEnvelope.read(Array(text.utf8)) == nil)
  }

  @Test func `everything comes back as it was`() throws {
    let message = OutgoingMessage(
      body: [0, 10, 13, 255] + Array("{}\n".utf8), lane: .incident, topic: "a.b", messageID: "m \"1\"\n",
      type: MessageType("nis2/early-warning"), contentType: "application/json",
      recipients: [try #require(AgencyID("eu-enisa")), try #require(AgencyID("pl-cert"))], tlp: "TLP:AMBER+STRICT",
      purpose: "p", legalBasis: "l", caseReference: "c", isExercise: true, signature: "s", traceparent: "t")
    #expect(MessageEnvelope.read(MessageEnvelope.write(message)) == message)
    let bare = OutgoingMessage(body: [], lane: .threat)
    #expect(MessageEnvelope.read(MessageEnvelope.write(bare)) == bare)
  }

  @Test func `the headers are those of the contract`() throws {
    let message = OutgoingMessage(
      body: [1], lane: .threat, topic: "feed", messageID: "m", type: MessageType("stix/indicators"),
      contentType: "application/json", recipients: [try #require(AgencyID("eu-enisa"))], tlp: "TLP:GREEN",
      isExercise: true)
    let publish = message.publish
    #expect(publish.exchange == "outbox")
    #expect(publish.routingKey == "threat.feed")
    #expect(publish.message.properties.deliveryMode == 2)
    #expect(publish.message.properties.messageID == "m")
    #expect(publish.message.properties.type == "stix/indicators")
    #expect(
      publish.message.properties.headers
        == ["entente-exercise": "true", "entente-recipients": "eu-enisa", "entente-tlp": "TLP:GREEN"])
    for (key, _) in message.headers where key.hasPrefix(HeaderKeys.prefix) {
      #expect(HeaderKeys.allowedFromSender.contains(key))
    }
    #expect(OutgoingMessage(body: [], lane: .incident).publish.message.properties.headers == nil)
  }
}
