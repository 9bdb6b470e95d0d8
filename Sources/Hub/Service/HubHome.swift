import Contract
import Glibc
import JSON
package import Ledger
package import Sharing

/// What a hub, or a command beside it, works with: the checked configuration, the keys, and the open ledger.
package struct HubHome: Sendable {
  package let folder: String
  package let configuration: Configuration
  package let secrets: SecretsFolder
  package let keys: HubKeys
  package let ledger: Ledger

  /// Reads the configuration, opens the secrets and the ledger.
  /// - Throws: ``HubError``, or `ConfigurationError` with every fault in the folder.
  package static func open(folder: String) throws -> HubHome {
    try open(folder: folder, configuration: try Configuration.load(folder: folder))
  }

  /// The same with a configuration that was read already.
  package static func open(folder: String, configuration: Configuration) throws(HubError) -> HubHome {
    let secrets = try SecretsFolder(path: configuration.settings.secretsFolder, create: false)
    let keys = try secrets.keys()
    let path = configuration.settings.ledger
    if let slash = path.lastIndex(of: "/") { try SecretFile.makeFolder(String(path[..<slash])) }
    do {
      let settings = LedgerSettings(
        path: path, keys: LedgerKeys(identifier: keys.hmac.identifier, hmacKey: keys.hmac.bytes))
      return HubHome(
        folder: folder, configuration: configuration, secrets: secrets, keys: keys, ledger: try Ledger.open(settings))
    } catch {
      throw HubError(.ledger, "The ledger \(path) cannot be opened: \(error.reason).")
    }
  }
}
