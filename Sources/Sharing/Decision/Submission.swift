package import Contract
package import STIX

/// All that a decision is made of besides the configuration: a message as it was read, and what its sender set.
///
/// What a sender sets can narrow and never widen: ``named`` restricts to those agencies, ``tlp`` makes labels
/// stricter, ``purpose`` and ``legalBasis`` must be among those agreed.
package struct Submission: Sendable {
  package var sender: AgencyID
  package var kind: MessageKind
  package var lane: Lane
  package var bundle: STIXBundle
  /// False where the document has parts that were not read: they leave with nobody, so that nothing is ever whole.
  package var residueFree: Bool
  /// From `entente-recipients`; nil where the sender named none.
  package var named: Set<AgencyID>?
  /// From `entente-tlp`.
  package var tlp: TLP?
  /// From `entente-purpose`.
  package var purpose: String?
  /// From `entente-legal-basis`.
  package var legalBasis: String?
  package var exercise: Bool
  /// How it came to the sender, where the sender says that it is not its own.
  package var provenance: Provenance
  /// When the message was accepted: later than that by ``at`` where it is decided again.
  package var acceptedAt: Instant
  package var at: Instant

  package init(
    sender: AgencyID, kind: MessageKind, lane: Lane, bundle: STIXBundle, residueFree: Bool = true,
    named: Set<AgencyID>? = nil, tlp: TLP? = nil, purpose: String? = nil, legalBasis: String? = nil,
    exercise: Bool = false, provenance: Provenance = Provenance(), acceptedAt: Instant? = nil, at: Instant
  ) {
    self.provenance = provenance
    self.acceptedAt = acceptedAt ?? at
    self.sender = sender
    self.kind = kind
    self.lane = lane
    self.bundle = bundle
    self.residueFree = residueFree
    self.named = named
    self.tlp = tlp
    self.purpose = purpose
    self.legalBasis = legalBasis
    self.exercise = exercise
    self.at = at
  }
}

/// The way of a message before its sender: what a peer hub says in `entente-origin`, `entente-hops`,
/// `entente-maximum-hops`, `entente-via` and `entente-obligations`. It can narrow and never widen.
package struct Provenance: Sendable, Equatable {
  /// Whose message it was first.
  package var origin: AgencyID?
  /// How often it has changed hands before it came here.
  package var hops: Int
  /// How often it may.
  package var maximumHops: Int?
  /// It has been in this hub before.
  package var isLoop: Bool
  /// What the sender owes for it, and everybody who gets it from here.
  package var duties: Obligations
  /// Objects, by their place in the bundle, that left this hub before for a peer.
  package var returned: Set<Int>

  package init(
    origin: AgencyID? = nil, hops: Int = 0, maximumHops: Int? = nil, isLoop: Bool = false,
    duties: Obligations = Obligations(), returned: Set<Int> = []
  ) {
    self.origin = origin
    self.hops = hops
    self.maximumHops = maximumHops
    self.isLoop = isLoop
    self.duties = duties
    self.returned = returned
  }

  /// Whether nothing was said of any way before the sender. What left this hub before is told of each object.
  var isPlain: Bool {
    origin == nil && hops == 0 && maximumHops == nil && !isLoop && duties == Obligations()
  }

  /// Whether the message is somebody else's than its sender's, whoever that is.
  func isForeign(to sender: AgencyID) -> Bool {
    origin.map { $0 != sender } ?? (hops > 0 || duties.onward != nil)
  }
}

/// A word of a policy in the form that it is compared in.
struct ComparableWord: Equatable {
  let text: String

  init(_ word: String) {
    let words = word.lowercased().split(whereSeparator: \.isWhitespace)
    text = words.joined(separator: " ")
  }
}
