import AMQP
import Contract
import JSON
import STIX
import Sharing
import Testing

@testable import Hub

/// The way of a message through hubs, from headers to headers.
@Suite struct PeerWayTests {
  private func table(_ headers: [String: String]) -> AMQPTable {
    var table = AMQPTable()
    for (key, value) in headers { table[key] = .string(value) }
    return table
  }

  @Test func `an agency that is no hub says nothing of a way: each such header is refused`() {
    for key in HeaderKeys.readFromPeers.union(HeaderKeys.ignoredFromPeers).sorted() {
      #expect(throws: StageFailure.self) { try SenderHeaderReader.read(table([key: "1"])) }
    }
  }

  @Test(
    arguments: [
      (HeaderKeys.origin, "No Slug"), (HeaderKeys.sender, ""), (HeaderKeys.hops, "-1"), (HeaderKeys.hops, "many"),
      (HeaderKeys.hops, "99999999999999999999"), (HeaderKeys.maximumHops, "1.5"), (HeaderKeys.obligations, "onward"),
      (HeaderKeys.obligations, "onward=nobody"), (HeaderKeys.obligations, "onward=none; secrecy=total"),
      (HeaderKeys.obligations, "retention-days=0"), (HeaderKeys.obligations, "embargo-until=tomorrow"),
      (HeaderKeys.obligations, "pap=PAP:BLUE"), ("entente-new", "1"),
    ])
  func `what is not understood of a peer is refused, since it could not be kept to`(_ key: String, _ value: String) {
    #expect(throws: StageFailure.self) { try SenderHeaderReader.read(table([key: value]), isPeer: true) }
  }

  @Test func `a delivery that a peer sends on as it is tells its way and its duties, and the ledger keeps them`() throws
  {
    let headers = table([
      HeaderKeys.sender: "gamma", HeaderKeys.hops: " 2 ", HeaderKeys.maximumHops: "3", HeaderKeys.via: "North, south",
      HeaderKeys.obligations: "onward=named; retention-days=30; pap=PAP:AMBER; purposes=detection,response",
      HeaderKeys.revision: "1", HeaderKeys.hubSignature: "x", HeaderKeys.losses: "2 meaning",
      HeaderKeys.tlp: "TLP:GREEN",
    ])
    let read = try SenderHeaderReader.read(headers, isPeer: true)
    #expect(read.way.origin == AgencyID("gamma") && read.way.hops == 2 && read.way.maximumHops == 3)
    #expect(read.way.via == ["north", "south"] && read.tlp == .green)
    let expected = Obligations(onward: .named, retentionDays: 30, pap: .amber, purposes: ["detection", "response"])
    #expect(read.way.duties == expected)
    let kept = try JSONDocument(SenderHeaderReader.canonicalJSON(headers))
    #expect(try SenderHeaderReader.read(AMQPTable(canonical: kept.root), isPeer: true) == read)
  }

  @Test func `a loop is told by this hub's name in any letter case, and by no part of it`() throws {
    let way = try PeerWay(reading: table([HeaderKeys.via: "north,South"]))
    for (hub, isLoop) in [("south", true), ("NORTH", true), ("nor", false), ("", false), ("north,south", false)] {
      #expect(way.provenance(at: hub).isLoop == isLoop)
    }
  }

  @Test func `each hub adds itself and a hop, keeps the first origin, and the stricter maximum`() throws {
    let first = PeerWay().headers(from: .known("alpha"), at: "north", maximumHops: 3)
    #expect(first[HeaderKeys.origin] == "alpha" && first[HeaderKeys.hops] == "1" && first[HeaderKeys.via] == "north")
    #expect(first[HeaderKeys.maximumHops] == "3")
    let second = try PeerWay(reading: table(first)).headers(from: .known("north"), at: "south", maximumHops: 1)
    #expect(second[HeaderKeys.origin] == "alpha" && second[HeaderKeys.hops] == "2")
    #expect(second[HeaderKeys.via] == "north,south" && second[HeaderKeys.maximumHops] == "2")
    // Where nobody may be told whose it is, no hub says so, and the origin that a peer told is not told on.
    #expect(
      try PeerWay(reading: table(first)).headers(from: nil, at: "south", maximumHops: nil)[HeaderKeys.origin] == nil)
  }
}
