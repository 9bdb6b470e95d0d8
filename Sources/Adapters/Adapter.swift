package import Contract
package import JSON
package import STIX

/// Reads a format into STIX 2.1 and writes it from STIX 2.1, and says what a translation loses.
///
/// All three are functions of their arguments: equal input gives equal bytes. A document that is read has passed the
/// validation of its format; a document that is written passes it.
package protocol Adapter: Sendable {
  var format: FormatID { get }
  /// What it can do; the rest throws.
  var abilities: Set<AdapterAbility> { get }
  /// What writing loses by nature; tests hold these to what examples really lose.
  var naturalLosses: [NaturalLoss] { get }

  /// The canonical bundle of a document; each object of it knows where in the document it came from.
  func read(_ document: JSONDocument, origin: Origin) throws(AdapterFailure) -> Translation<STIXBundle>

  /// A document of this format that says what the bundle says: everything in the bundle may be said.
  func write(_ bundle: STIXBundle, terms: OutgoingTerms) throws(AdapterFailure) -> Translation<[UInt8]>

  /// Where in the document a place of an object that was read from it stands.
  ///
  /// `pointer` leads into the object. What stands nowhere by itself follows from other places, or from none.
  func source(of pointer: JSONPointer, in object: STIXObject, of document: JSONDocument) -> PropertySource

  /// The sender's own document, reduced to the objects whose indexes are kept, with what is replaced; residue goes too.
  ///
  /// The pointers of `replacing` lead into the canonical document, as `STIXBundle.location(of:_:)` makes them. What is
  /// replaced changes at its source, and so everywhere that follows from there. A place that stands nowhere by itself
  /// takes its object along, unless what it follows from changes too. References that are removed go with their targets.
  func prune(
    _ document: JSONDocument, bundle: STIXBundle, keeping: [Int], replacing: [JSONPointer: Replacement]
  ) throws(AdapterFailure) -> Translation<[UInt8]>
}

extension Adapter {
  package var naturalLosses: [NaturalLoss] { [] }

  /// Nothing stands by itself: only whole objects can go.
  package func source(of pointer: JSONPointer, in object: STIXObject, of document: JSONDocument) -> PropertySource {
    .follows(from: object.sources)
  }
}

/// What an adapter can do with its format.
package enum AdapterAbility: String, Sendable, CaseIterable {
  case read, write, prune
}

/// What takes the place of a value that may not be shared.
package enum Replacement: Sendable, Equatable {
  /// Nothing: the member or the entry of a list goes.
  case removed
  /// This JSON text.
  case value([UInt8])
}

/// Where a message came from: what stands in for times and ids that its format lacks and STIX requires.
package struct Origin: Sendable, Equatable {
  package var sender: AgencyID
  package var messageID: String
  package var acceptedAt: Instant

  package init(sender: AgencyID, messageID: String, acceptedAt: Instant) {
    self.sender = sender
    self.messageID = messageID
    self.acceptedAt = acceptedAt
  }
}

/// What a written document has to carry beside its content.
package struct OutgoingTerms: Sendable, Equatable {
  /// One obligation of the recipient: `onward`, `none`.
  package struct Obligation: Sendable, Equatable {
    package var name: String
    package var value: String

    package init(_ name: String, _ value: String) {
      self.name = name
      self.value = value
    }
  }

  /// The strictest marking of what is delivered; no part of the document is marked wider than its own object was.
  package var tlp: TLP
  package var obligations: [Obligation]
  /// Who published the message; nil where the attribution is withheld.
  package var sender: AgencyID?
  /// When the message was accepted: the time of a document whose objects have none.
  package var acceptedAt: Instant

  package init(tlp: TLP, obligations: [Obligation] = [], sender: AgencyID?, acceptedAt: Instant) {
    self.tlp = tlp
    self.obligations = obligations
    self.sender = sender
    self.acceptedAt = acceptedAt
  }
}

extension STIXBundle {
  /// Where an object, or a place in it, stands in the canonical document.
  package func location(of object: Int, _ pointer: JSONPointer = .root) -> JSONPointer {
    let isBundle = document.root["type"]?.isString("bundle") ?? false
    return isBundle ? JSONPointer(tokens: ["objects", String(object)] + pointer.tokens) : pointer
  }
}
