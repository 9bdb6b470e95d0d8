import JSON

/// The products and groups of a document.
struct CSAFProducts {
  /// Each product's definition, by its id.
  private(set) var defined: [String: JSONValue] = [:]
  /// Products in each group.
  private(set) var groups: [String: [String]] = [:]
  var used: Set<String> = []

  /// False where the id is defined already.
  mutating func define(_ id: String, _ value: JSONValue) -> Bool {
    guard defined[id] == nil else { return false }
    defined[id] = value
    return true
  }

  mutating func defineGroup(_ id: String, _ members: [String]) -> Bool {
    guard groups[id] == nil else { return false }
    groups[id] = members
    return true
  }

  /// The products that an entry with `product_ids` and `group_ids` is about.
  func of(_ entry: JSONValue) -> [String] {
    var ids = entry["product_ids"]?.strings ?? []
    for group in entry["group_ids"]?.elements ?? noElements { ids += group.string.flatMap { groups[$0] } ?? [] }
    return ids
  }

  private var noElements: JSONValue.Elements { JSONValue.none }
}

extension JSONValue {
  /// No elements: what a list that is missing has.
  static let none: Elements = {
    guard let document = try? JSONDocument(Array("[]".utf8)) else { preconditionFailure("an empty list is JSON") }
    return document.root.elements
  }()
}

extension CSAFCheck {
  /// Definitions, tests 1 to 5, 13, 25, 31.
  mutating func checkTree() {
    guard let tree = root["product_tree"] else { return }
    if let branches = tree["branches"] { checkBranches(branches) }
    for product in tree["full_product_names"]?.elements ?? JSONValue.none { checkProduct(product) }
    for name in ["relationships", "product_paths"] {
      for entry in tree[name]?.elements ?? JSONValue.none {
        if let product = entry["full_product_name"] { checkProduct(product) }
      }
    }
    for group in tree["product_groups"]?.elements ?? JSONValue.none {
      guard let id = group["group_id"]?.string else { continue }
      if !products.defineGroup(id, group["product_ids"]?.strings ?? []) {
        add(CSAFRules.groupOnce, at: group["group_id"] ?? group, "the product group \(id) is defined already")
      }
    }
    checkCircles(tree)
  }

  private mutating func checkBranches(_ branches: JSONValue) {
    for branch in branches.elements {
      if let product = branch["product"] { checkProduct(product) }
      if let name = branch["name"], let text = name.string {
        if branch["category"]?.isString("product_version") ?? false, let word = VersionRange.word(in: text) {
          add(
            CSAFRules.noRange, at: name,
            "'\(text.prefix(60))' is a range of versions ('\(word)'); use the category product_version_range")
        }
      }
      if let more = branch["branches"] { checkBranches(more) }
    }
  }

  private mutating func checkProduct(_ product: JSONValue) {
    if let value = product["product_id"], let id = value.string, !products.define(id, product) {
      add(CSAFRules.productOnce, at: value, "the product \(id) is defined already")
    }
    guard let helper = product["product_identification_helper"] else { return }
    for file in helper["hashes"]?.elements ?? JSONValue.none {
      var algorithms: Set<String> = []
      for hash in file["file_hashes"]?.elements ?? JSONValue.none {
        guard let value = hash["algorithm"], let name = value.string, !algorithms.insert(name).inserted else {
          continue
        }
        add(CSAFRules.hashOnce, at: value, "the file has a hash by \(name) already")
      }
    }
    let urls = helper["purl"].map { [$0] } ?? helper["purls"].map { Array($0.elements) } ?? []
    for url in urls {
      guard let text = url.string, let fault = PackageURL.fault(of: text) else { continue }
      add(CSAFRules.purl, at: url, "'\(text.prefix(80))' is no package URL: \(fault)")
    }
  }

  /// A relationship defines a product by two others; followed from product to product there must be no way back.
  private mutating func checkCircles(_ tree: JSONValue) {
    var parts: [String: (value: JSONValue, needs: [String])] = [:]
    func collect(_ list: String, _ needs: (JSONValue) -> [String]) {
      for entry in tree[list]?.elements ?? JSONValue.none {
        guard let value = entry["full_product_name"]?["product_id"], let id = value.string else { continue }
        parts[id] = (value, (parts[id]?.needs ?? []) + needs(entry))
      }
    }
    collect("relationships") { entry in
      [entry["product_reference"]?.string, entry["relates_to_product_reference"]?.string].compactMap(\.self)
    }
    collect("product_paths") { entry in
      let steps = (entry["subpaths"]?.elements ?? JSONValue.none).compactMap { $0["next_product_reference"]?.string }
      return [entry["beginning_product_reference"]?.string].compactMap(\.self) + steps
    }
    guard !parts.isEmpty else { return }
    var done: Set<String> = []
    for start in parts.keys.sorted() where !done.contains(start) {
      // Depth first without recursion: a chain may be as long as the document.
      var path: [(id: String, next: Int)] = [(start, 0)]
      var onPath: Set<String> = [start]
      while let (id, next) = path.last {
        let needs = parts[id]?.needs ?? []
        guard next < needs.count else {
          path.removeLast()
          onPath.remove(id)
          done.insert(id)
          continue
        }
        path[path.count - 1].next += 1
        let need = needs[next]
        if onPath.contains(need) {
          if let value = parts[id]?.value {
            add(CSAFRules.noCircle, at: value, "the product \(id) is defined by \(need), which is defined by \(id)")
          }
        } else if parts[need] != nil, !done.contains(need) {
          path.append((need, 0))
          onPath.insert(need)
        }
      }
    }
  }

  /// Tests 1 and 4: everything that is referred to is there.
  mutating func checkReferencedProducts() {
    let tree = root["product_tree"]
    for group in tree?["product_groups"]?.elements ?? JSONValue.none { refer(group["product_ids"]) }
    for entry in tree?["relationships"]?.elements ?? JSONValue.none {
      refer(one: entry["product_reference"])
      refer(one: entry["relates_to_product_reference"])
    }
    for entry in tree?["product_paths"]?.elements ?? JSONValue.none {
      refer(one: entry["beginning_product_reference"])
      for step in entry["subpaths"]?.elements ?? JSONValue.none { refer(one: step["next_product_reference"]) }
    }
    for note in document?["notes"]?.elements ?? JSONValue.none { referBoth(note) }
    for vulnerability in root["vulnerabilities"]?.elements ?? JSONValue.none {
      if let status = vulnerability["product_status"], status.isObject {
        for (_, list) in status.members { refer(list) }
      }
      for list in Self.listsWithProducts {
        for entry in vulnerability[list]?.elements ?? JSONValue.none { referBoth(entry) }
      }
      for list in Self.listsOfScores {
        for entry in vulnerability[list]?.elements ?? JSONValue.none { refer(entry["products"]) }
      }
    }
  }

  private static let listsOfScores: [StaticString] = ["scores", "metrics"]
  private static let listsWithProducts: [StaticString] = [
    "flags", "first_known_exploitation_dates", "involvements", "notes", "remediations", "threats",
  ]

  private mutating func referBoth(_ entry: JSONValue) {
    refer(entry["product_ids"])
    for group in entry["group_ids"]?.elements ?? JSONValue.none {
      guard let id = group.string, products.groups[id] == nil else { continue }
      add(CSAFRules.groupDefined, at: group, "there is no product group \(id)")
    }
  }

  private mutating func refer(_ list: JSONValue?) {
    for value in list?.elements ?? JSONValue.none { refer(one: value) }
  }

  private mutating func refer(one value: JSONValue?) {
    guard let value, let id = value.string else { return }
    if products.defined[id] == nil {
      add(CSAFRules.productDefined, at: value, "there is no product \(id) in the product tree")
    }
    if withAdvice { products.used.insert(id) }
  }
}

/// Names of versions that say more than one version.
enum VersionRange {
  /// The word that makes a range of a name; nil where it is one version.
  static func word(in name: String) -> String? {
    let text = name.lowercased()
    for sign in ["<=", ">=", "<", ">"] where text.contains(sign) { return sign }
    return text.split { $0.isWhitespace || ",;()".contains($0) }.first { words.contains($0) }.map { String($0) }
  }

  private static let words: Set<Substring> = ["after", "all", "before", "earlier", "later", "prior", "versions"]
}
