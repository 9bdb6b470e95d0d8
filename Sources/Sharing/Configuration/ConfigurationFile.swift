import Contract
import JSON
import STIX

/// A file of the folder that passed its schema, with the places of its values.
struct ConfigurationFile {
  /// Relative to the folder.
  let name: String
  let yaml: YAMLDocument

  var root: JSONValue { yaml.json.root }

  /// The file's name without folder and extension: the slug of what it describes.
  var slug: String { Self.slug(of: name) }

  static func slug(of name: String) -> String {
    let last = name.split(separator: "/").last.map(String.init) ?? name
    return last.hasSuffix(".yaml") ? String(last.dropLast(5)) : last
  }

  func finding(_ path: String, _ message: String) -> ConfigurationFinding {
    let tokens = path.split(separator: "/").map(String.init)
    return ConfigurationFinding(file: name, line: yaml.line(JSONPointer(tokens: tokens)), message: message)
  }
}

/// Reads the values that a schema has checked already.
extension JSONValue {
  var texts: [String] { elements.compactMap(\.string) }
  var agencies: [AgencyID] { texts.compactMap(AgencyID.init) }
  var kinds: Set<MessageKind> { Set(texts.compactMap { MessageKind(rawValue: $0) }) }
  var int: Int? { integer.map { Int($0) } }
  var tlp: TLP? { string.flatMap { TLP(label: $0) } }
  var moment: Instant? { string.flatMap(Moment.read) }
}

extension ConfigurationFile {
  /// The agency that the file describes.
  func agency() -> Agency? {
    guard let id = root["id"]?.string.flatMap(AgencyID.init), let name = root["name"]?.string else { return nil }
    return Agency(
      id: id, name: name, jurisdiction: root["jurisdiction"]?.string ?? "", identity: root["identity"]?.string,
      sends: (root["sends"]?.texts ?? []).compactMap(FormatID.init),
      accepts: (root["accepts"].map { Array($0.elements) } ?? []).compactMap { line in
        line["format"]?.string.flatMap(FormatID.init).map { AcceptedFormat(format: $0, kinds: line["kinds"]?.kinds) }
      },
      maximumTLP: root["maximum-tlp"]?.tlp ?? .amberStrict,
      contacts: (root["contacts"].map { Array($0.elements) } ?? []).map { contact in
        Contact(
          function: contact["function"]?.string ?? "", email: contact["email"]?.string,
          phone: contact["phone"]?.string, availability: contact["availability"]?.string)
      },
      isSuspended: root["suspended"]?.bool ?? false)
  }

  /// The arrangement that the file describes.
  func arrangement() -> Arrangement? {
    guard let id = root["id"]?.string, let effectiveFrom = root["effective-from"]?.moment else { return nil }
    return Arrangement(
      id: id, title: root["title"]?.string ?? "", version: root["version"]?.int ?? 1,
      parties: root["parties"]?.agencies ?? [],
      status: root["status"]?.string.flatMap(Arrangement.Status.init) ?? .trial,
      effectiveFrom: effectiveFrom, expires: root["expires"]?.moment,
      legalBases: (root["legal-bases"].map { Array($0.elements) } ?? []).map { basis in
        LegalBasis(
          id: basis["id"]?.string ?? "", title: basis["title"]?.string ?? "", parties: basis["parties"]?.agencies,
          validFrom: basis["valid-from"]?.moment, validTo: basis["valid-to"]?.moment)
      },
      purposes: root["purposes"]?.texts ?? [], prohibitedPurposes: root["prohibited-purposes"]?.texts ?? [],
      unmarked: root["unmarked"]?.tlp, readsOldAmberLiterally: root["tlp-1-amber"]?.string == "amber",
      maximumTLP: root["maximum-tlp"]?.tlp,
      prohibitions: (root["prohibitions"].map { Array($0.elements) } ?? []).map { line in
        Prohibition(
          from: line["from"]?.agencies, to: line["to"]?.agencies, kinds: line["kinds"]?.kinds,
          objectTypes: line["object-types"].map { ObjectTypes($0.texts) })
      },
      grants: (root["grants"].map { Array($0.elements) } ?? []).compactMap(Self.grant),
      obligations: root["obligations"].map(Obligations.init(reading:)) ?? Obligations(),
      isSuspended: root["suspended"]?.bool ?? false)
  }

  private static func grant(_ line: JSONValue) -> Grant? {
    guard let id = line["id"]?.string, let from = line["from"]?.string.flatMap(AgencyID.init),
      let maximumTLP = line["maximum-tlp"]?.tlp
    else { return nil }
    return Grant(
      id: id, from: from, to: line["to"]?.agencies ?? [], kinds: line["kinds"]?.kinds ?? [],
      objectTypes: ObjectTypes(line["object-types"]?.texts ?? []), maximumTLP: maximumTLP,
      purposes: line["purposes"]?.texts, mustBeNamed: line["must-be-named"]?.bool ?? false,
      exercises: line["exercises"]?.string.flatMap(Grant.Exercises.init) ?? .refused,
      needsApproval: line["needs-approval"]?.bool ?? false,
      obligations: line["obligations"].map(Obligations.init(reading:)) ?? Obligations())
  }

  /// The settings that the file describes, its paths resolved against the folder.
  func settings(folder: String) -> HubSettings {
    func path(_ text: String) -> String { text.hasPrefix("/") ? text : folder + "/" + text }
    var settings = HubSettings()
    settings.name = root["name"]?.string ?? settings.name
    if let broker = root["broker"] {
      settings.broker.host = broker["host"]?.string ?? settings.broker.host
      settings.broker.port = broker["port"]?.int ?? settings.broker.port
      settings.broker.vhostPrefix = broker["vhost-prefix"]?.string ?? ""
      settings.broker.hubUser = broker["users"]?["hub"]?.string ?? settings.broker.hubUser
      settings.broker.administratorUser =
        broker["users"]?["administrator"]?.string ?? settings.broker.administratorUser
      settings.broker.management.host = broker["management"]?["host"]?.string ?? settings.broker.host
      settings.broker.management.port = broker["management"]?["port"]?.int ?? settings.broker.management.port
      settings.broker.management.scheme = broker["management"]?["scheme"]?.string ?? settings.broker.management.scheme
    }
    settings.ledger = path(root["ledger"]?.string ?? settings.ledger)
    settings.secretsFolder = path(root["secrets-folder"]?.string ?? settings.secretsFolder)
    if let limits = root["limits"] {
      settings.limits.messageBytes = limits["message-bytes"]?.int ?? settings.limits.messageBytes
      settings.limits.intakeBytes = limits["intake-bytes"]?.int ?? settings.limits.intakeBytes
      settings.limits.inboxBytes = limits["inbox-bytes"]?.int ?? settings.limits.inboxBytes
      settings.limits.deadBytes = limits["dead-bytes"]?.int ?? settings.limits.deadBytes
      settings.limits.receiptsBytes = limits["receipts-bytes"]?.int ?? settings.limits.receiptsBytes
      settings.limits.deliveryLimit = limits["delivery-limit"]?.int ?? settings.limits.deliveryLimit
    }
    if let retry = root["retry"] {
      settings.retry.firstMilliseconds = retry["first-milliseconds"]?.int ?? settings.retry.firstMilliseconds
      settings.retry.longestMilliseconds = retry["longest-milliseconds"]?.int ?? settings.retry.longestMilliseconds
    }
    return withOperations(settings, folder: folder)
  }
}
