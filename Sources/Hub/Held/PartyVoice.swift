package import Contract
import Sharing

/// A party that releases what an arrangement says is its to release.
///
/// Where the party's file has a policy key, its signature over this one delivery is asked for; where it has none, the
/// operator's word stands, and the ledger says so.
package struct PartyVoice: Sendable {
  package enum Word: Sendable {
    case none
    /// The party's private key, which signs here and now.
    case key([UInt8])
    /// A signature that the party made elsewhere, in base 64.
    case signature(String)
  }

  package let party: AgencyID
  package let word: Word

  package init(_ party: AgencyID, _ word: Word = .none) {
    self.party = party
    self.word = word
  }

  /// How the party said so.
  struct Proof: Sendable {
    let party: AgencyID
    let key: String?
    let signature: String?

    var sentence: String { key.map { "\(party) with its key \($0)" } ?? "\(party), which has no policy key" }
  }

  func proof(for delivery: String, _ configuration: Configuration, at time: Instant) throws(StageFailure) -> Proof {
    guard let agency = configuration.agencies[party] else {
      throw StageFailure(.decide, .rule, "There is no agency \(party).")
    }
    let signature: String?
    switch word {
    case .none: signature = nil
    case .key(let key): signature = ReleaseSignature.make(delivery: delivery, key: key)
    case .signature(let text): signature = text
    }
    // Keys that have ended do not make a word enough again.
    guard agency.keys.contains(where: { $0.use == .policy }) else {
      return Proof(party: party, key: nil, signature: nil)
    }
    guard let signature else {
      throw StageFailure(
        .decide, .rule,
        "\(party) has a policy key, so a release in its name is signed: give --key FILE, or --signature with what the "
          + "party made of the text '\(ReleaseSignature.message(delivery: delivery))'.")
    }
    guard let key = ReleaseSignature.key(of: signature, over: delivery, agency, at: time) else {
      throw StageFailure(
        .decide, .rule,
        "The signature is not one of a policy key of \(party) over '\(ReleaseSignature.message(delivery: delivery))'.")
    }
    return Proof(party: party, key: key, signature: signature)
  }
}
