import JSON

/// The recommended tests of section 6.2.
extension CSAFCheck {
  mutating func advise() {
    adviseOnProducts()
    adviseOnDocument()
    for vulnerability in vulnerabilities ?? JSONValue.none where vulnerability.isObject { advise(vulnerability) }
    if let place = root.firstUnsorted {
      add(CSAFRules.keysSorted, at: place, "the members of this object are not sorted by name")
    }
    for value in CSAFMembers.unknown(in: root, version) {
      add(CSAFRules.knownMembers, at: value, "CSAF has no member of this name here")
    }
  }

  private mutating func adviseOnProducts() {
    let category = category
    let isInformational = category == "csaf_informational_advisory"
    for (id, product) in products.defined.sorted(by: { $0.value.index < $1.value.index }) {
      if !isInformational, !products.used.contains(id) {
        add(CSAFRules.unusedProduct, at: product["product_id"] ?? product, "nothing refers to the product \(id)")
      }
      guard let helper = product["product_identification_helper"] else {
        add(CSAFRules.identificationHelper, at: product, "the product \(id) has no product_identification_helper")
        continue
      }
      for file in helper["hashes"]?.elements ?? JSONValue.none { adviseOnHashes(file) }
    }
    if let branches = root["product_tree"]?["branches"] { adviseOnRanges(branches) }
  }

  private mutating func adviseOnHashes(_ file: JSONValue) {
    guard let list = file["file_hashes"], list.count > 0 else { return }
    let names = Set(list.elements.compactMap { $0["algorithm"]?.string?.lowercased() })
    if names == ["md5"] { add(CSAFRules.onlyMD5, at: list, "the only hash of the file is by MD5") }
    if names == ["sha1"] { add(CSAFRules.onlySHA1, at: list, "the only hash of the file is by SHA-1") }
  }

  private mutating func adviseOnRanges(_ branches: JSONValue) {
    for branch in branches.elements {
      if branch["category"]?.isString("product_version_range") ?? false, let value = branch["name"],
        let name = value.string
      {
        let isVers = name.hasPrefix("vers:") && name.contains("/") || name.hasPrefix("vls")
        if !isVers {
          add(CSAFRules.rangeScheme, at: value, "'\(name.prefix(60))' is neither vers nor vls")
        }
      }
      if let more = branch["branches"] { adviseOnRanges(more) }
    }
  }

  private mutating func adviseOnDocument() {
    guard let document else { return }
    if document["distribution"]?["tlp"]?["label"] == nil {
      add(CSAFRules.missingTLP, at: document, "the document has no label of the traffic light protocol")
    }
    if document["lang"] == nil { add(CSAFRules.missingLanguage, at: document, "the document has no lang") }
    for name in ["lang", "source_lang"] {
      guard let value = document[name], let tag = value.string?.lowercased() else { continue }
      if tag == "i-default" { add(CSAFRules.defaultLanguage, at: value, "the language is the default one") }
      if Self.isPrivate(tag) { add(CSAFRules.privateLanguage, at: value, "the language is one of private use") }
    }
    adviseOnTracking(document)
  }

  /// Subtags that RFC 5646 keeps for private use.
  private static func isPrivate(_ tag: String) -> Bool {
    let parts = tag.split(separator: "-")
    guard let primary = parts.first else { return false }
    func isBetween(_ part: Substring, _ first: Substring, _ last: Substring) -> Bool {
      part.utf8.count == first.utf8.count && part >= first && part <= last
    }
    return primary == "x" || isBetween(primary, "qaa", "qtz")
      || parts.dropFirst().contains { part in
        part == "x" || part == "aa" || part == "zz" || isBetween(part, "qm", "qz") || isBetween(part, "xa", "xz")
          || isBetween(part, "qaaa", "qabx")
      }
  }

  private mutating func adviseOnTracking(_ document: JSONValue) {
    guard let tracking = document["tracking"] else { return }
    let history = tracking["revision_history"]?.elements ?? JSONValue.none
    for entry in history {
      guard let value = entry["number"], let text = value.string, CSAFVersionNumber(text)?.hasBuild ?? false else {
        continue
      }
      add(CSAFRules.buildMetadata, at: value, "\(text) has build metadata")
    }
    let dates = history.compactMap { $0["date"]?.string.flatMap { CSAFMoment($0) } }
    if let value = tracking["initial_release_date"], let date = value.string.flatMap({ CSAFMoment($0) }),
      let oldest = dates.min(), date < oldest
    {
      add(CSAFRules.initialDate, at: value, "the initial release is before the first revision, of \(oldest.text)")
    }
    if let value = tracking["current_release_date"], let date = value.string.flatMap({ CSAFMoment($0) }),
      let newest = dates.max(), date < newest
    {
      add(CSAFRules.currentDate, at: value, "the current release is before the last revision, of \(newest.text)")
    }
    guard let id = tracking["id"]?.string else { return }
    let name = CSAFFileName.of(id)
    let isCanonical = (document["references"]?.elements ?? JSONValue.none).contains { reference in
      let url = reference["url"]?.string ?? ""
      return reference["category"]?.isString("self") ?? false && url.hasPrefix("https://") && url.hasSuffix("/" + name)
    }
    if !isCanonical {
      add(
        CSAFRules.canonicalURL, at: document["references"] ?? document,
        "no reference of the category self begins with https:// and ends with \(name)")
    }
  }

  private mutating func advise(_ vulnerability: JSONValue) {
    let status = vulnerability["product_status"]
    func listed(_ names: [String]) -> [JSONValue] {
      names.flatMap { Array(status?[$0]?.elements ?? JSONValue.none) }
    }
    let affected = ["first_affected", "known_affected", "last_affected"]
    var treated: Set<String> = []
    for entry in vulnerability["remediations"]?.elements ?? JSONValue.none { treated.formUnion(products.of(entry)) }
    for value in listed(affected + ["under_investigation"]) where !treated.contains(value.string ?? "") {
      add(CSAFRules.missingRemedy, at: value, "no remediation is for \(value.string ?? "it")")
    }
    let scores = Array(vulnerability["scores"]?.elements ?? vulnerability["metrics"]?.elements ?? JSONValue.none)
    var scored: Set<String> = []
    for score in scores { scored.formUnion(score["products"]?.strings ?? []) }
    for value in listed(affected) where !scored.contains(value.string ?? "") {
      add(CSAFRules.missingScore, at: value, "no score is for \(value.string ?? "it")")
    }
    let fixed = Set(listed(["first_fixed", "fixed"]).compactMap(\.string))
    for score in scores {
      for value in score["products"]?.elements ?? JSONValue.none where fixed.contains(value.string ?? "") {
        guard !CVSSScore.isHarmless(score["content"] ?? score) else { continue }
        add(CSAFRules.fixedScore, at: value, "the product is fixed, and its environmental score is not 0")
      }
    }
    for entry in vulnerability["involvements"]?.elements ?? JSONValue.none where entry["date"] == nil {
      add(CSAFRules.involvementDate, at: entry, "the involvement has no date")
    }
    for entry in vulnerability["ids"]?.elements ?? JSONValue.none {
      guard let value = entry["text"], let text = value.string, text.hasPrefix("CVE-") else { continue }
      add(CSAFRules.cveInIDs, at: value, "\(text.prefix(40)) is a CVE number; its place is the member cve")
    }
  }
}

/// The name of the file that a document lies in (section 5.1).
package enum CSAFFileName {
  package static func of(_ id: String) -> String {
    var name = ""
    var isReplaced = false
    for character in id.lowercased().unicodeScalars {
      switch character {
      case "a"..."z", "0"..."9", "+", "-":
        name.unicodeScalars.append(character)
        isReplaced = false
      default:
        if !isReplaced { name.append("_") }
        isReplaced = true
      }
    }
    return name + ".json"
  }
}

extension JSONValue {
  /// The first object whose members are not sorted by name.
  fileprivate var firstUnsorted: JSONValue? {
    if isObject {
      var last: String?
      for (key, value) in members {
        if let last, key.utf16.lexicographicallyPrecedes(last.utf16) { return self }
        last = key
        if let found = value.firstUnsorted { return found }
      }
    } else {
      for value in elements {
        if let found = value.firstUnsorted { return found }
      }
    }
    return nil
  }
}

extension CVSSScore {
  /// Whether the environmental scores of an entry are all 0: said so, or by the vector.
  static func isHarmless(_ entry: JSONValue) -> Bool {
    ["cvss_v2", "cvss_v3"].allSatisfy { member in
      guard let score = entry[member], score.isObject else { return true }
      if let said = score["environmentalScore"]?.number { return said == 0 }
      guard let text = score["vectorString"]?.string else { return false }
      func result<System: CVSSSystem>(_ system: System.Type) -> Bool {
        guard case .success(let vector) = CVSSVector.read(text, System.table) else { return false }
        return System.score(.environmental, vector.completed(by: score, System.table)) == 0
      }
      if member == "cvss_v2" { return result(CVSS2.self) }
      return text.hasPrefix("CVSS:3.0/") ? result(CVSS30.self) : result(CVSS31.self)
    }
  }
}
