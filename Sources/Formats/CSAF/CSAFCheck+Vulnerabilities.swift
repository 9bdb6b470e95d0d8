import JSON

extension CSAFCheck {
  /// Tests 6, 7, 9 to 11, 23, 24, 29, 32, 33, and what profiles ask of each vulnerability.
  mutating func checkVulnerabilities() {
    var numbers: Set<String> = []
    for vulnerability in vulnerabilities ?? JSONValue.none where vulnerability.isObject {
      if let value = vulnerability["cve"], let cve = value.string, !numbers.insert(cve).inserted {
        add(CSAFRules.cveOnce, at: value, "\(cve) stands for another vulnerability already")
      }
      checkStatuses(vulnerability)
      checkScores(vulnerability)
      checkWeaknesses(vulnerability)
      checkInvolvements(vulnerability)
      checkMeasures(vulnerability)
      checkProfile(vulnerability)
    }
  }

  /// The groups of statuses that contradict each other.
  private static let statusGroups: [(name: String, lists: [String])] = [
    ("affected", ["first_affected", "known_affected", "last_affected"]),
    ("not affected", ["known_not_affected"]),
    ("fixed", ["first_fixed", "fixed"]),
    ("under investigation", ["under_investigation"]),
    ("unknown", ["unknown"]),
  ]

  private mutating func checkStatuses(_ vulnerability: JSONValue) {
    guard let status = vulnerability["product_status"], status.isObject else { return }
    var groupOf: [String: Int] = [:]
    for (number, group) in Self.statusGroups.enumerated() {
      for list in group.lists {
        for value in status[list]?.elements ?? JSONValue.none {
          guard let id = value.string else { continue }
          guard let other = groupOf[id], other != number else {
            groupOf[id] = number
            continue
          }
          add(
            CSAFRules.statusesDisjoint, at: value,
            "the product \(id) is \(group.name), and \(Self.statusGroups[other].name) at once")
        }
      }
    }
  }

  private mutating func checkScores(_ vulnerability: JSONValue) {
    var seen: Set<String> = []
    for list in ["scores", "metrics"] {
      for entry in vulnerability[list]?.elements ?? JSONValue.none {
        let scored = list == "metrics" ? entry["content"] : entry
        let source = entry["source"]?.string ?? ""
        for member in ["cvss_v2", "cvss_v3", "cvss_v4"] {
          guard let score = scored?[member], score.isObject else { continue }
          let version = score["version"]?.string ?? member
          for value in entry["products"]?.elements ?? JSONValue.none {
            guard let id = value.string, !seen.insert("\(version) \(source) \(id)").inserted else { continue }
            add(CSAFRules.oneScore, at: value, "the product \(id) has a score of CVSS \(version) already")
          }
          for fault in CVSSScore.faults(of: score, member: member) {
            add(fault.rule, at: fault.value, fault.message)
          }
        }
      }
    }
  }

  private mutating func checkWeaknesses(_ vulnerability: JSONValue) {
    let listed = vulnerability["cwe"].map { [$0] } ?? vulnerability["cwes"].map { Array($0.elements) } ?? []
    for weakness in listed {
      guard let id = weakness["id"], let number = id.string, let name = weakness["name"], let text = name.string else {
        continue
      }
      switch Weaknesses.verdict(number, text) {
      case .right: break
      case .unknown: add(CSAFRules.weakness, at: id, "there is no weakness \(number)")
      case .otherName(let known): add(CSAFRules.weakness, at: name, "\(number) is called '\(known)'")
      }
    }
  }

  private mutating func checkInvolvements(_ vulnerability: JSONValue) {
    var seen: Set<String> = []
    for entry in vulnerability["involvements"]?.elements ?? JSONValue.none {
      guard let party = entry["party"]?.string else { continue }
      let date = entry["date"]?.string.map { CSAFMoment($0)?.text ?? $0 } ?? ""
      // In 2.1 an involvement can be about some products only.
      let about = products.of(entry)
      for product in about.isEmpty ? [""] : about where !seen.insert("\(party) \(date) \(product)").inserted {
        add(CSAFRules.involvementOnce, at: entry, "the \(party) is involved at that date already")
        break
      }
    }
  }

  private mutating func checkMeasures(_ vulnerability: JSONValue) {
    func hasProducts(_ entry: JSONValue) -> Bool { entry["product_ids"] != nil || entry["group_ids"] != nil }
    for entry in vulnerability["remediations"]?.elements ?? JSONValue.none where !hasProducts(entry) {
      add(CSAFRules.remedyHasProduct, at: entry, "the remediation has neither product_ids nor group_ids")
    }
    var justified: Set<String> = []
    for entry in vulnerability["flags"]?.elements ?? JSONValue.none {
      guard hasProducts(entry) else {
        add(CSAFRules.flagHasProduct, at: entry, "the flag has neither product_ids nor group_ids")
        continue
      }
      for product in Set(products.of(entry)).sorted() where !justified.insert(product).inserted {
        add(CSAFRules.oneJustification, at: entry, "the product \(product) has a justification already")
      }
    }
  }

  // MARK: Profiles

  private mutating func checkProfile(_ vulnerability: JSONValue) {
    let category = category
    let isVEX = category == "csaf_vex"
    guard isVEX || category == "csaf_security_advisory" || category == "csaf_deprecated_security_advisory" else {
      return
    }
    if vulnerability["notes"] == nil {
      add(CSAFRules.profileVulnerabilityNotes, at: vulnerability, "the vulnerability has no notes")
    }
    let status = vulnerability["product_status"]
    guard isVEX else {
      if status == nil {
        add(CSAFRules.profileStatus, at: vulnerability, "the vulnerability has no product_status")
      }
      return
    }
    if !["fixed", "known_affected", "known_not_affected", "under_investigation"].contains(where: { status?[$0] != nil })
    {
      add(
        CSAFRules.vexStatus, at: status ?? vulnerability,
        "none of fixed, known_affected, known_not_affected and under_investigation is there")
    }
    if vulnerability["cve"] == nil, vulnerability["ids"] == nil {
      add(CSAFRules.vexID, at: vulnerability, "the vulnerability has neither cve nor ids")
    }
    checkStatements(vulnerability, status)
  }

  private mutating func checkStatements(_ vulnerability: JSONValue, _ status: JSONValue?) {
    var explained: Set<String> = []
    for entry in vulnerability["flags"]?.elements ?? JSONValue.none { explained.formUnion(products.of(entry)) }
    for entry in vulnerability["threats"]?.elements ?? JSONValue.none
    where entry["category"]?.isString("impact") ?? false {
      explained.formUnion(products.of(entry))
    }
    for value in status?["known_not_affected"]?.elements ?? JSONValue.none {
      guard let id = value.string, !explained.contains(id) else { continue }
      add(CSAFRules.vexImpact, at: value, "no flag and no threat of impact says why \(id) is not affected")
    }
    var treated: Set<String> = []
    for entry in vulnerability["remediations"]?.elements ?? JSONValue.none { treated.formUnion(products.of(entry)) }
    for value in status?["known_affected"]?.elements ?? JSONValue.none {
      guard let id = value.string, !treated.contains(id) else { continue }
      add(CSAFRules.vexAction, at: value, "no remediation says what to do about \(id)")
    }
  }
}
