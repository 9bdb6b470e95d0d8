import Contract
import Formats
import JSON
import STIX
import Sharing

/// Holds back a delivery that would name its originator where the terms say that nobody is told (`attribution:
/// must-not`): its slug, its name or its identity in the document, or an object that says who created it.
///
/// What cannot be freed of such a name is withheld as a whole: what a reader could tell from it is not ours to guess.
struct Anonymity: Sendable {
  private let isAsked: Bool
  private let names: [String]
  private let hasCreators: Bool

  init(_ configuration: Configuration, _ delivery: PendingDelivery, _ source: DeliverySource) {
    isAsked = delivery.decision.obligations.attribution == .mustNot
    let sender = source.message.sender
    let agency = configuration.agencies[sender]
    names = [sender.slug, agency?.name, agency?.identity].compactMap { $0 }.filter { !$0.isEmpty }
    let objects = source.read.canonical.objects
    // Ids that a reader of another format made are derived from the sender's slug.
    let isDerived = source.read.identified.format != .stix
    hasCreators = isDerived || delivery.decision.keep.contains { objects[$0].value["created_by_ref"] != nil }
  }

  func check(_ document: WrittenDocument) throws(DeliveryPipeline.Refusal) {
    guard isAsked else { return }
    let text = String(decoding: document.bytes, as: UTF8.self).lowercased()
    let isNamed = names.contains { text.contains($0.lowercased()) }
    // A format of another kind has no creators but those that its writer was told.
    guard isNamed || hasCreators && document.format == .stix else { return }
    throw .withheld(
      rule: "cannot-carry-obligation",
      reason: "The recipient may not be told who published this, and the document would tell it.")
  }
}

extension Decision {
  /// Whether every object that it names is among so many.
  func fits(_ count: Int) -> Bool {
    keep.allSatisfy { $0 < count } && withheld.allSatisfy { $0.object < count }
      && removals.allSatisfy { $0.object < count }
  }
}
