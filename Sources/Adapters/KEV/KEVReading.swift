import Contract
import Formats
import JSON
import STIX

/// Reads a catalogue or an entry into a canonical bundle.
struct KEVReading {
  let root: JSONValue
  let reading: NativeReading
  private let accepted: String

  init(_ root: JSONValue, _ origin: Origin) {
    self.root = root
    reading = NativeReading(.kev, origin)
    accepted = Timestamp(origin.acceptedAt).description
  }

  func read() throws(AdapterFailure) -> STIXBundle {
    if root["cveID"] != nil {
      try add(root, at: .root, released: nil)
      return try reading.bundle([root["cveID"]?.string ?? "", root["dateAdded"]?.string ?? ""])
    }
    let released = root["dateReleased"]?.string.flatMap { CSAFMoment($0)?.text }
    for (index, entry) in (root["vulnerabilities"]?.elements.map { $0 } ?? []).enumerated() {
      try add(entry, at: JSONPointer(tokens: ["vulnerabilities", String(index)]), released: released)
    }
    let version = root["catalogVersion"]?.string ?? ""
    guard !reading.ids.isEmpty else {
      throw AdapterFailure(.unreadable, "the catalogue has no entries", at: JSONPointer(tokens: ["vulnerabilities"]))
    }
    addReport(version, released ?? accepted)
    return try reading.bundle([version])
  }

  private func addReport(_ version: String, _ released: String) {
    let title = root["title"]?.string ?? ""
    let refs = reading.ids.filter { $0.hasPrefix("vulnerability--") }
    let sources = ["title", "catalogVersion", "dateReleased"].map { JSONPointer(tokens: [$0]) }
    reading.add(
      "report", reading.id("report", [version]), from: sources, created: released, modified: released, creator: nil, nil
    ) { object in
      object.member("name", title)
      object.member("report_types", ["vulnerability"])
      object.member("published", released)
      object.member("object_refs", refs)
      NativeExtension.write(.kev, "catalogue", to: &object) { kept in
        kept.member("catalogVersion", version)
        if let date = root["dateReleased"] { kept.member("dateReleased", date) }
      }
    }
  }

  private func add(_ entry: JSONValue, at place: JSONPointer, released: String?) throws(AdapterFailure) {
    guard let cve = entry["cveID"]?.string, let added = entry["dateAdded"]?.string else {
      throw AdapterFailure(.unreadable, "an entry has a cveID and a dateAdded", at: place)
    }
    let created = CSAFMoment("\(added)T00:00:00Z")?.text ?? accepted
    let modified = max(created, released ?? created)
    func add(_ type: String, _ id: String, _ sources: [JSONPointer], _ body: (inout JSONWriter) -> Void) {
      reading.add(type, id, from: sources, created: created, modified: modified, creator: nil, nil, body)
    }
    let id = reading.id("vulnerability", [cve])
    add("vulnerability", id, [place]) { object in
      object.member("name", cve)
      if let text = entry["shortDescription"]?.string { object.member("description", text) }
      object.member("labels", ["known-exploited"])
      let weaknesses = (entry["cwes"]?.elements.map { $0 } ?? []).map { (source: "cwe", id: $0.string ?? "") }
      let references = (ExternalNumber.isCVE(cve) ? [(source: "cve", id: cve)] : []) + weaknesses
      if !references.isEmpty {
        object.member("external_references") { list in
          list.array { for (source, id) in references { ExternalNumber.reference(source: source, id: id, to: &$0) } }
        }
      }
      NativeExtension.write(.kev, "entry", to: &object) { kept in
        for name in [
          "vendorProject", "product", "vulnerabilityName", "dateAdded", "knownRansomwareCampaignUse", "notes",
        ] {
          if let value = entry[name] { kept.member(name, value) }
        }
        if entry["cwes"]?.count == 0 { kept.member("has_no_cwes", true) }
      }
    }
    guard let action = entry["requiredAction"]?.string else { return }
    let measure = reading.id("course-of-action", [cve])
    add("course-of-action", measure, [place]) { object in
      object.member("name", "Required action for \(cve)")
      object.member("description", action)
      NativeExtension.write(.kev, "action", to: &object) { kept in
        if let value = entry["dueDate"] { kept.member("dueDate", value) }
      }
    }
    add("relationship", reading.id("relationship", [cve]), []) { object in
      object.member("relationship_type", "mitigates")
      object.member("source_ref", measure)
      object.member("target_ref", id)
    }
  }
}
