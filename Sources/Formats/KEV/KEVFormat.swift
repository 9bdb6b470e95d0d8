package import Contract
package import JSON

/// CISA's catalogue of known exploited vulnerabilities: whole, in part, or one entry of it.
package struct KEVFormat: Format {
  package let id = FormatID.kev
  package let title = "KEV"
  package let versions = ["1"]
  package let mediaTypes: [String] = []
  package let markings = Place.envelope(HeaderKeys.tlp)
  package let obligations = Place.envelope(HeaderKeys.obligations)
  package var rules: [Rule] { [KEVRules.dayExists, KEVRules.counted, KEVRules.once, KEVRules.dueAfterAdded] }

  package init() {}

  package func recognises(_ root: JSONValue) -> String? {
    let isCatalogue = root["catalogVersion"] != nil && root["vulnerabilities"] != nil
    return isCatalogue || root["cveID"] != nil && root["dateAdded"] != nil ? "1" : nil
  }

  package func findings(_ document: JSONDocument) -> [Finding] {
    let root = document.root
    let isEntry = root["cveID"] != nil
    return Self.schemas.findings(isEntry ? "entry" : "catalogue", in: root) + KEVRules.findings(root, isEntry: isEntry)
  }

  package func kind(of document: JSONDocument) -> MessageKind? { .vulnerability }

  private static let schemas = SchemaSet("kev/1")
}

/// What the schema of the catalogue cannot say.
enum KEVRules {
  static let dayExists = Rule(
    "kev-day-exists", .error, "A day is one that the calendar has.", source: "KEV schema, format date")
  static let counted = Rule(
    "kev-count", .error, "The catalogue has as many entries as it says.", source: "KEV schema, count")
  static let once = Rule(
    "kev-entry-once", .error, "A vulnerability is in the catalogue once.", source: "KEV catalogue, cveID is its key")
  static let dueAfterAdded = Rule(
    "kev-due-before-added", .warning, "The due date is not before the day of adding.",
    source: "Binding Operational Directive 22-01")

  static func findings(_ root: JSONValue, isEntry: Bool) -> [Finding] {
    if isEntry { return check(root, at: .root) }
    guard let list = root["vulnerabilities"], list.isArray else { return [] }
    var found: [Finding] = []
    if let count = root["count"]?.integer, count != Int64(list.count) {
      found.append(
        counted.finding(at: JSONPointer(tokens: ["count"]), "count is \(count), and there are \(list.count) entries"))
    }
    var seen: Set<String> = []
    for (place, entry) in list.elements.enumerated() {
      let pointer = JSONPointer(tokens: ["vulnerabilities", String(place)])
      found += check(entry, at: pointer)
      guard let cve = entry["cveID"]?.string, !seen.insert(cve).inserted else { continue }
      found.append(once.finding(at: pointer.appending("cveID"), "\(cve) is in the catalogue already"))
    }
    return found
  }

  private static func check(_ entry: JSONValue, at place: JSONPointer) -> [Finding] {
    var found: [Finding] = []
    for name in ["dateAdded", "dueDate"] {
      guard let day = entry[name]?.string, CSAFMoment("\(day)T00:00:00Z") == nil else { continue }
      found.append(dayExists.finding(at: place.appending(name), "'\(day.prefix(20))' is no day that exists"))
    }
    if let added = entry["dateAdded"]?.string, let due = entry["dueDate"]?.string, due < added {
      found.append(dueAfterAdded.finding(at: place.appending("dueDate"), "due at \(due), and added at \(added)"))
    }
    return found
  }
}
