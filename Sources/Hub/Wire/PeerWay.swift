package import AMQP
package import Contract
import STIX
package import Sharing

/// What a peer hub says of a message's way before it: `entente-origin`, `entente-hops`, `entente-maximum-hops`,
/// `entente-via`, and the duties that came with it. All of it narrows.
package struct PeerWay: Sendable, Equatable {
  package var origin: AgencyID?
  package var hops = 0
  package var maximumHops: Int?
  /// The hubs that it went through, in order.
  package var via: [String] = []
  package var duties = Obligations()
  /// Objects, by their place, that left this hub before: found by the hub itself, said by nobody.
  package var returned: Set<Int> = []

  package init() {}

  /// - Throws: ``StageFailure`` of the stage `envelope` where something is not understood: what is not understood cannot
  ///   be kept to.
  package init(reading table: AMQPTable) throws(StageFailure) {
    func text(_ key: String) throws(StageFailure) -> String? {
      guard let value = table[key] else { return nil }
      return try SenderHeaderReader.text(value, of: key).trimmed
    }
    func count(_ key: String) throws(StageFailure) -> Int? {
      guard let text = try text(key) else { return nil }
      guard let count = Int(text), (0...1000).contains(count) else {
        throw Self.invalid(key, text, "a number from 0 to 1000")
      }
      return count
    }
    // A delivery that goes on as it is names its originator as its sender.
    for key in [HeaderKeys.origin, HeaderKeys.sender] where origin == nil {
      guard let text = try text(key) else { continue }
      guard let agency = AgencyID(text) else { throw Self.invalid(key, text, "an agency's id") }
      origin = agency
    }
    maximumHops = try count(HeaderKeys.maximumHops)
    hops = try count(HeaderKeys.hops) ?? 0
    via = (try text(HeaderKeys.via) ?? "").split(separator: ",").map { String($0).trimmed.lowercased() }
    for part in (try text(HeaderKeys.obligations) ?? "").split(separator: ";") {
      let sides = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map { String($0).trimmed }
      guard sides.count == 2, duties.take(sides[0], sides[1]) else {
        throw Self.invalid(HeaderKeys.obligations, String(part).trimmed, "obligations as a hub writes them")
      }
    }
  }

  private static func invalid(_ key: String, _ text: String, _ expected: String) -> StageFailure {
    StageFailure(.envelope, .headerInvalid, "The header \(key) says '\(text.shortened)'; expected is \(expected).")
  }

  /// As the decision takes it, at a hub of this name.
  func provenance(at hub: String) -> Provenance {
    Provenance(
      origin: origin, hops: hops, maximumHops: maximumHops, isLoop: via.contains(hub.lowercased()), duties: duties,
      returned: returned)
  }

  /// What a delivery to a peer hub says: the way so far and this hub.
  ///
  /// - Parameter sender: nil where nobody may be told whose it is.
  func headers(from sender: AgencyID?, at hub: String, maximumHops own: Int?) -> [String: String] {
    var headers = [HeaderKeys.hops: String(hops + 1), HeaderKeys.via: (via + [hub]).joined(separator: ",")]
    if let sender { headers[HeaderKeys.origin] = (origin ?? sender).slug }
    if let most = [maximumHops, own.map { hops + $0 }].compactMap(\.self).min() {
      headers[HeaderKeys.maximumHops] = String(most)
    }
    return headers
  }
}

extension Obligations {
  /// Takes one duty as ``named`` writes it; false where it is none that is known.
  mutating func take(_ name: String, _ value: String) -> Bool {
    switch name {
    case "onward":
      onward = Onward(rawValue: value)
      return onward != nil
    case "retention-days":
      retentionDays = Int(value)
      return retentionDays ?? 0 > 0
    case "pap":
      pap = PAP(label: value)
      return pap != nil
    case "attribution":
      attribution = Attribution(rawValue: value)
      return attribution != nil
    case "embargo-until":
      embargoUntil = Moment.read(value)
      return embargoUntil != nil
    case "purposes":
      purposes = value.split(separator: ",").map(String.init)
      return true
    default: return false
    }
  }
}
