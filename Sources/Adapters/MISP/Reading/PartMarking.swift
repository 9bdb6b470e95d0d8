import JSON
import STIX

/// How a part of an event is marked: a label of TLP, and whatever else restricts it.
struct PartMarking: Equatable {
  var tlp: TLP?
  /// Ids of statements: labels that nobody knows, and sharing groups.
  var others: [String] = []

  var ids: [String] { [tlp?.markingID].compactMap(\.self) + others }

  /// Both hold.
  func combined(with other: PartMarking) -> PartMarking {
    var both = self
    both.tlp = [tlp, other.tlp].compactMap(\.self).max()
    for id in other.others where !both.others.contains(id) { both.others.append(id) }
    return both
  }
}

extension EventReading {
  /// The event's own tags; without a label of TLP its distribution says who may have it.
  func eventMarking(_ event: SourceEvent) -> PartMarking {
    marking(event.context.tags, distribution: event.distribution, group: event.group)
  }

  /// The strictest of what the event says and what its part says.
  func partMarking(
    _ tags: [SourceTag], distribution: Int64?, group: SourceSharingGroup?
  ) -> PartMarking {
    if tags.isEmpty, distribution == nil || distribution == 5 || distribution == event?.distribution, group == nil {
      return marking
    }
    let own = marking(tags, distribution: distribution == event?.distribution ? nil : distribution, group: group)
    return marking.combined(with: own)
  }

  private func marking(_ tags: [SourceTag], distribution: Int64?, group: SourceSharingGroup?) -> PartMarking {
    var marking = PartMarking()
    for tag in tags where MISPTag.isMarking(tag.name) {
      if let tlp = TLP(label: tag.name) {
        marking.tlp = max(marking.tlp ?? tlp, tlp)
      } else {
        marking.others.append(define(statement: tag.name.lowercased()))
      }
    }
    if marking.ids.isEmpty, let distribution { marking.tlp = Self.tlp(of: distribution) }
    if let group, distribution == 4 {
      let names = group.members.map { "\($0.name) (\($0.uuid))" }.joined(separator: ", ")
      marking.others.append(
        define(statement: "MISP sharing group \(group.name) (\(group.uuid))" + (names.isEmpty ? "" : ": \(names)")))
    }
    return marking
  }

  /// Who may have what is not labelled, from how far its instance would pass it on; never everybody.
  private static func tlp(of distribution: Int64) -> TLP? {
    switch distribution {
    case 0: .amberStrict
    case 4: .amber
    case 1, 2, 3: .green
    default: nil
    }
  }

  private func define(statement: String) -> String {
    let id = "marking-definition--" + MISPID.uuid("statement", statement)
    var writer = JSONWriter()
    writer.object { object in
      object.member("type", "marking-definition")
      object.member("spec_version", "2.1")
      object.member("id", id)
      object.member("created", "2022-10-01T00:00:00.000Z")
      object.member("definition_type", "statement")
      object.member("definition") { $0.object { $0.member("statement", statement) } }
    }
    reading.define(id, writer.text)
    return id
  }

  /// The tags that are labels: neither markings, nor those of clusters that stand in the event.
  func labels(_ tags: [SourceTag]) -> [String] {
    var labels: [String] = []
    for tag in tags where !MISPTag.isMarking(tag.name) && clusterByTag[tag.name] == nil {
      if !labels.contains(tag.name) { labels.append(tag.name) }
    }
    return labels
  }

  /// How sure the analyst is, by the tags of MISP's own taxonomy; the least of several.
  static func confidence(_ tags: [SourceTag]) -> Int? {
    tags.compactMap { confidences[$0.name] }.min()
  }

  private static let confidences: [String: Int] = [
    "misp:confidence-level=\"completely-confident\"": 100, "misp:confidence-level=\"usually-confident\"": 75,
    "misp:confidence-level=\"fairly-confident\"": 50, "misp:confidence-level=\"rarely-confident\"": 25,
    "misp:confidence-level=\"unconfident\"": 0,
  ]
}
