import AMQP
import Adapters
import Contract
import Formats
import JSON
import STIX
import Testing

@testable import Hub

/// STIX 2.0 is taken where the agency's file says so.
@Suite struct `STIX 2.0 at the hub` {
  static let bundle = """
    {"type":"bundle","id":"bundle--b0d1e000-4a2b-4f3c-9d5e-6f7a8b9c0d01","spec_version":"2.0","objects":[
    {"type":"marking-definition","id":"marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da",
     "created":"2017-01-20T00:00:00.000Z","definition_type":"tlp","definition":{"tlp":"green"}},
    {"type":"indicator","id":"indicator--b0d1e000-4a2b-4f3c-9d5e-6f7a8b9c0d02","created":"2018-01-01T00:00:00.000Z",
     "modified":"2018-01-01T00:00:00.000Z","labels":["malicious-activity"],"valid_from":"2018-01-01T00:00:00Z",
     "pattern":"[ipv4-addr:value = '198.51.100.7']",
     "object_marking_refs":["marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da"]}]}
    """

  @Test func `is refused where the agency's file does not name it`() throws {
    let exchange = try PartnerExchange(sends: "[stix]")
    for type in [nil, "stix", "stix20"] {
      let failure = try exchange.failure(Self.bundle, type: type)
      #expect(failure.cause == .unsupportedVersion)
      #expect(failure.detail.contains("this is STIX 2.0, and only STIX 2.1 is taken"))
    }
  }

  @Test func `becomes STIX 2.1, with what changed told to the sender`() throws {
    let exchange = try PartnerExchange(sends: "[stix, stix20]")
    for type in [nil, "stix", "stix20", "stix20/indicators", "stix/indicators"] {
      let message = exchange.message(Self.bundle, type: type)
      let judged = try exchange.pipeline.run(message, at: Example.now)
      #expect(judged.read.identified.format == .stix20)
      #expect(judged.read.kind == .indicators)
      #expect(judged.notes(for: message).contains { $0.contains("labels are indicator_types at /objects/1/labels") })
      let sealed = try exchange.delivered(message, to: "beta")
      let objects = try #require(try JSONDocument(sealed.message.body).root["objects"])
      #expect(objects[1]?["indicator_types"]?[0]?.string == "malicious-activity")
      #expect(objects[1]?["spec_version"]?.string == "2.1")
      #expect(sealed.losses.contains { $0.what == "labels are indicator_types" })
    }
  }

  @Test func `that would be no valid STIX 2.1 is refused at its own places`() throws {
    let exchange = try PartnerExchange(sends: "[stix, stix20]")
    let failure = try exchange.failure(Self.bundle.replacing("[ipv4-addr:value = ", with: "[ipv4-addr:value ~ "))
    #expect(failure.stage == .validate)
    #expect(failure.location == "/objects/1/pattern")
  }
}
