package import Contract
import Crypto
import FoundationEssentials
import JSON

/// Whose signatures over an arrangement's terms are there.
package struct SignatureState: Sendable, Equatable {
  /// The key that each party's signature was made with, where it holds.
  package var holding: [AgencyID: String]
  /// Why a signature that is there does not hold, by party.
  package var faults: [AgencyID: String]

  package init(holding: [AgencyID: String] = [:], faults: [AgencyID: String] = [:]) {
    self.holding = holding
    self.faults = faults
  }

  package func areComplete(for parties: [AgencyID]) -> Bool {
    !parties.isEmpty && parties.allSatisfy { holding[$0] != nil }
  }
}

/// The bytes that the parties of an arrangement sign.
package enum ArrangementTerms {
  /// The canonical JSON (RFC 8785) of all that the file says, without its `status`: what is signed is what was agreed,
  /// not how far its agreement has come. Spelling, comments and order of keys do not count.
  static func canonical(_ file: ConfigurationFile) -> [UInt8] {
    var writer = JSONWriter()
    writer.object { terms in
      for (key, value) in file.root.members where key != "status" { terms.member(key, value) }
    }
    // What was written from a document can be read as one.
    guard let document = try? JSONDocument(writer.bytes) else { return writer.bytes }
    return JCS.canonical(document.root)
  }

  /// What a key signs: never anything else that it signs elsewhere.
  static func message(_ terms: [UInt8]) -> [UInt8] { Array("entente arrangement 1\u{0}".utf8) + terms }

  static func digest(_ terms: [UInt8]) -> String { Hexadecimal.text(SHA256.hash(data: terms)) }
}

/// An arrangement with its file, to which signatures and restrictions are put.
struct ArrangementPapers {
  let file: ConfigurationFile
  private(set) var arrangement: Arrangement

  init(file: ConfigurationFile, _ arrangement: Arrangement) {
    self.file = file
    self.arrangement = arrangement
  }

  var terms: [UInt8] { ArrangementTerms.canonical(file) }

  /// What is wrong with the restrictions of this arrangement; they hold whatever its status.
  mutating func attach(restrictions files: [ConfigurationFile]) -> [ConfigurationFinding] {
    var findings: [ConfigurationFinding] = []
    let parties = Set(arrangement.parties)
    for file in files {
      guard let (id, restriction) = file.restriction(), id == arrangement.id else { continue }
      if !parties.contains(restriction.party) {
        findings.append(file.finding("party", "found \"\(restriction.party)\", which is no party of \(id)"))
      }
      for (place, prohibition) in restriction.prohibitions.enumerated() {
        for name in (prohibition.from ?? []) + (prohibition.to ?? []) where !parties.contains(name) {
          findings.append(file.finding("prohibitions/\(place)", "found \"\(name)\", which is no party of \(id)"))
        }
      }
      arrangement.restrictions.append(restriction)
    }
    return findings
  }

  /// Checks the signatures over this version; those over others are left alone.
  mutating func attach(signatures files: [ConfigurationFile], agencies: [AgencyID: Agency]) {
    let terms = terms
    for file in files {
      let root = file.root
      guard root["arrangement"]?.string == arrangement.id, root["version"]?.int == arrangement.version,
        let party = root["party"]?.string.flatMap(AgencyID.init)
      else { continue }
      if let fault = fault(of: file, by: party, agencies[party], over: terms) {
        arrangement.signatures.faults[party] = fault
      } else {
        arrangement.signatures.holding[party] = root["key"]?.string ?? ""
      }
    }
  }

  private func fault(
    of file: ConfigurationFile, by party: AgencyID, _ agency: Agency?, over terms: [UInt8]
  ) -> String? {
    let root = file.root
    guard arrangement.parties.contains(party) else { return "it is by \(party), which is no party" }
    let name = root["key"]?.string ?? ""
    guard let key = agency?.keys.first(where: { $0.id == name && $0.use == .policy }) else {
      return "its key \(name) is not registered in agencies/\(party).yaml with use: policy"
    }
    guard let signedAt = root["signed-at"]?.moment, key.isValid(at: signedAt) else {
      return "its key \(name) was not valid when it was signed"
    }
    guard root["digest"]?.string == ArrangementTerms.digest(terms) else {
      return "it is over other terms: the file was changed after it was signed"
    }
    guard let signature = root["signature"]?.string.flatMap({ Data(base64Encoded: $0) }),
      let publicKey = try? Curve25519.Signing.PublicKey(rawRepresentation: key.publicKey),
      publicKey.isValidSignature(signature, for: ArrangementTerms.message(terms))
    else { return "it does not verify with the key \(name)" }
    return nil
  }
}
