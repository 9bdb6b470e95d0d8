import Contract
import JSON
import STIX

extension CSAFWriting {
  /// The document that reading took apart.
  mutating func restored(_ report: STIXObject, _ kept: JSONValue) -> [UInt8] {
    carried.insert(report.index)
    let isNew = kept["csaf_version"]?.isString("2.1") ?? false
    var writer = JSONWriter()
    writer.object { writer in
      writer.member("document") { writer in
        writer.object { writer in
          for (key, value) in kept.members where key != "distribution" { write(key, value, report, to: &writer) }
          writeDistribution(kept["distribution"], isNew: isNew, to: &writer)
          writePublisher(report, to: &writer)
          if let title = report.name { writer.member("title", title) }
          writeReferences(of: report, to: &writer)
        }
      }
      writeTree(to: &writer)
      let vulnerabilities = bundle.objects.filter { $0.type == "vulnerability" }
      guard !vulnerabilities.isEmpty else { return }
      writer.member("vulnerabilities") { list in
        list.array { list in for object in vulnerabilities { write(object, to: &list) } }
      }
    }
    return writer.bytes
  }

  /// A member of something kept: references become the document's own ids again.
  private func write(_ key: String, _ value: JSONValue, _ owner: STIXObject, to writer: inout JSONWriter) {
    if key.hasSuffix("_refs") {
      let ids = value.elements.compactMap { $0.string.flatMap { nativeIDs[$0] } }
      if !ids.isEmpty { writer.member(String(key.dropLast("_refs".count)), ids) }
    } else if key.hasSuffix("_ref"), let id = value.string.flatMap({ nativeIDs[$0] }) {
      writer.member(String(key.dropLast("_ref".count)), id)
    } else {
      writer.member(key) { write(value, owner, in: key, to: &$0) }
    }
  }

  private func write(_ value: JSONValue, _ owner: STIXObject, in list: String, to writer: inout JSONWriter) {
    if value.isObject {
      writer.object { writer in
        for (key, member) in value.members { write(key, member, owner, to: &writer) }
        // The note that became the description.
        if list == "notes", value["text"] == nil { writer.member("text", owner.text ?? "-") }
      }
    } else if value.isArray {
      writer.array { writer in for element in value.elements { write(element, owner, in: list, to: &writer) } }
    } else {
      writer.value(value)
    }
  }

  func writeDistribution(_ kept: JSONValue?, isNew: Bool, to writer: inout JSONWriter) {
    let tlp = bundle.label(terms)
    writer.member("distribution") { writer in
      writer.object { writer in
        for (key, value) in kept?.members.map({ $0 }) ?? [] where key != "tlp" { writer.member(key, value) }
        if tlp == .amberStrict, !isNew, kept?["text"] == nil { writer.member("text", tlp.label) }
        writer.member("tlp") { writer in
          writer.object { writer in
            writer.member("label", Self.label(tlp, isNew: isNew))
            if let url = kept?["tlp"]?["url"] { writer.member("url", url) }
          }
        }
      }
    }
  }

  private mutating func writePublisher(_ report: STIXObject, to writer: inout JSONWriter) {
    guard let creator = report.value["created_by_ref"]?.string.flatMap({ bundle.object(id: $0) }),
      let kept = creator.kept(.csaf, "publisher")?["publisher"]
    else { return writeSender(to: &writer) }
    carried.insert(creator.index)
    writer.member("publisher") { writer in
      writer.object { writer in
        for (key, value) in kept.members { writer.member(key, value) }
        if let name = creator.name { writer.member("name", name) }
        if let text = creator.value["contact_information"]?.string { writer.member("contact_details", text) }
      }
    }
  }

  /// The sender in place of a publisher; without attribution, nobody in particular.
  func writeSender(to writer: inout JSONWriter) {
    writer.member("publisher") { writer in
      writer.object { writer in
        writer.member("category", "other")
        writer.member("name", terms.sender?.slug ?? "withheld")
        writer.member("namespace", "urn:entente:agency:\(terms.sender?.slug ?? "withheld")")
      }
    }
  }

  // MARK: Products

  private static let compoundLists: [String] = ["relationships", "product_paths"]

  private mutating func writeTree(to writer: inout JSONWriter) {
    let products = bundle.objects.compactMap { object in object.kept(.csaf, "product").map { (object, $0) } }
    let groups = bundle.objects.filter { $0.kept(.csaf, "product-group") != nil }
    guard !products.isEmpty else { return }
    let tree = BranchNode()
    var plain: [[UInt8]] = []
    var lists: [String: [[UInt8]]] = [:]
    for (object, kept) in products {
      carried.insert(object.index)
      let text = productText(object, kept["product"])
      if let list = Self.compoundLists.first(where: { kept[$0] != nil }), let entry = kept[list] {
        var writer = JSONWriter()
        writer.object { writer in
          for (key, value) in entry.members { write(key, value, object, to: &writer) }
          writer.member("full_product_name") { $0.raw(text) }
        }
        lists[list, default: []].append(writer.bytes)
      } else if let path = kept["path"] {
        tree.add(text, along: path.elements.map { $0 })
      } else {
        plain.append(text)
      }
    }
    writer.member("product_tree") { writer in
      writer.object { writer in
        if !tree.children.isEmpty { writer.member("branches") { tree.write(to: &$0) } }
        if !plain.isEmpty { write("full_product_names", plain, to: &writer) }
        if !groups.isEmpty { write("product_groups", groups.compactMap { groupText($0) }, to: &writer) }
        for (name, entries) in lists.sorted(by: { $0.key < $1.key }) { write(name, entries, to: &writer) }
      }
    }
    carried.formUnion(groups.map(\.index))
  }

  private func write(_ name: String, _ texts: [[UInt8]], to writer: inout JSONWriter) {
    writer.member(name) { $0.array { list in for text in texts { list.raw(text) } } }
  }

  private func productText(_ object: STIXObject, _ kept: JSONValue?) -> [UInt8] {
    var writer = JSONWriter()
    writer.object { writer in
      writer.member("name", object.name ?? "-")
      for (key, value) in kept?.members.map({ $0 }) ?? [] { writer.member(key, value) }
    }
    return writer.bytes
  }

  private func groupText(_ group: STIXObject) -> [UInt8]? {
    guard let id = group.name else { return nil }
    let members =
      group.value["object_refs"].map { $0.elements.compactMap { $0.string.flatMap { nativeIDs[$0] } } } ?? []
    var writer = JSONWriter()
    writer.object { writer in
      writer.member("group_id", id)
      writer.member("product_ids", members)
      if let text = group.text { writer.member("summary", text) }
    }
    return writer.bytes
  }

  // MARK: Vulnerabilities

  private mutating func write(_ object: STIXObject, to list: inout JSONWriter) {
    guard let kept = object.kept(.csaf, "vulnerability") else { return writeForeign(object, to: &list) }
    carried.insert(object.index)
    account.loseProperties(
      of: object, carried: ["name", "description", "external_references", "created_by_ref", "created", "extensions"],
      why: "a vulnerability of a CSAF document has no place for it")
    let remedies = remedies(of: object)
    list.object { writer in
      for (key, value) in kept["vulnerability"]?.members.map({ $0 }) ?? [] { write(key, value, object, to: &writer) }
      if let member = kept["named_by"]?.string, member != "none", let name = object.name { writer.member(member, name) }
      writeReferences(of: object, to: &writer)
      let texts = remedies.compactMap { remedyText($0) }
      if !texts.isEmpty { write("remediations", texts, to: &writer) }
    }
    carried.formUnion(remedies.map(\.index))
  }

  private func remedyText(_ object: STIXObject) -> [UInt8]? {
    guard let kept = object.kept(.csaf, "remediation")?["remediation"] else { return nil }
    var writer = JSONWriter()
    writer.object { writer in
      for (key, value) in kept.members { write(key, value, object, to: &writer) }
      writer.member("details", object.text ?? object.name ?? "-")
      if let url = object.value["external_references"]?[0]?["url"]?.string { writer.member("url", url) }
    }
    return writer.bytes
  }
}

/// A branch of the product tree while it grows.
private final class BranchNode {
  private(set) var children: [(branch: JSONValue?, node: BranchNode)] = []
  private var product: [UInt8]?

  /// Puts a product at the end of a path; levels that are there already are shared.
  func add(_ product: [UInt8], along path: [JSONValue]) {
    var node = self
    for (depth, branch) in path.enumerated() {
      let isLast = depth == path.count - 1
      // A branch holds either branches or one product.
      if !isLast, let known = node.children.last(where: { $0.branch == branch && $0.node.product == nil }) {
        node = known.node
      } else {
        let next = BranchNode()
        node.children.append((branch, next))
        node = next
      }
    }
    node.product = product
  }

  func write(to writer: inout JSONWriter) {
    writer.array { list in
      for (branch, node) in children {
        list.object { writer in
          for (key, value) in branch?.members.map({ $0 }) ?? [] { writer.member(key, value) }
          if let product = node.product {
            writer.member("product") { $0.raw(product) }
          } else {
            writer.member("branches") { node.write(to: &$0) }
          }
        }
      }
    }
  }
}
