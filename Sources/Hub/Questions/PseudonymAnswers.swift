package import Contract
import JSON
import Ledger
import STIX
import Sharing

/// What a pseudonym, or the keyed id of a changed object, stands for: told to the originator alone.
package struct ResolvedPseudonym: Sendable, Equatable {
  /// What the originator sent.
  package let value: String
  /// The object that it stands in, by the originator's own id, and where in it.
  package let object: String
  package let place: String
  package let messageID: String
  /// Who has it under that word.
  package let recipient: AgencyID
}

extension ResolvedPseudonym {
  package static func lines(_ found: [ResolvedPseudonym], width: Int = PlainText.width) -> [String] {
    var table = TextTable([
      .init("value", widest: 60), .init("known to", widest: 24), .init("message", widest: 40),
      .init("where", widest: width),
    ])
    for one in found {
      table.rows.append([
        one.value.printable.cut(to: 60), one.recipient.slug, one.messageID.printable.cut(to: 40),
        "\(one.place) of \(one.object)",
      ])
    }
    return table.lines(width: width)
  }
}

extension HubHome {
  /// What a word stands for in messages that an agency sent itself, each value once for each recipient; nothing where it
  /// is none, or stands for what others sent.
  ///
  /// No table of pseudonyms is kept: those of the values that the originator sent are made again and compared.
  package func resolve(_ word: String, for originator: AgencyID, since: Instant) async throws -> [ResolvedPseudonym] {
    var found: [ResolvedPseudonym] = []
    var last: Int64 = 0
    while true {
      let isID = STIXID(word) != nil
      let rows =
        isID
        ? try await ledger.acceptedMessages(holding: [ObjectIndex(keys).key(of: word)], after: last, since: since)
        : try await ledger.acceptedMessages(after: last, since: since)
      guard let end = rows.last else { return found }
      last = end.id
      for row in rows where row.sender == originator {
        let deliveries = try await ledger.deliveries(of: row.id).filter { $0.confirmedAt != nil }
        let decisions = deliveries.compactMap { try? Decision(decoding: $0.decision) }.filter { !$0.isWhole }
        guard !decisions.isEmpty, let source = try await source(row) else { continue }
        for decision in decisions where decision.fits(source.read.canonical.objects.count) {
          for hit in resolve(word, decision, source) {
            let answer = ResolvedPseudonym(
              value: hit.value, object: hit.object, place: hit.place, messageID: row.messageID,
              recipient: decision.recipient)
            let isNew = !found.contains { $0.value == answer.value && $0.recipient == answer.recipient }
            if isNew { found.append(answer) }
          }
        }
      }
    }
  }

  private func resolve(
    _ word: String, _ decision: Decision, _ source: DeliverySource
  ) -> [(value: String, object: String, place: String)] {
    let bundle = source.read.canonical
    let pseudonyms = Pseudonyms(key: keys.pseudonymKey, recipient: decision.recipient)
    var hits: [(value: String, object: String, place: String)] = []
    for rewrite in decision.rewrites where rewrite.treatment == .pseudonymise || rewrite.treatment == .truncate {
      let object = bundle.objects[rewrite.object]
      guard let value = object.value.at(rewrite.pointer)?.string,
        pseudonyms.word(for: value, rewrite.form).lowercased() == word.lowercased()
      else { continue }
      hits.append((value, object.id, rewrite.pointer.description))
    }
    let redactor = Redactor(
      decision, of: bundle, pseudonyms: pseudonyms, hub: configuration.settings.name, acceptedAt: source.acceptedAt,
      sourceNames: [])
    for index in redactor.changed.sorted() where redactor.id(of: index) == word.lowercased() {
      hits.append((bundle.objects[index].id, bundle.objects[index].id, "/id"))
    }
    return hits
  }
}
