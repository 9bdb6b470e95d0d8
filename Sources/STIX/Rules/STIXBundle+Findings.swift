import JSON

extension STIXBundle {
  /// What the rules beyond the schema find in the bundle and its objects: what must be, object by object, then what
  /// should be.
  ///
  /// Meant for documents that the schema accepts; on others it looks at what it can read and says nothing of the rest.
  package func findings() -> [STIXFinding] {
    var findings = errors()
    if let id, let parsed = STIXID(id), parsed.version != 4 {
      findings.append(
        STIXRule.idVersion.finding(
          at: JSONPointer(tokens: ["id"]),
          "id has a UUID of version \(parsed.version); identifiers of bundle objects are random, version 4"))
    }
    if id != nil {
      for (name, _) in document.root.members where !KnownProperties.holds("bundle", name) {
        findings.append(
          STIXRule.customProperty.finding(
            at: JSONPointer(tokens: [name]), "\(name) is no property of bundle in STIX 2.1; it is not passed on"))
      }
    }
    for object in objects {
      var advice = ObjectAdvice(object)
      advice.run()
      findings += advice.findings
    }
    for duplicate in duplicates { findings += self.findings(of: duplicate).filter { $0.severity == .warning } }
    return findings
  }

  /// Only what must be.
  package func errors() -> [STIXFinding] {
    var findings: [STIXFinding] = []
    for object in objects {
      var check = ObjectCheck(object)
      check.run()
      findings += check.findings
    }
    for duplicate in duplicates { findings += self.findings(of: duplicate).filter { $0.severity == .error } }
    return findings
  }

  private func findings(of duplicate: STIXDuplicate) -> [STIXFinding] {
    let last = objects[duplicate.indexes[duplicate.indexes.count - 1]]
    let place = last.pointer.appending("id")
    let more = duplicate.indexes.count - 10
    let places =
      duplicate.indexes.prefix(10).map { "/objects/\($0)" }.joined(separator: ", ")
      + (more > 0 ? " and \(more) more" : "")
    switch duplicate.relation {
    case .repeated:
      return [
        STIXRule.repeated.finding(at: place, "\(duplicate.id) stands here \(duplicate.indexes.count) times: \(places)")
      ]
    case .contradiction:
      return [
        STIXRule.contradiction.finding(
          at: place, "\(duplicate.id) has different contents for one version: \(places)")
      ]
    case .versions:
      return versionFindings(duplicate.indexes.map { objects[$0] })
    }
  }

  private func versionFindings(_ versions: [STIXObject]) -> [STIXFinding] {
    var findings: [STIXFinding] = []
    let first = versions[0]
    for version in versions.dropFirst() where version.value["created"] != first.value["created"] {
      findings.append(
        STIXRule.versionCreated.finding(
          at: version.pointer.appending("created"),
          "versions of \(version.id) have different created times, here and at \(first.pointer)"))
    }
    let revoked = versions.filter { $0.value["revoked"]?.bool == true }.compactMap(\.modified).min()
    for version in versions {
      guard let revoked, let modified = version.modified, revoked < modified else { continue }
      findings.append(
        STIXRule.versionRevoked.finding(
          at: version.pointer.appending("modified"), "\(version.id) was revoked at \(revoked) and has a later version"
        ))
    }
    return findings
  }
}
