import Formats
import JSON
import STIX

/// What writing a report to a regulator has in common: the incident with its answers, the parties, the indicators.
struct RegulatoryWriting {
  let bundle: STIXBundle
  let terms: OutgoingTerms
  let incident: STIXObject
  /// The answers, in our extension on the incident.
  let answers: JSONValue
  var account: LossAccount
  /// Objects that stand in the report, or are said by it.
  var carried: Set<Int> = []

  /// Nil where the bundle has no incident that answers a regulator, or several.
  init?(_ bundle: STIXBundle, terms: OutgoingTerms) {
    let incidents = bundle.objects.filter { object in
      object.type == "incident" && object.value["extensions"]?[RegulatoryExtension.id]?["regime"] != nil
    }
    guard incidents.count == 1, let answers = incidents[0].value["extensions"]?[RegulatoryExtension.id] else {
      return nil
    }
    self.bundle = bundle
    self.terms = terms
    incident = incidents[0]
    self.answers = answers
    account = LossAccount(bundle)
    carried.insert(incident.index)
  }

  var regime: String { answers["regime"]?.string ?? "" }

  /// The identity that made the incident: the authority that the report was sent to.
  var authority: STIXObject? {
    incident.value["created_by_ref"]?.string.flatMap { bundle.object(id: $0) }.flatMap {
      $0.type == "identity" ? $0 : nil
    }
  }

  /// The identity that the incident impacts: the entity that reports.
  var entity: STIXObject? {
    let relationship = bundle.objects.first { object in
      object.type == "relationship" && object.value["relationship_type"]?.isString("impacts") ?? false
        && object.value["source_ref"]?.string?.lowercased() == incident.id.lowercased()
    }
    return relationship?.value["target_ref"]?.string.flatMap { bundle.object(id: $0) }
  }

  /// The label of an object; where it has none, the delivery's.
  func label(of object: STIXObject) -> TLP {
    switch object.marking {
    case .tlp(let tlp): object.markings.literal.map { $0 <= terms.tlp } ?? false ? min(tlp, terms.tlp) : tlp
    case .none: terms.tlp
    case .unknown: max(terms.tlp, object.markings.strictest ?? .red)
    }
  }

  /// The label of the report: the strictest of what is no indicator, which have their own.
  var documentLabel: TLP {
    let content = bundle.objects.filter { !$0.isDefinition }
    let strictest = content.map { label(of: $0) }.reduce(.clear, max)
    guard terms.tlp <= strictest else { return terms.tlp }
    let others = content.filter { object in
      object.type != "indicator" && object.type != "vulnerability" && object.type != "relationship"
    }
    return others.map { label(of: $0) }.reduce(.clear, max)
  }

  /// The details that our extension has of a party.
  func details(of party: STIXObject) -> JSONValue? { party.value["extensions"]?[RegulatoryExtension.id] }

  /// A party's contact, as the report has it.
  func writeContact(of party: STIXObject, to writer: inout JSONWriter) {
    guard let contact = details(of: party)?["contact"], contact.isObject else { return }
    writer.member("contact", contact)
  }

  /// The indicators and vulnerabilities of the incident as a report lists them.
  mutating func writeIndicators(to writer: inout JSONWriter) {
    let label = documentLabel
    var entries: [[UInt8]] = []
    for object in bundle.objects {
      guard let (type, value) = Self.entry(of: object) else { continue }
      var entry = JSONWriter()
      entry.object { entry in
        entry.member("type", type)
        entry.member("value", value)
        if let text = object.text { entry.member("comment", text) }
        let own = self.label(of: object)
        if own != label { entry.member("tlp", own.label) }
        if type != "cve", let from = object.value["valid_from"]?.string.flatMap({ Timestamp($0) }),
          from.description != object.value["created"]?.string
        {
          entry.member("first_seen", from.description)
        }
      }
      // What is no value of its type, or longer than a report has room for, is lost as a whole.
      guard let said = try? JSONDocument(entry.bytes), NIS2Format.accepts(indicator: said.root) else { continue }
      carried.insert(object.index)
      entries.append(entry.bytes)
      let known: PropertyNames = [
        "created", "created_by_ref", "name", "description", "pattern", "pattern_type", "pattern_version", "valid_from",
        "indicator_types", "external_references",
      ]
      account.loseProperties(of: object, carried: known, why: "an entry of a report's indicators has no place for it")
    }
    guard !entries.isEmpty else { return }
    writer.member("indicators") { $0.array { list in for entry in entries { list.raw(entry) } } }
  }

  private static func entry(of object: STIXObject) -> (type: String, value: String)? {
    switch object.type {
    case "vulnerability":
      guard let name = object.name, ExternalNumber.isCVE(name) else { return nil }
      return ("cve", name)
    case "indicator":
      guard object.value["pattern_type"]?.isString("stix") ?? false,
        let pattern = object.value["pattern"]?.string.flatMap({ try? Pattern($0) })
      else { return nil }
      guard let (type, value) = IndicatorPaths.value(of: pattern) else { return nil }
      return (type, type == "asn" ? numberAsWritten(value, object) : value)
    default: return nil
    }
  }

  /// The number of an autonomous system as its report spelled it, `AS64500`, which the name keeps.
  private static func numberAsWritten(_ number: String, _ object: STIXObject) -> String {
    guard let name = object.name, name.hasPrefix("asn ") else { return number }
    let written = String(name.dropFirst("asn ".count))
    return written.uppercased() == "AS" + number ? written : number
  }

  /// Everything that stands in no place of the report is a loss, by name.
  mutating func finish() {
    let ends = Set(carried.map { bundle.objects[$0].id.lowercased() })
    for object in bundle.objects where !carried.contains(object.index) && !object.isDefinition {
      if object.type == "relationship" {
        let both = ["source_ref", "target_ref"].compactMap { object.value[$0]?.string?.lowercased() }
        // The report says by its form that what stands in it belongs together.
        let isSaid = both.count == 2 && both.allSatisfy { ends.contains($0) }
        let isOurs = ["related-to", "impacts", "located-at"].contains(object.value["relationship_type"]?.string ?? "")
        if isSaid, isOurs { continue }
      }
      account.lose(object, why: "a report has no place for it")
    }
    for object in bundle.objects where !object.isDefinition {
      for text in object.markings.unknown + object.markings.additional {
        account.add(
          .obligation, object, object.property("object_marking_refs"), what: "the marking \(text)",
          why: "a report carries TLP and nothing else")
      }
    }
  }

  /// A report as it may leave: one that its law would not take is refused, and nothing in it is bent.
  static func sound(
    _ written: Translation<[UInt8]>, _ format: any Format
  ) throws(AdapterFailure) -> Translation<[UInt8]> {
    guard let document = try? JSONDocument(written.output, limits: JSONLimits(maximumBytes: .max)) else {
      throw AdapterFailure(.cannotWrite, "the report that would be written is no JSON")
    }
    guard let error = format.errors(document).first else { return written }
    throw AdapterFailure(
      .cannotWrite, "what may be said is no valid report: \(error.message)", at: error.location)
  }

  static let none = AdapterFailure(
    .cannotWrite, "the message has no incident that answers a regulator, or several; a report is about one")
}
