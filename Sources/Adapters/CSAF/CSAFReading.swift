import Contract
import Formats
import JSON
import STIX

/// Reads a document into a canonical bundle.
struct CSAFReading {
  let root: JSONValue
  let document: JSONValue
  let reading: NativeReading
  let trackingID: String
  let marking: TLP?
  let created: String
  let modified: String
  let fragments: CSAFFragments

  init(_ root: JSONValue, _ origin: Origin) throws(AdapterFailure) {
    guard let document = root["document"], let tracking = document["tracking"], let id = tracking["id"]?.string else {
      throw AdapterFailure(.unreadable, "the document has no tracking id", at: JSONPointer(tokens: ["document"]))
    }
    self.root = root
    self.document = document
    trackingID = id
    reading = NativeReading(.csaf, origin)
    if let label = document["distribution"]?["tlp"]?["label"] {
      guard let tlp = label.string.flatMap({ TLP(label: $0) }) else {
        throw AdapterFailure(
          .unreadable, "expected a label of TLP", at: JSONPointer(tokens: ["document", "distribution", "tlp", "label"]))
      }
      marking = tlp
    } else {
      marking = nil
    }
    let first = tracking["initial_release_date"]?.string.flatMap { CSAFMoment($0) }
    let last = tracking["current_release_date"]?.string.flatMap { CSAFMoment($0) } ?? first
    let accepted = Timestamp(origin.acceptedAt).description
    modified = last?.text ?? accepted
    created = [first, last].compactMap(\.self).min()?.text ?? accepted
    fragments = CSAFFragments(root, reading, trackingID, marking, CSAFFormat.unknownMembers(of: root.document))
  }

  func read() throws(AdapterFailure) -> STIXBundle {
    let creator = addPublisher()
    addProducts()
    addGroups(creator)
    for (place, value) in (root["vulnerabilities"]?.elements.map { $0 } ?? []).enumerated() {
      addVulnerability(value, place, creator)
    }
    addReport(creator)
    return try reading.bundle([trackingID, modified])
  }

  private func add(
    _ type: String, _ id: String, from sources: [JSONPointer], creator: String?, _ body: (inout JSONWriter) -> Void
  ) {
    reading.add(type, id, from: sources, created: created, modified: modified, creator: creator, marking, body)
  }

  // MARK: Document

  private func addPublisher() -> String? {
    guard let publisher = document["publisher"], let name = publisher["name"]?.string else { return nil }
    let id = reading.id("identity", [publisher["namespace"]?.string ?? "", name])
    add("identity", id, from: [JSONPointer(tokens: ["document", "publisher"])], creator: nil) { object in
      object.member("name", name)
      object.member("identity_class", "organization")
      if let text = publisher["contact_details"]?.string { object.member("contact_information", text) }
      NativeExtension.write(.csaf, "publisher", to: &object) { kept in
        kept.member("publisher") { fragments.write(publisher, without: ["name", "contact_details"], to: &$0) }
      }
    }
    return id
  }

  private func addReport(_ creator: String?) {
    let id = reading.id("report", [trackingID])
    let refs = reading.ids
    let place = JSONPointer(tokens: ["document"])
    add("report", id, from: [place], creator: creator) { object in
      object.member("name", document["title"]?.string ?? trackingID)
      let described = fragments.describing(document["notes"])
      if let text = described?["text"]?.string { object.member("description", text) }
      object.member("report_types", ["vulnerability"])
      object.member("published", created)
      if let tag = document["lang"]?.string, LanguageTags.isPlausible(tag) { object.member("lang", tag) }
      object.member("object_refs", refs.isEmpty ? [id] : refs)
      fragments.writeReferences(document["references"], more: [], to: &object)
      NativeExtension.write(.csaf, "document", to: &object) { kept in
        kept.member("document") { writer in
          fragments.write(document, without: ["publisher", "title", "references"], textless: described, to: &writer)
        }
      }
    }
  }

  // MARK: Products

  private func addProducts() {
    let tree = root["product_tree"]
    let place = JSONPointer(tokens: ["product_tree"])
    if let branches = tree?["branches"] { addBranches(branches, at: place.appending("branches"), []) }
    for (index, product) in (tree?["full_product_names"]?.elements.map { $0 } ?? []).enumerated() {
      addProduct(product, at: place.appending("full_product_names").appending(index), []) { _ in }
    }
    for list in ["relationships", "product_paths"] {
      for (index, entry) in (tree?[list]?.elements.map { $0 } ?? []).enumerated() {
        guard let product = entry["full_product_name"] else { continue }
        addProduct(product, at: place.appending(list).appending(index), []) { kept in
          kept.member(list) { fragments.write(entry, without: ["full_product_name"], to: &$0) }
        }
      }
    }
  }

  private func addBranches(_ branches: JSONValue, at place: JSONPointer, _ path: [JSONValue]) {
    for (index, branch) in branches.elements.enumerated() {
      let here = place.appending(index)
      if let product = branch["product"] { addProduct(product, at: here, path + [branch]) { _ in } }
      if let more = branch["branches"] { addBranches(more, at: here.appending("branches"), path + [branch]) }
    }
  }

  private func addProduct(
    _ product: JSONValue, at place: JSONPointer, _ path: [JSONValue], _ more: (inout JSONWriter) -> Void
  ) {
    guard let id = product["product_id"]?.string, let name = product["name"]?.string else { return }
    func inPath(_ category: StaticString) -> String? {
      path.last { $0["category"]?.isString(category) ?? false }?["name"]?.string
    }
    _ = reading.addObservable("software", key: [trackingID, id], from: place, marking) { object in
      object.member("name", name)
      let helper = product["product_identification_helper"]
      if let cpe = helper?["cpe"]?.string, cpe.hasPrefix("cpe:2.3:") { object.member("cpe", cpe) }
      if let vendor = inPath("vendor") { object.member("vendor", vendor) }
      if let version = inPath("product_version") ?? inPath("product_version_range") {
        object.member("version", version)
      }
      NativeExtension.write(.csaf, "product", to: &object) { kept in
        kept.member("product") { fragments.write(product, without: ["name"], to: &$0) }
        if !path.isEmpty {
          kept.member("path") { list in
            list.array { list in
              for branch in path { fragments.write(branch, without: ["branches", "product"], to: &list) }
            }
          }
        }
        more(&kept)
      }
    }
  }

  private func addGroups(_ creator: String?) {
    let place = JSONPointer(tokens: ["product_tree", "product_groups"])
    for (index, group) in (root["product_tree"]?["product_groups"]?.elements.map { $0 } ?? []).enumerated() {
      guard let name = group["group_id"]?.string else { continue }
      let members = group["product_ids"].map { $0.elements.compactMap { fragments.software($0) } } ?? []
      guard !members.isEmpty else { continue }
      add("grouping", fragments.grouping(name), from: [place.appending(index)], creator: creator) { object in
        object.member("name", name)
        if let text = group["summary"]?.string { object.member("description", text) }
        object.member("context", "unspecified")
        object.member("object_refs", members)
        NativeExtension.write(.csaf, "product-group", to: &object) { _ in }
      }
    }
  }

  // MARK: Vulnerabilities

  private func addVulnerability(_ value: JSONValue, _ index: Int, _ creator: String?) {
    let place = JSONPointer(tokens: ["vulnerabilities", String(index)])
    let cve = value["cve"]?.string
    let title = value["title"]?.string
    let other: String? = value["ids"]?.elements.first { _ in true }?["text"]?.string
    let key: String = cve ?? other ?? title ?? String(index)
    var id = reading.id("vulnerability", [trackingID, key])
    if reading.contains(id) { id = reading.id("vulnerability", [trackingID, key, String(index)]) }
    add("vulnerability", id, from: [place], creator: creator) { object in
      object.member("name", cve ?? title ?? key)
      let described = fragments.describing(value["notes"])
      if let text = described?["text"]?.string { object.member("description", text) }
      var more = cve.map { ExternalNumber.isCVE($0) ? [("cve", $0)] : [] } ?? []
      let weaknesses = value["cwe"].map { [$0] } ?? value["cwes"]?.elements.map { $0 } ?? []
      more += weaknesses.compactMap { $0["id"]?.string }.map { ("cwe", $0) }
      fragments.writeReferences(value["references"], more: more, to: &object)
      NativeExtension.write(.csaf, "vulnerability", to: &object) { kept in
        let said: Set<String> = [cve == nil && title != nil ? "title" : "cve", "remediations", "references"]
        if fragments.isAnything(of: value, without: said) {
          kept.member("vulnerability") { fragments.write(value, without: said, textless: described, to: &$0) }
        }
        kept.member("named_by", cve != nil ? "cve" : title != nil ? "title" : "none")
      }
    }
    for (number, remedy) in (value["remediations"]?.elements.map { $0 } ?? []).enumerated() {
      addRemedy(remedy, at: place.appending("remediations").appending(number), number, of: id, creator)
    }
  }

  private func addRemedy(
    _ remedy: JSONValue, at place: JSONPointer, _ number: Int, of vulnerability: String, _ creator: String?
  ) {
    let category = remedy["category"]?.string ?? ""
    // By what it says, so that it has the same id when others before it are gone.
    let about = ["product_ids", "group_ids"].map { name in
      (remedy[name]?.elements.map { $0 } ?? []).compactMap(\.string).joined(separator: "\n")
    }
    let key = [vulnerability, category, remedy["details"]?.string ?? ""] + about
    var id = reading.id("course-of-action", key)
    if reading.contains(id) { id = reading.id("course-of-action", key + [String(number)]) }
    add("course-of-action", id, from: [place], creator: creator) { object in
      object.member("name", category.split(separator: "_").joined(separator: " "))
      if let text = remedy["details"]?.string { object.member("description", text) }
      if let url = remedy["url"]?.string {
        object.member("external_references") { list in
          list.array { list in
            list.object { reference in
              reference.member("source_name", "remediation")
              reference.member("url", url)
            }
          }
        }
      }
      NativeExtension.write(.csaf, "remediation", to: &object) { kept in
        kept.member("remediation") { fragments.write(remedy, without: ["details", "url"], to: &$0) }
      }
    }
    add("relationship", reading.id("relationship", [id, vulnerability]), from: [], creator: creator) { object in
      object.member("relationship_type", "mitigates")
      object.member("source_ref", id)
      object.member("target_ref", vulnerability)
    }
  }
}
