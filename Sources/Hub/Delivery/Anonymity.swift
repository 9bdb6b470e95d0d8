import Contract
import Formats
import JSON
import STIX
import Sharing

/// Holds back a delivery that would still name its originator where the terms say that nobody is told: by its slug, its
/// name or its identity. What was rewritten does not; this is the last look at what really leaves.
struct Anonymity: Sendable {
  private let isAsked: Bool
  /// What was decided before such rewriting was known is not rewritten, and stays.
  private let isRewritten: Bool
  private let names: [String]

  init(_ configuration: Configuration, _ delivery: PendingDelivery, _ source: DeliverySource) {
    isRewritten = delivery.decision.hidesSource
    isAsked = isRewritten || delivery.decision.obligations.attribution == .mustNot
    names = isAsked ? Self.names(of: source.message.sender, configuration) : []
  }

  /// How a document could name an agency.
  static func names(of agency: AgencyID, _ configuration: Configuration) -> [String] {
    let known = configuration.agencies[agency]
    return [agency.slug, known?.name, known?.identity].compactMap(\.self).filter { !$0.isEmpty }
  }

  func check(_ document: WrittenDocument) throws(DeliveryPipeline.Refusal) {
    guard isAsked else { return }
    let text = String(decoding: document.bytes, as: UTF8.self).lowercased()
    guard document.isOriginal || !isRewritten || names.contains(where: { text.contains($0.lowercased()) }) else {
      return
    }
    throw .withheld(
      rule: "cannot-carry-obligation",
      reason: "The recipient may not be told who published this, and the document would tell it.")
  }
}

extension Decision {
  /// Whether every object that it names is among so many.
  func fits(_ count: Int) -> Bool {
    keep.allSatisfy { $0 < count } && withheld.allSatisfy { $0.object < count }
      && (removals + redactions).allSatisfy { $0.object < count } && rewrites.allSatisfy { $0.object < count }
  }
}

extension HubKeys {
  /// For pseudonyms and the ids of what is changed: one that signs or compares nothing else.
  var pseudonymKey: [UInt8] { authenticate([Array("pseudonyms".utf8)]) }
}
