import STIX

extension STIXBundle {
  /// The label of an object in a delivery; where it has none, the delivery's.
  func label(of object: STIXObject, _ terms: OutgoingTerms) -> TLP {
    let markings = object.markings
    return switch markings.reading() {
    case .tlp(let tlp): markings.literal.map { $0 <= terms.tlp } ?? false ? min(tlp, terms.tlp) : tlp
    case .none: terms.tlp
    case .unknown: max(terms.tlp, markings.strictest ?? .red)
    }
  }

  /// The strictest label of all that is said; never wider than that of any part.
  func label(_ terms: OutgoingTerms) -> TLP {
    let content = objects.filter { !$0.isDefinition }
    return content.map { label(of: $0, terms) }.max() ?? terms.tlp
  }
}

extension LossAccount {
  /// Markings beside TLP, which formats with one word for it cannot say.
  mutating func loseOtherMarkings(_ bundle: STIXBundle, why: String) {
    let labels = bundle.labels
    for object in bundle.objects where labels[object.index].saysMore && !object.isDefinition {
      for text in object.markings.unknown + object.markings.additional {
        add(
          .obligation, object, object.property("object_marking_refs"), what: "the marking \(text)", why: why)
      }
    }
  }
}
