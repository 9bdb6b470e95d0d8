import Contract
import JSON
import STIX

extension ConfigurationFile {
  /// The arrangement that the file describes, without signatures and restrictions, which have files of their own.
  func arrangement() -> Arrangement? {
    guard let id = root["id"]?.string, let effectiveFrom = root["effective-from"]?.moment else { return nil }
    return Arrangement(
      id: id, title: root["title"]?.string ?? "", version: root["version"]?.int ?? 1,
      parties: root["parties"]?.agencies ?? [],
      status: root["status"]?.string.flatMap(Arrangement.Status.init) ?? .draft,
      effectiveFrom: effectiveFrom, expires: root["expires"]?.moment, reviewBy: root["review-by"]?.moment,
      legalBases: (root["legal-bases"]?.list ?? []).map { basis in
        LegalBasis(
          id: basis["id"]?.string ?? "", title: basis["title"]?.string ?? "", parties: basis["parties"]?.agencies,
          validFrom: basis["valid-from"]?.moment, validTo: basis["valid-to"]?.moment)
      },
      purposes: root["purposes"]?.texts ?? [], prohibitedPurposes: root["prohibited-purposes"]?.texts ?? [],
      unmarked: root["unmarked"]?.tlp, readsOldAmberLiterally: root["tlp-1-amber"]?.string == "amber",
      maximumTLP: root["maximum-tlp"]?.tlp, prohibitions: prohibitions,
      grants: (root["grants"]?.list ?? []).compactMap(Self.grant),
      obligations: root["obligations"].map(Obligations.init(reading:)) ?? Obligations(),
      personalData: root["personal-data"].map(Self.personalData), isSuspended: root["suspended"]?.bool ?? false)
  }

  /// What a party takes back, and of which arrangement.
  func restriction() -> (arrangement: String, restriction: Restriction)? {
    guard let arrangement = root["arrangement"]?.string, let party = root["party"]?.string.flatMap(AgencyID.init) else {
      return nil
    }
    return (
      arrangement,
      Restriction(
        party: party, from: root["from"]?.moment, reason: root["reason"]?.string ?? "",
        isSuspended: root["suspended"]?.bool ?? false, maximumTLP: root["maximum-tlp"]?.tlp,
        prohibitions: prohibitions, obligations: root["obligations"].map(Obligations.init(reading:)) ?? Obligations())
    )
  }

  private var prohibitions: [Prohibition] {
    (root["prohibitions"]?.list ?? []).map { line in
      Prohibition(
        from: line["from"]?.agencies, to: line["to"]?.agencies, kinds: line["kinds"]?.kinds,
        objectTypes: line["object-types"].map { ObjectTypes($0.texts) }, groups: line["groups"].map { Set($0.texts) })
    }
  }

  private static func personalData(_ value: JSONValue) -> PersonalData {
    PersonalData(
      isInScope: value["in-scope"]?.bool ?? false,
      categories: Set((value["categories"]?.texts ?? []).compactMap(FieldClass.init)),
      transferTool: value["transfer-tool"]?.string.flatMap(TransferTool.init) ?? .none)
  }

  private static func grant(_ line: JSONValue) -> Grant? {
    guard let id = line["id"]?.string, let from = line["from"]?.string.flatMap(AgencyID.init),
      let maximumTLP = line["maximum-tlp"]?.tlp
    else { return nil }
    return Grant(
      id: id, from: from, to: line["to"]?.agencies ?? [], kinds: line["kinds"]?.kinds ?? [],
      objectTypes: ObjectTypes(line["object-types"]?.texts ?? []), maximumTLP: maximumTLP,
      maximumPAP: line["maximum-pap"]?.string.flatMap(PAP.init(rawValue:)),
      sectors: line["sectors"].map { Set($0.texts) }, groups: line["groups"].map { Set($0.texts) },
      handling: line["handling"]?.controls ?? [], purposes: line["purposes"]?.texts,
      mustBeNamed: line["must-be-named"]?.bool ?? false,
      exercises: line["exercises"]?.string.flatMap(Grant.Exercises.init) ?? .refused,
      needsApproval: line["needs-approval"]?.bool ?? false,
      holds: (line["hold"]?.list ?? []).compactMap { hold in
        hold["for"]?.string.flatMap(Hold.Cause.init).map {
          Hold(
            $0, until: hold["until"]?.moment, hours: hold["hours"]?.int, releasedBy: hold["release-by"]?.agencies ?? [])
        }
      },
      obligations: line["obligations"].map(Obligations.init(reading:)) ?? Obligations())
  }
}
