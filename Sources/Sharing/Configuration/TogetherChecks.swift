import Contract
import JSON
import STIX

/// What shows only where several files, or several terms of one, are looked at together: contradictions.
///
/// A contradiction is what nobody can have meant: a term that another takes back whole, or that can never come true.
struct TogetherChecks {
  let agencies: [AgencyID: Agency]
  private let files: [(file: ConfigurationFile, agency: Agency)]

  init(_ files: [(file: ConfigurationFile, agency: Agency)]) {
    self.files = files
    agencies = Dictionary(files.map { ($0.agency.id, $0.agency) }) { first, _ in first }
  }

  init(agencies: [AgencyID: Agency]) {
    files = []
    self.agencies = agencies
  }

  /// Two agencies that nobody could tell apart.
  func agencyFindings() -> [ConfigurationFinding] {
    var findings: [ConfigurationFinding] = []
    var owners: [String: AgencyID] = [:]
    for (file, agency) in files.sorted(by: { $0.agency.id < $1.agency.id }) {
      guard let identity = agency.identity else { continue }
      if let owner = owners[identity] {
        findings.append(file.finding("identity", "found the identity of \(owner); each agency has one of its own"))
      } else {
        owners[identity] = agency.id
      }
    }
    return findings
  }

  func findings(_ papers: ArrangementPapers) -> [ConfigurationFinding] {
    let arrangement = papers.arrangement
    let file = papers.file
    var findings = partyFindings(arrangement, file) + dutyFindings(arrangement.obligations, "obligations", file)
    if let data = arrangement.personalData {
      if !data.categories.isEmpty, !data.isInScope {
        findings.append(
          file.finding("personal-data/categories", "found categories of personal data that the line in-scope excludes"))
      }
      if !data.categories.isEmpty, data.transferTool == .none, crossesBorder(arrangement) {
        findings.append(
          file.finding(
            "personal-data/categories",
            "found categories that could leave the European Union, and no transfer-tool that they could leave on"))
      }
    }
    for (place, grant) in arrangement.grants.enumerated() {
      findings += grantFindings(grant, arrangement, file, at: "grants/\(place)")
    }
    return findings
  }

  private func partyFindings(_ arrangement: Arrangement, _ file: ConfigurationFile) -> [ConfigurationFinding] {
    guard arrangement.status == .active else { return [] }
    return arrangement.parties.enumerated().compactMap { place, party in
      guard let agency = agencies[party], !agency.keys.contains(where: { $0.use == .policy }) else { return nil }
      return file.finding(
        "parties/\(place)",
        "found an active arrangement with \(party), which has no policy key in agencies/\(party).yaml to sign it with")
    }
  }

  private func crossesBorder(_ arrangement: Arrangement) -> Bool {
    let areas = Set(
      arrangement.parties.compactMap { agencies[$0] }.map { DataProtectionArea.isInside($0.jurisdiction) })
    return areas.count > 1
  }

  private func grantFindings(
    _ grant: Grant, _ arrangement: Arrangement, _ file: ConfigurationFile, at path: String
  ) -> [ConfigurationFinding] {
    var findings = dutyFindings(grant.obligations, path + "/obligations", file)
    if let ceiling = arrangement.maximumTLP, grant.maximumTLP > ceiling {
      findings.append(
        file.finding(
          path + "/maximum-tlp",
          "found \(grant.maximumTLP.label); the arrangement's own maximum-tlp lets nothing above \(ceiling.label) pass")
      )
    }
    let voices = [grant.obligations.attribution, arrangement.obligations.attribution]
    if voices.contains(.must), voices.contains(.mustNot) {
      findings.append(
        file.finding(
          path + "/obligations/attribution", "found the opposite of what the arrangement's own obligations say"))
    }
    let types = grant.objectTypes
    for recipient in grant.to {
      guard let agency = agencies[recipient] else { continue }
      let isVain = arrangement.prohibitions.contains { prohibition in
        grant.kinds.allSatisfy { prohibition.concerns(grant.from, agency, $0) }
          && (prohibition.objectTypes.map { $0.covers(types) } ?? true)
      }
      if isVain {
        findings.append(
          file.finding(path, "found a grant to \(recipient) of which a prohibition takes back everything"))
      }
      if let groups = grant.groups, groups.isDisjoint(with: agency.groups) {
        findings.append(
          file.finding(
            path + "/groups", "found a grant to \(recipient), which belongs to none of these groups by its own file"))
      }
      for control in grant.handling.sorted() where !agency.clearance.contains(control) {
        findings.append(
          file.finding(
            path + "/handling",
            "found \(control.rawValue) for \(recipient), which by its own file is not cleared for it"))
      }
    }
    return findings
  }

  private func dutyFindings(
    _ obligations: Obligations, _ path: String, _ file: ConfigurationFile
  ) -> [ConfigurationFinding] {
    guard obligations.edits == Obligations.Edits.none,
      let changed = obligations.redaction.filter({ $0.value != .pass && $0.value != .review }).keys.min()
    else { return [] }
    return [
      file.finding(
        path + "/redaction/\(changed.rawValue)", "found a redaction where edits: none lets nothing be changed")
    ]
  }
}

extension ObjectTypes {
  /// Whether all types of the other are among its own, so far as can be told.
  func covers(_ other: ObjectTypes) -> Bool {
    (!other.includesCustom || includesCustom) && (!other.includesStandard || includesStandard)
      && other.names.allSatisfy(contains)
  }
}

/// The European Economic Area, inside which personal data moves under one law.
enum DataProtectionArea {
  private static let inside: Set<String> = [
    "EU", "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IS", "IT", "LI",
    "LT", "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK",
  ]

  static func isInside(_ jurisdiction: String) -> Bool { inside.contains(jurisdiction) }
}
