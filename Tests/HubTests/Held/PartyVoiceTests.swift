import Contract
import Crypto
import Sharing
import Testing

@testable import Hub

/// Whose word releases a hold.
@Suite struct PartyVoiceTests {
  private let alpha = AgencyID.known("alpha")
  private let now = Example.now

  private func configuration(_ keys: [AgencyKey]) -> Configuration {
    Configuration(agencies: [Agency(id: alpha, name: "Alpha", keys: keys)], arrangements: [])
  }

  private func key(_ key: Curve25519.Signing.PrivateKey, _ use: AgencyKey.Use, until: Instant? = nil) -> AgencyKey {
    AgencyKey(id: "k", use: use, publicKey: Array(key.publicKey.rawRepresentation), validTo: until)
  }

  @Test func `a party with a policy key is believed by its signature over this delivery alone`() throws {
    let own = Curve25519.Signing.PrivateKey()
    let other = Curve25519.Signing.PrivateKey()
    let known = configuration([key(own, .policy)])
    let bytes = Array(own.rawRepresentation)
    let words: [PartyVoice.Word] = [
      .none, .key(Array(other.rawRepresentation)), .key([1, 2, 3]), .signature(""), .signature("AAAA"),
      .signature(try #require(ReleaseSignature.make(delivery: "another", key: bytes))),
    ]
    for word in words {
      #expect(throws: StageFailure.self) { try PartyVoice(alpha, word).proof(for: "d-1", known, at: now) }
    }
    let elsewhere = try #require(ReleaseSignature.make(delivery: "d-1", key: bytes))
    for word in [PartyVoice.Word.key(bytes), .signature(elsewhere)] {
      #expect(try PartyVoice(alpha, word).proof(for: "d-1", known, at: now).key == "k")
    }
    // A key that has ended makes no word enough again; without any the operator's word stands, and the ledger says so.
    let ended = configuration([key(own, .policy, until: now)])
    for word in [PartyVoice.Word.none, .key(bytes)] {
      #expect(throws: StageFailure.self) { try PartyVoice(alpha, word).proof(for: "d-1", ended, at: now) }
    }
    let proof = try PartyVoice(alpha).proof(for: "d-1", configuration([key(own, .message)]), at: now)
    #expect(proof.key == nil && proof.sentence.contains("no policy key"))
    #expect(throws: StageFailure.self) {
      try PartyVoice(.known("beta"), .key(bytes)).proof(for: "d-1", known, at: now)
    }
  }
}
