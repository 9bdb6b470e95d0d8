import Contract
import JSON
import STIX

/// Writes one bundle as one event.
///
/// | of the bundle                                              | in the event                                             |
/// |------------------------------------------------------------|----------------------------------------------------------|
/// | indicator with a pattern of equalities                     | an attribute for each alternative, fit for detection     |
/// | indicator with any other STIX pattern                      | an attribute `stix2-pattern` that holds it               |
/// | indicator with a YARA, Sigma, Snort or Suricata rule       | an attribute of that type                                |
/// | observables, and observed data that refers to them         | attributes not fit for detection                         |
/// | vulnerability, campaign                                    | attributes `vulnerability`, `campaign-name`              |
/// | malware, actors, techniques, tools, measures, ...          | galaxy clusters named after the type                     |
/// | report, grouping, note, incident                           | the event's info, and event reports                      |
/// | `indicates` and the like, from attributes to clusters      | the cluster's tag on the attribute                       |
/// | sighting of an attribute                                   | a sighting                                               |
/// | the creator, where there is one                            | `Orgc`                                                   |
/// | markings, statements, obligations                          | tags; the event has the strictest                        |
/// | what a MISP event became, by our extension or its labels   | what it was                                              |
/// | times                                                      | the latest `modified`; without any, the acceptance       |
///
/// Everything else is a loss, by name.
final class MISPWriting {
  let bundle: STIXBundle
  let terms: OutgoingTerms
  var event = MISPEvent()
  var account: LossAccount
  /// The places in the event's attributes of what an object became; here and below by the place of the first object
  /// that has its id.
  var attributesOf: [[Int]]
  /// The clusters that objects became.
  var clusterOf: [Int: MISPCluster] = [:]
  /// The identity that became `Orgc`.
  var creator: STIXObject?
  /// The report or grouping that was the event, where the bundle came from one.
  var frame: STIXObject?
  /// The places in the event's objects of what an object became.
  var objectOf: [Int: Int] = [:]
  /// Objects that are in the event already, or stand for something that is.
  var isWritten: [Bool]
  /// Whether there are observables that nothing refers to.
  var standsAlone = true
  /// Sharing groups that stand in the event, so that their statements need not.
  var groups: Set<String> = []
  /// Of each object, by its place in the bundle.
  let details: [MISPDetails]
  /// What the markings of objects say.
  let labels: [MarkingLabel]
  /// What the patterns of indicators say, where it was asked for.
  var patternFacts: [[Fact]?]
  /// Incidents, and reports and groupings, by place.
  let incidents: [Int]
  let reports: [Int]
  private var usedUUIDs: Set<String> = []
  private var placeOf: [String: Int] = [:]
  /// The first object with the id of each; empty where no id stands twice.
  private var firstOf: [Int: Int] = [:]

  init(_ bundle: STIXBundle, terms: OutgoingTerms) {
    self.bundle = bundle
    self.terms = terms
    account = LossAccount(bundle)
    details = bundle.objects.map { MISPDetails($0) }
    isWritten = Array(repeating: false, count: bundle.objects.count)
    labels = bundle.labels
    patternFacts = Array(repeating: nil, count: bundle.objects.count)
    attributesOf = Array(repeating: [], count: bundle.objects.count)
    for duplicate in bundle.duplicates { for index in duplicate.indexes { firstOf[index] = duplicate.indexes[0] } }
    var incidents: [Int] = []
    var reports: [Int] = []
    for object in bundle.objects where object.kind == .domain {
      let place = firstOf.isEmpty ? object.index : firstOf[object.index] ?? object.index
      switch object.type {
      case "incident": incidents.append(place)
      case "report", "grouping": reports.append(place)
      default: continue
      }
    }
    self.incidents = incidents
    self.reports = reports
  }

  /// The place that stands for an object and all others with its id.
  func place(of object: STIXObject) -> Int { firstOf.isEmpty ? object.index : firstOf[object.index] ?? object.index }

  /// The reports and groupings that were events.
  var frames: [STIXObject] { details.indices.filter { details[$0].isFrame }.map { bundle.objects[$0] } }

  /// Those that are content and not in the event yet.
  private func forEachPending(observables: Bool = false, _ body: (STIXObject) -> Void) {
    for index in details.indices where !isWritten[index] && !details[index].isDefinition {
      if observables || !details[index].isObservable { body(bundle.objects[index]) }
    }
  }

  /// The place that stands for an id; -1 where nothing in the bundle has it.
  func place(ofID id: String?) -> Int { id.flatMap { bundle.firstIndex(id: $0) } ?? -1 }

  func attributes(of place: Int) -> [Int] { place < 0 ? [] : attributesOf[place] }

  func isFrame(_ place: Int) -> Bool { frame.map { self.place(of: $0) == place } ?? false }

  func kept(_ object: STIXObject) -> JSONValue? { details[object.index].kept }

  func words(_ object: STIXObject) -> MISPWords { details[object.index].words }

  func modified(_ object: STIXObject) -> Timestamp? { details[object.index].modified }

  func writeAll() {
    var latest: Timestamp?
    for index in details.indices {
      if let modified = details[index].modified { latest = max(latest ?? modified, modified) }
    }
    start(at: latest ?? Timestamp(terms.acceptedAt))
    chooseCreator()
    restoreFrame()
    absorbObservations()
    // Observables are neither knowledge, nor anything that an event was.
    forEachPending { writeCluster($0) }
    forEachPending { restore($0) }
    forEachPending { if $0.type == "indicator" { writeIndicator($0) } }
    forEachPending(observables: true) { writeValue($0) }
    forEachPending { writeContext($0) }
    if event.info.isEmpty { event.info = info() }
    writeMarkings()
    for index in details.indices where details[index].isDefinition {
      guard bundle.objects[index].type == "extension-definition" else { continue }
      account.lose(bundle.objects[index], .information, why: "MISP has no extensions")
    }
  }

  // MARK: Names

  private func start(at latest: Timestamp) {
    event.date = MISPID.day(latest)
    event.timestamp = max(0, latest.seconds)
    for object in bundle.objects where modified(object).map({ $0.seconds < 0 }) ?? false {
      account.add(
        .information, object, object.property("modified"), what: "when \(object.id) was changed", why: Self.noForm)
    }
    event.uuid = eventUUID()
  }

  /// The report's, where there is one; else the bundle's. Both name what the recipient has got.
  private func eventUUID() -> String {
    if reports.count == 1, let uuid = MISPID.uuid(ofID: bundle.objects[reports[0]].id) { return uuid }
    if let id = bundle.id, let uuid = MISPID.uuid(ofID: id) { return uuid }
    return MISPID.uuid("event", bundle.objects.map(\.id).joined(separator: "\n"))
  }

  /// The one identity that made everything here; where there is none, or several, the agency that sent it.
  private func chooseCreator() {
    guard let sender = terms.sender else {
      event.creator = .init(name: "Entente", uuid: MISPID.uuid("organisation", "entente"))
      return
    }
    // Not the id of an identity, which may be among what is withheld.
    event.creator = .init(name: sender.slug, uuid: MISPID.uuid("organisation", sender.slug))
    let frames = self.frames
    let named = frames.count == 1 ? frames[0].value["created_by_ref"]?.string : nil
    guard let id = named ?? onlyCreator(), let identity = bundle.object(id: id),
      let name = identity.value["name"]?.string, !name.isEmpty,
      let uuid = keptUUID(of: identity, in: kept(identity)) ?? MISPID.uuid(ofID: id)
    else { return }
    creator = identity
    event.creator = .init(name: String(name.unicodeScalars.prefix(256)), uuid: uuid)
  }

  /// The creator that all content has that has one; nil where there are several.
  private func onlyCreator() -> String? {
    var only: JSONValue?
    for index in details.indices where !details[index].isDefinition {
      guard let creator = details[index].creator else { continue }
      if let only, only != creator { return nil }
      only = creator
    }
    return only?.string
  }

  /// What the event is about, in one line.
  private func info() -> String {
    let order = ["report", "grouping", "incident", "campaign", "intrusion-set", "threat-actor", "malware"]
    let objects = bundle.objects
    let named = order.lazy.compactMap { type in objects.first { $0.type == type && $0.name != nil } }.first
    let indicators = objects.filter { $0.type == "indicator" }
    let only = indicators.count == 1 ? indicators[0] : nil
    guard let object = named ?? only, let name = object.name else {
      let count = event.attributes.count
      return "\(count) attribute\(count == 1 ? "" : "s") from \(event.creator.name)"
    }
    return info(named: name, of: object)
  }

  /// A name as the info of an event: one line, not too long.
  func info(named name: String, of object: STIXObject) -> String {
    let isPlain = name.unicodeScalars.count <= 256 && !name.contains(where: \.isNewline)
    let line = isPlain && details[object.index].isFrame ? name : MISPTag.quotable(name)
    guard line.unicodeScalars.count > 256 else { return line }
    account.add(
      .information, object, JSONPointer(tokens: ["name"]), what: "the end of the name of \(object.id)",
      why: "the info of an event has at most 256 characters")
    var text = String.UnicodeScalarView()
    text.append(contentsOf: line.unicodeScalars.prefix(256))
    return String(text)
  }

  /// An object's own UUID, or a derived one where another has it already.
  func claimUUID(of object: STIXObject, _ nth: Int = 0) -> String {
    let own = nth == 0 ? MISPID.uuid(ofID: object.id) : nil
    var uuid = own ?? MISPID.uuid("of", object.id.lowerID, String(nth))
    var attempt = 0
    while !usedUUIDs.insert(uuid).inserted {
      attempt += 1
      uuid = MISPID.uuid("of", object.id.lowerID, String(nth), String(attempt))
    }
    return uuid
  }

  /// Adds an attribute, or joins it with one of the same type and value. Returns its place, and whether it was there.
  func add(_ attribute: MISPAttribute) -> (place: Int, isRepeat: Bool) {
    let key = attribute.type + "\n" + attribute.value
    if let place = placeOf[key] { return (place, true) }
    placeOf[key] = event.attributes.count
    event.attributes.append(attribute)
    return (event.attributes.count - 1, false)
  }
}

extension STIXObject {
  /// The object's name, where it has one.
  var name: String? { value["name"]?.string.flatMap { $0.isEmpty ? nil : $0 } }

  /// A description in words, where there is one.
  var text: String? { value["description"]?.string.flatMap { $0.isEmpty ? nil : $0 } }

  func property(_ name: String) -> JSONPointer { JSONPointer(tokens: [name]) }
}
