import Contract
import Formats
import JSON
import STIX

/// What attributes stand in: clusters, reports, incidents, sightings, relationships.
extension MISPWriting {
  /// Named knowledge becomes a cluster of a galaxy.
  func writeCluster(_ object: STIXObject) {
    if restoreCluster(object) { return }
    guard Self.clusterTypes.contains(object.type), !isRestorable(object) else { return }
    guard let name = object.name else { return account.lose(object, why: "it has no name to be known by") }
    let cluster = MISPCluster(
      uuid: claimUUID(of: object), galaxy: "stix-2.1-" + object.type, value: name, description: object.text ?? "")
    clusterOf[place(of: object)] = cluster
    event.clusters.append(cluster)
    event.tags.append(cluster.tag)
    let carried = carryCommon(object).union(["name", "description"])
    account.loseProperties(of: object, carried: carried, why: "a galaxy cluster has no place for it")
  }

  private static let clusterTypes: Set<String> = [
    "attack-pattern", "course-of-action", "infrastructure", "intrusion-set", "malware", "threat-actor", "tool",
  ]

  /// Everything that is neither a value nor a cluster.
  func writeContext(_ object: STIXObject) {
    switch object.type {
    case "report", "grouping": writeReport(object)
    case "incident": writeIncident(object)
    case "note": writeNote(object)
    case "observed-data": writeObservedData(object)
    case "sighting": writeSighting(object)
    case "relationship": writeRelationship(object)
    case "identity":
      if sightedBy(object) { return }
      guard object.id == creator?.id else {
        return account.lose(object, why: "an event names one organisation, the one that made it")
      }
      var carried: PropertyNames = ["name"]
      if object.value["identity_class"]?.isString("organization") ?? false { carried.insert("identity_class") }
      account.loseProperties(of: object, carried: carried, why: "an organisation has a name and a UUID")
    case "indicator", "vulnerability", "campaign": return
    case "language-content": account.lose(object, why: "MISP has one language for each text")
    case "location": account.lose(object, why: "an event has no place")
    case MISPExtension.customProposal: writeProposal(object)
    case "opinion": writeOpinion(object)
    case "malware-analysis": writeAnalysis(object)
    case MISPExtension.customAttribute, MISPExtension.customObject: account.lose(object, why: Self.noForm)
    default:
      guard object.kind == .custom else { return }
      account.lose(object, why: "'\(object.type)' is no type of STIX that MISP could know")
    }
  }

  private func writeReport(_ object: STIXObject) {
    if let text = object.text { addReport(object, name: object.name ?? object.type, content: text) }
    event.analysis = "2"
    var carried = carryCommon(object).union(["name", "description"])
    // The event is the report, where the report has all of it.
    if hasEverything(object) {
      carried.insert("object_refs")
      let labels = object.value["labels"]?.elements.compactMap(\.string) ?? []
      if labels.allSatisfy({ isTag($0) && !MISPTag.isReserved($0) && MISPTag.quotable($0) == $0 }) {
        event.tags += labels
        carried.insert("labels")
      }
    }
    account.loseProperties(of: object, carried: carried, why: "an event has no place for it")
  }

  /// Whether a report refers to everything that is content, but for who made it.
  private func hasEverything(_ report: STIXObject) -> Bool {
    var isNamed = details.map(\.isDefinition)
    isNamed[report.index] = true
    report.value["object_refs"]?.forEachElement { id in bundle.forEachIndex(id: id) { isNamed[$0] = true } }
    return bundle.objects.indices.allSatisfy { isNamed[$0] || bundle.objects[$0].id == creator?.id }
  }

  private func writeNote(_ object: STIXObject) {
    if restoreNote(object) { return }
    guard let content = object.value["content"]?.string, !content.isEmpty else {
      return account.lose(object, why: "it has no content")
    }
    let abstract = object.value["abstract"]?.string.flatMap { $0.isEmpty ? nil : $0 }
    addReport(object, name: abstract ?? "Note", content: content)
    let carried = carryCommon(object).union(["content", "abstract"])
    account.loseProperties(of: object, carried: carried, why: "an event report has no place for it")
  }

  private func addReport(_ object: STIXObject, name: String, content: String) {
    event.reports.append(
      .init(
        uuid: claimUUID(of: object), name: MISPTag.quotable(name), content: content,
        timestamp: changed(object)))
  }

  private func writeObservedData(_ object: STIXObject) {
    let first = object.value["first_observed"]?.string.flatMap { Timestamp($0) }
    let last = object.value["last_observed"]?.string.flatMap { Timestamp($0) }
    let targets = object.value["object_refs"]?.elements.compactMap(\.string) ?? []
    let places = targets.flatMap { attributes(of: place(ofID: $0)) }
    for place in places {
      if event.attributes[place].firstSeen == nil { event.attributes[place].firstSeen = first.map(MISPID.moment) }
      if event.attributes[place].lastSeen == nil { event.attributes[place].lastSeen = last.map(MISPID.moment) }
    }
    guard !places.isEmpty else { return account.lose(object, why: "nothing that it refers to became an attribute") }
    var carried = carryCommon(object).union(["object_refs", "first_observed", "last_observed"])
    if object.value["number_observed"]?.integer == 1 { carried.insert("number_observed") }
    account.loseProperties(of: object, carried: carried, why: "an attribute has no place for it")
  }

  private func writeSighting(_ object: STIXObject) {
    let target = object.value["sighting_of_ref"]?.string ?? ""
    if restoreSighting(object) { return }
    let places = attributes(of: place(ofID: target))
    guard !places.isEmpty else {
      return account.lose(object, why: "only attributes are sighted, and what it refers to is none here")
    }
    let seen = (object.value["last_seen"] ?? object.value["first_seen"])?.string.flatMap { Timestamp($0) }
    let date = seen.map { max(0, $0.seconds) } ?? changed(object)
    let source = terms.sender?.slug ?? event.creator.name
    for (nth, place) in places.enumerated() {
      event.attributes[place].sightings.append(.init(uuid: claimUUID(of: object, nth), date: date, source: source))
    }
    var carried = carryCommon(object).union(["sighting_of_ref", "last_seen"])
    if object.value["count"]?.integer == 1 { carried.insert("count") }
    account.loseProperties(of: object, carried: carried, why: "a sighting has one date and a source")
  }

  /// A relationship from what became attributes to what became a cluster is the cluster's tag on them; one to the only
  /// incident is said by their standing in its event.
  private func writeRelationship(_ object: STIXObject) {
    let type = object.value["relationship_type"]?.string ?? ""
    let source = place(ofID: object.value["source_ref"]?.string)
    let target = place(ofID: object.value["target_ref"]?.string)
    if restoreRelationship(object, from: source, to: target) { return }
    let places = attributes(of: source)
    var carried = carryCommon(object).union(["source_ref", "target_ref"])
    if !places.isEmpty, ["related-to", "detected"].contains(type), isTheIncident(target) {
      carried.insert("relationship_type")
    } else if !places.isEmpty, let cluster = clusterOf[target] {
      for place in places
      where MISPTag.fits(cluster.tag) && !event.attributes[place].tags.contains(cluster.tag) {
        event.attributes[place].tags.append(cluster.tag)
      }
      // A tag says that it belongs there, as `indicates` does, and no more.
      if type == "indicates" { carried.insert("relationship_type") }
    } else {
      return account.lose(object, why: "MISP has no place for '\(type)' between these")
    }
    account.loseProperties(of: object, carried: carried, why: "a tag has no place for it")
  }

  private func isTheIncident(_ place: Int) -> Bool { incidents.count == 1 && incidents[0] == place }

  // MARK: Incidents

  private func writeIncident(_ object: STIXObject) {
    if let text = object.text { addReport(object, name: object.name ?? "Incident", content: text) }
    var carried = carryCommon(object).union(["name", "description"])
    carried.insert("extensions")
    account.loseProperties(of: object, carried: carried, why: "an event has no place for it")
    for (id, value) in object.value["extensions"]?.members.map({ $0 }) ?? [] {
      let place = JSONPointer(tokens: ["extensions", id])
      if id == RegulatoryExtension.id {
        writeAnswers(value, at: place, of: object)
      } else {
        account.add(.meaning, object, place, what: "the extension \(id) of \(object.id)", why: "MISP has no extensions")
      }
    }
  }

  /// The answers to a regulator that ENISA's taxonomy has tags for; the others are lost one by one.
  private func writeAnswers(_ answers: JSONValue, at place: JSONPointer, of object: STIXObject) {
    for (name, value) in answers.members where name != "extension_type" {
      let inner = value.isObject ? value.members.map { ("\(name)/\($0.key)", $0.value) } : [(name, value)]
      for (path, answer) in inner {
        if write(answer, path) { continue }
        let tokens = path.split(separator: "/").map(String.init)
        account.add(
          .meaning, object, JSONPointer(tokens: place.tokens + tokens), what: "\(path) of \(object.id)",
          why: "no tag of MISP's taxonomies says it")
      }
    }
    if let level = answers["severity"]?["level"]?.string {
      event.threatLevel = ["high": "1", "medium": "2", "low": "3"][level] ?? "4"
    }
  }

  private func write(_ answer: JSONValue, _ path: String) -> Bool {
    let texts = answer.isArray ? answer.elements.compactMap(\.string) : [answer.string].compactMap(\.self)
    guard !texts.isEmpty, texts.count == max(1, answer.count) else { return false }
    for text in texts {
      switch path {
      case "nature/root_cause": event.tags.append(MISPTag.nis2("nature-root-cause", text))
      case "severity/level": event.tags.append(MISPTag.nis2("nature-severity", text))
      case "impact/severity": event.tags.append(MISPTag.nis2("impact-severity", text))
      case "impact/outlook": event.tags.append(MISPTag.nis2("impact-outlook", text))
      case "impact/sectors": event.tags.append(MISPTag.nis2("impact-sectors-impacted", text))
      case "regime", "stage", "reference": event.tags.append(MISPTag.own(path, text))
      default: return false
      }
    }
    return true
  }
}
