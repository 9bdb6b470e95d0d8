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
      var settings = LedgerSettings(path: path, keys: try ledgerKeys(secrets))
      settings.maximumPages = configuration.settings.flow.ledgerBytes.map { max(1, $0 / 4096) }
      return HubHome(
        folder: folder, configuration: configuration, secrets: secrets, keys: keys, ledger: try Ledger.open(settings))
    } catch let error as LedgerError {
      throw HubError(.ledger, "The ledger \(path) cannot be opened: \(error.reason).")
    } catch let error as HubError {
      throw error
    } catch {
      throw HubError(.ledger, "The ledger \(path) cannot be opened: \(error).")
    }
  }

  /// The keys in use with all that they replaced: rows name theirs.
  private static func ledgerKeys(_ secrets: SecretsFolder) throws -> LedgerKeys {
    let hmac = try secrets.allKeys(.hmac)
    let retired = hmac.dropFirst().map { ($0.identifier, $0.bytes) }
    let payload = try PayloadKeys {
      try secrets.allKeys(.payload).map { PayloadKeys.MasterKey(identifier: $0.identifier, bytes: $0.bytes) }
    }
    return LedgerKeys(
      identifier: hmac[0].identifier, hmacKey: hmac[0].bytes, retired: Dictionary(retired) { first, _ in first },
      payload: payload)
  }
}
