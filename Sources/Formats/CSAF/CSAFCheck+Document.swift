import JSON
import STIX

extension CSAFCheck {
  /// Languages, names of categories, the history of revisions, and what profiles ask of the document.
  mutating func checkDocument() {
    guard let document else { return }
    for name in ["lang", "source_lang"] {
      guard let value = document[name], let tag = value.string else { continue }
      if !LanguageTags.isPlausible(tag) { add(CSAFRules.language, at: value, "'\(tag)' is no language that exists") }
    }
    if let source = document["source_lang"], let tag = source.string, tag == document["lang"]?.string {
      add(CSAFRules.otherLanguage, at: source, "both languages are \(tag)")
    }
    if document["publisher"]?["category"]?.isString("translator") ?? false, document["source_lang"] == nil {
      add(CSAFRules.translator, at: document, "the publisher is a translator, and source_lang is missing")
    }
    checkCategory(document)
    checkTimes(document)
    if let tracking = document["tracking"] { checkTracking(tracking) }
    checkProfile(document)
  }

  private mutating func checkCategory(_ document: JSONValue) {
    guard let value = document["category"], let name = value.string else { return }
    if Self.categories.contains(name) || version == .v21 && Self.newerCategories.contains(name) { return }
    let isReserved = name.lowercased().hasPrefix("csaf_") && name != "csaf_base"
    if isReserved || Self.profileNames.contains(Self.bare(name)) {
      add(
        CSAFRules.categoryName, at: value,
        "'\(name.prefix(60))' looks like the name of a profile; use the profile's own name, or another word")
    }
  }

  private static let categories: Set<String> = [
    "csaf_base", "csaf_security_incident_response", "csaf_informational_advisory", "csaf_security_advisory", "csaf_vex",
  ]
  private static let newerCategories: Set<String> = [
    "csaf_deprecated_security_advisory", "csaf_withdrawn", "csaf_superseded",
  ]

  /// A name without case, blanks, dashes and underscores.
  private static func bare(_ name: String) -> String {
    name.lowercased().filter { !$0.isWhitespace && $0 != "-" && $0 != "_" }
  }

  private static let profileNames: Set<String> = Set(
    [
      "securityincidentresponse", "informationaladvisory", "securityadvisory", "vex", "deprecatedsecurityadvisory",
    ].flatMap { [$0, "csaf" + $0] })

  // MARK: Times

  /// The schema sees the form of a time; that the calendar has it is seen here.
  private mutating func checkTimes(_ document: JSONValue) {
    func look(_ value: JSONValue?) {
      guard let value, value.withString({ CSAFMoment($0) == nil }) ?? false else { return }
      add(CSAFRules.timeExists, at: value, "'\((value.string ?? "").prefix(40))' is no moment that exists")
    }
    let tracking = document["tracking"]
    look(tracking?["current_release_date"])
    look(tracking?["initial_release_date"])
    look(tracking?["generator"]?["date"])
    for entry in tracking?["revision_history"]?.elements ?? JSONValue.none { look(entry["date"]) }
    for vulnerability in vulnerabilities ?? JSONValue.none {
      for name in Self.times { look(vulnerability[name]) }
      for list in Self.timed {
        for entry in vulnerability[list]?.elements ?? JSONValue.none { look(entry["date"]) }
      }
    }
  }

  private static let times: [StaticString] = ["discovery_date", "release_date", "disclosure_date"]
  private static let timed: [StaticString] = ["flags", "involvements", "remediations", "threats"]

  // MARK: Versions

  private struct Revision {
    var value: JSONValue
    var number: CSAFVersionNumber
    var text: String
    var date: CSAFMoment
  }

  private mutating func checkTracking(_ tracking: JSONValue) {
    let revisions = (tracking["revision_history"]?.elements ?? JSONValue.none).compactMap { entry -> Revision? in
      guard let text = entry["number"]?.string, let number = CSAFVersionNumber(text),
        let date = entry["date"]?.withString({ CSAFMoment($0) }) ?? nil
      else { return nil }
      return Revision(value: entry, number: number, text: text, date: date)
    }
    let status = tracking["status"]?.string
    // By date, and those of one date by number.
    let dated =
      revisions.count < 2
      ? revisions : revisions.sorted { $0.date != $1.date ? $0.date < $1.date : $0.number < $1.number }
    checkHistory(revisions, dated, isReleased: status == "final" || status == "interim")
    guard let value = tracking["version"], let text = value.string, let version = CSAFVersionNumber(text) else {
      return
    }
    if let last = dated.last {
      let isDraft = status == "draft"
      let isSame = isDraft ? last.number.numbers == version.numbers : last.number == version
      if !isSame {
        add(CSAFRules.lastRevision, at: value, "the version is \(text), and the last revision \(last.text)")
      }
    }
    if version.isZero || !version.preRelease.isEmpty, status != "draft", status != nil {
      add(CSAFRules.draftVersion, at: tracking["status"] ?? tracking, "version \(text) is one of a draft")
    }
    if status != "draft", !version.preRelease.isEmpty {
      add(CSAFRules.noPreReleaseVersion, at: value, "\(text) is a pre-release, and the document is released")
    }
    if revisions.contains(where: { $0.number.isWhole != version.isWhole }) {
      add(CSAFRules.oneScheme, at: value, "the version and the revisions are numbered by different schemes")
    }
  }

  private mutating func checkHistory(_ revisions: [Revision], _ dated: [Revision], isReleased: Bool) {
    for (earlier, later) in zip(dated, dated.dropFirst()) where later.number < earlier.number {
      add(
        CSAFRules.historySorted, at: later.value,
        "revision \(later.text) is of \(later.date.text), after revision \(earlier.text)")
    }
    var seen: Set<String> = []
    for revision in revisions {
      let number = revision.value["number"] ?? revision.value
      if isReleased, revision.number.isZero {
        add(CSAFRules.noZeroRevision, at: number, "revision \(revision.text) was before the first release")
      }
      if !revision.number.preRelease.isEmpty {
        add(CSAFRules.noPreRelease, at: number, "\(revision.text) is a pre-release")
      }
      if revisions.count > 1, !seen.insert(revision.text).inserted {
        add(CSAFRules.revisionOnce, at: number, "revision \(revision.text) is listed already")
      }
    }
    let numbered = revisions.count < 2 ? revisions : revisions.sorted { $0.number < $1.number }
    if let first = numbered.first, first.number.major > 1 {
      add(CSAFRules.noGap, at: first.value, "the first revision is \(first.text), and not 0 or 1")
    }
    for (earlier, later) in zip(numbered, numbered.dropFirst()) where later.number.major > earlier.number.major + 1 {
      add(CSAFRules.noGap, at: later.value, "between revisions \(earlier.text) and \(later.text) one is missing")
    }
  }

  // MARK: Profiles

  private mutating func checkProfile(_ document: JSONValue) {
    switch category {
    case "csaf_security_incident_response", "csaf_informational_advisory":
      let hasNote = (document["notes"]?.elements ?? JSONValue.none).contains { note in
        Self.telling.contains(note["category"]?.string ?? "")
      }
      if !hasNote {
        add(
          CSAFRules.profileNote, at: document["notes"] ?? document,
          "the document has no note of the category description, details, general or summary")
      }
      let hasReference = (document["references"]?.elements ?? JSONValue.none).contains { reference in
        reference["category"]?.isString("external") ?? true
      }
      if !hasReference {
        add(
          CSAFRules.profileReference, at: document["references"] ?? document,
          "the document has no reference of the category external")
      }
      if category == "csaf_informational_advisory", let list = root["vulnerabilities"] {
        add(CSAFRules.profileNoVulnerabilities, at: list, "an informational advisory has no vulnerabilities")
      }
    case "csaf_security_advisory", "csaf_vex", "csaf_deprecated_security_advisory":
      if root["product_tree"] == nil { add(CSAFRules.profileTree, at: root, "product_tree is missing") }
      if root["vulnerabilities"] == nil {
        add(CSAFRules.profileVulnerabilities, at: root, "vulnerabilities is missing")
      }
    default: break
    }
  }

  private static let telling: Set<String> = ["description", "details", "general", "summary"]
}
