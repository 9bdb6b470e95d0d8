import Crypto
import FoundationEssentials
import Synchronization

/// The hub's master keys for payloads. Each payload is sealed with a key of its own (AES-256-GCM), and that key lies
/// beside it wrapped under the master key in use: erasing a payload is deleting its key and its bytes, and a new master
/// key touches no payload.
///
/// Safe to use from any task.
package final class PayloadKeys: Sendable {
  /// One master key with the name that rows record.
  package struct MasterKey: Sendable, Equatable {
    package let identifier: String
    /// 32 bytes.
    package let bytes: [UInt8]

    package init(identifier: String, bytes: [UInt8]) {
      self.identifier = identifier
      self.bytes = bytes
    }
  }

  private struct State {
    var current: (identifier: String, key: SymmetricKey)?
    var all: [String: SymmetricKey] = [:]
  }

  private let state: Mutex<State>
  private let reading: @Sendable () throws -> [MasterKey]

  /// - Parameter reading: gives the key in use, then those that it replaced; asked again when a row names a key that is
  ///   not known yet, as after a rotation.
  package init(reading: @escaping @Sendable () throws -> [MasterKey]) throws {
    self.reading = reading
    state = Mutex(State())
    try refresh()
  }

  /// Takes up the keys as they are now.
  package func refresh() throws {
    let keys = try reading()
    guard let first = keys.first, keys.allSatisfy({ $0.bytes.count == 32 }) else {
      throw LedgerError(.invalid, "there is no master key of 32 bytes for payloads")
    }
    let all = keys.map { ($0.identifier, SymmetricKey(data: $0.bytes)) }
    state.withLock {
      $0.current = (first.identifier, SymmetricKey(data: first.bytes))
      // The first of two with one name is the one in use.
      $0.all = Dictionary(all) { first, _ in first }
    }
  }

  /// The name of the key in use.
  package var identifier: String { state.withLock { $0.current?.identifier ?? "" } }

  /// Seals bytes with a fresh key.
  func seal(_ bytes: [UInt8]) throws(LedgerError) -> SealedPayload {
    let key = SymmetricKey(size: .bits256)
    do {
      guard let sealed = try AES.GCM.seal(bytes, using: key).combined else { throw Self.internalError }
      return SealedPayload(bytes: [UInt8](sealed), key: try wrap(key))
    } catch {
      throw LedgerError(error)
    }
  }

  /// The bytes that were sealed.
  /// - Throws: `payloadUnreadable` where the master key is not known or anything was changed.
  func open(_ bytes: [UInt8], _ key: WrappedKey) throws(LedgerError) -> [UInt8] {
    let own = try unwrap(key)
    do {
      return [UInt8](try AES.GCM.open(AES.GCM.SealedBox(combined: bytes), using: own))
    } catch {
      throw LedgerError(.payloadUnreadable, "a payload cannot be decrypted: its bytes or its key were changed")
    }
  }

  /// The same key under the master key in use; nil where it is already.
  func rewrap(_ key: WrappedKey) throws(LedgerError) -> WrappedKey? {
    guard key.master != identifier else { return nil }
    let own = try unwrap(key)
    do { return try wrap(own) } catch { throw LedgerError(error) }
  }

  private func wrap(_ key: SymmetricKey) throws -> WrappedKey {
    guard let master = state.withLock({ $0.current }) else { throw Self.internalError }
    let bytes = key.withUnsafeBytes { [UInt8]($0) }
    let box = try AES.GCM.seal(bytes, using: master.key, authenticating: Array(master.identifier.utf8))
    guard let sealed = box.combined else { throw Self.internalError }
    return WrappedKey(master: master.identifier, bytes: [UInt8](sealed))
  }

  private func unwrap(_ key: WrappedKey) throws(LedgerError) -> SymmetricKey {
    guard let master = master(key.master) else {
      throw LedgerError(
        .payloadUnreadable, "a payload's key is wrapped under '\(key.master)', which is not in payload.key")
    }
    do {
      let box = try AES.GCM.SealedBox(combined: key.bytes)
      return SymmetricKey(data: try AES.GCM.open(box, using: master, authenticating: Array(key.master.utf8)))
    } catch {
      throw LedgerError(
        .payloadUnreadable, "a payload's key cannot be unwrapped: it was changed, or '\(key.master)' is another key now"
      )
    }
  }

  private func master(_ identifier: String) -> SymmetricKey? {
    if let known = state.withLock({ $0.all[identifier] }) { return known }
    try? refresh()
    return state.withLock { $0.all[identifier] }
  }

  private static let internalError = LedgerError(.internal, "a payload could not be sealed")
}

/// A payload's own key, wrapped.
struct WrappedKey: Sendable, Equatable {
  /// The master key's identifier.
  var master: String
  var bytes: [UInt8]
}

/// A payload as it lies in the ledger.
struct SealedPayload: Sendable {
  /// What sealing adds: the nonce and the tag.
  static let overhead = 28

  var bytes: [UInt8]
  var key: WrappedKey
}
