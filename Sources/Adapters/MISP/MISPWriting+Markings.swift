import JSON
import STIX

/// Markings, statements and obligations as tags, and the distribution that follows from them.
extension MISPWriting {
  /// The label of an object; where it has none, the delivery's. Where AMBER of TLP 1 was agreed to mean AMBER, the
  /// delivery's label is that, and holds.
  func label(of object: STIXObject) -> TLP { label(at: object.index) }

  private func label(at index: Int) -> TLP {
    let label = labels[index]
    if label.isUnknown { return max(terms.tlp, label.strictest ?? .red) }
    guard let tlp = label.strictest else { return terms.tlp }
    return label.literal.map { $0 <= terms.tlp } ?? false ? min(tlp, terms.tlp) : tlp
  }

  func writeMarkings() {
    let strictest = eventLabel()
    let tlp = MISPTag.tlp(strictest)
    event.distribution = distribution(strictest)
    for place in event.attributes.indices where event.attributes[place].tags.contains(tlp) {
      event.attributes[place].tags.removeAll { $0 == tlp }
    }
    for place in event.objects.indices { event.objects[place].tags.removeAll { $0 == tlp } }
    var tags = [tlp]
    for obligation in terms.obligations { tags.append(MISPTag.obligation(obligation)) }
    tags += writeStatements()
    tags += event.tags
    var seen: Set<String> = []
    event.tags = tags.filter { seen.insert($0).inserted }
  }

  /// The strictest label of all; in an event that came from MISP, of what has no tags of its own there, unless the terms
  /// are stricter than everything in it.
  private func eventLabel() -> TLP {
    let content = details.indices.filter { !details[$0].isDefinition }
    let strictest = content.reduce(.clear) { max($0, label(at: $1)) }
    guard let frame, terms.tlp <= strictest else { return max(strictest, terms.tlp) }
    let untagged = content.map { bundle.objects[$0] }.filter { object in
      if details[object.index].isObservable { return !isWritten[object.index] }
      let kind = kept(object)?["kind"]?.string
      if kind == "proposal" { return object.value["x_misp_proposal_for_ref"] == nil }
      return kind == "cluster" || (kind == nil && attributes(of: place(of: object)).isEmpty)
    }
    return untagged.map { label(of: $0) }.reduce(label(of: frame), max)
  }

  /// Markings that are statements become tags; those that nobody here can read are lost as obligations.
  private func writeStatements() -> [String] {
    var tags: [String] = []
    var told: Set<String> = []
    for index in details.indices where labels[index].saysMore && !details[index].isDefinition {
      let object = bundle.objects[index]
      for id in object.markings.additional where told.insert(id.lowerID).inserted {
        let definition = bundle.object(id: id)
        let statement = definition?.value["definition"]?["statement"]?.string ?? ""
        if groups.contains(where: { statement.hasPrefix("MISP sharing group ") && statement.contains($0) }) { continue }
        if !statement.isEmpty, MISPTag.quotable(statement) == statement {
          tags.append(MISPTag.own("statement", statement))
        } else if !statement.isEmpty {
          tags.append(MISPTag.own("statement", statement))
          account.add(
            .information, definition ?? object, .root, what: "the exact text of the statement \(id)",
            why: "a tag is one line of at most \(MISPTag.longest) characters without quotes")
        } else {
          lose(id, of: object)
        }
      }
      for text in object.markings.unknown where told.insert(text.lowercased()).inserted { lose(text, of: object) }
    }
    return tags
  }

  private func lose(_ marking: String, of object: STIXObject) {
    account.add(
      .obligation, object, object.property("object_marking_refs"), what: "the marking \(marking)",
      why: "MISP has no tag for it")
  }

  /// How far a MISP instance may pass an event on. An event that came from one goes as far as it did, unless the terms
  /// are stricter than its own label.
  private func distribution(_ strictest: TLP) -> String {
    guard let frame, label(of: frame) == strictest, strictest >= .green || frame.marking != .none,
      let said = keptNumber("distribution", of: frame, in: kept(frame), 0...4)
    else { return Self.distribution(strictest) }
    guard said == "4", event.group == nil else { return said }
    loseForm("sharing_group", of: frame)
    return "0"
  }

  /// How far a MISP instance may pass an event on: sharing groups are agreed between instances and never made up here,
  /// so AMBER stays with the organisation like what is stricter.
  private static func distribution(_ tlp: TLP) -> String {
    switch tlp {
    case .red, .amberStrict, .amber: "0"
    case .green: "1"
    case .clear: "3"
    }
  }
}
