package import Contract
package import Crypto
package import Ledger

extension HubKeys {
  /// Signs heads with the hub's key: the same head gets the same signature.
  package var headSigner: HeadSigner {
    HeadSigner(key: signingIdentifier) { [signing] in Array(try signing.signature(for: $0)) }
  }

  /// The key with which others check the hub's signatures, as 64 hexadecimal digits.
  package var publicKeyText: String { Hex.text(Array(signing.publicKey.rawRepresentation)) }
}

extension SecretsFolder {
  /// The public halves of all signing keys in the folder, also of those that were replaced, by identifier.
  package func publicSigningKeys() throws(HubError) -> [String: Curve25519.Signing.PublicKey] {
    var keys: [String: Curve25519.Signing.PublicKey] = [:]
    for key in try KeyLine.all(in: SecretFile.read("\(path)/signing.key")) {
      keys[key.identifier] = try? Curve25519.Signing.PrivateKey(rawRepresentation: key.bytes).publicKey
    }
    return keys
  }
}

extension HubHome {
  /// Builds the log's tree anew and holds what is stored to it.
  package func verifyTree() async throws -> TreeReport {
    let keys = try secrets.publicSigningKeys()
    return try await ledger.verifyTree { head in
      keys[head.key].map { $0.isValidSignature(head.signature, for: head.signedText) }
    }
  }

  /// The proof of what the log says of a message to an agency: by the sender's message-id or the id of a delivery.
  ///
  /// - Parameters:
  ///   - agency: nil for the sender itself.
  ///   - since: also proves that the log of this size is a beginning of today's.
  /// - Returns: nil where no such message concerns the agency.
  package func proof(
    of id: String, sender: AgencyID?, to agency: AgencyID?, since: Int64?, at: Instant
  ) async throws -> ProofFile? {
    guard let trace = try await trace(id, sender: sender), let first = trace.record.messages.first else { return nil }
    let senders = Set(trace.record.messages.map(\.sender))
    guard agency != nil || senders.count == 1 else {
      let names = PlainText.list(senders.map(\.slug).sorted())
      throw HubError(.ledger, "\(names) have each sent a message with this id: say whose with --sender.")
    }
    let reader = agency ?? first.sender
    let proof = try await ledger.prove(
      messages: trace.record.messages.map(\.id), to: reader, since: since, signer: keys.headSigner, at: at)
    return proof.map { ProofFile(reader: reader, proof: $0) }
  }
}
