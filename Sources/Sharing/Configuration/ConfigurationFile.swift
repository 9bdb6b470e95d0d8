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
  var list: [JSONValue] { Array(elements) }
  var moment: Instant? { string.flatMap(Moment.read) }
}

extension ConfigurationFile {
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
