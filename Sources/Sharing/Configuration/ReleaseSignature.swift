package import Contract
import Crypto
import FoundationEssentials

/// A party's signature over the release of one delivery, by a policy key of its agency's file.
package enum ReleaseSignature {
  /// What a key signs: never anything else that it signs elsewhere. A delivery's id stands for one message and one
  /// recipient.
  package static func message(delivery id: String) -> String { "entente release 1 \(id)" }

  /// The signature in base 64; nil where the bytes are no Ed25519 private key.
  package static func make(delivery id: String, key: [UInt8]) -> String? {
    guard let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: key),
      let signature = try? key.signature(for: Array(message(delivery: id).utf8))
    else { return nil }
    return Ed25519Text.text(Array(signature))
  }

  /// The id of the agency's policy key, valid at the time, that made this signature; nil where none did.
  package static func key(of signature: String, over id: String, _ agency: Agency, at time: Instant) -> String? {
    guard let bytes = Data(base64Encoded: signature) else { return nil }
    return agency.policyKeys(at: time).first { key in
      guard let known = try? Curve25519.Signing.PublicKey(rawRepresentation: key.publicKey) else { return false }
      return known.isValidSignature(bytes, for: Array(message(delivery: id).utf8))
    }?.id
  }
}

extension Agency {
  /// The keys that speak for it in matters of policy at a time.
  package func policyKeys(at time: Instant) -> [AgencyKey] { keys.filter { $0.use == .policy && $0.isValid(at: time) } }
}
