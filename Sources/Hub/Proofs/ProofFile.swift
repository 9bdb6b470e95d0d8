package import Contract
import JSON
package import Ledger

/// A proof as a file: JSON that an agency checks offline, with the hub's public key and nothing else.
///
/// ```
/// {"entente_proof": 1, "for": "us-cisa",
///  "head": {"size", "root", "at" (milliseconds since 1970), "key", "signature"},
///  "entries": [{"index", "leaf" (the leaf's text), "path": [hash],
///               "opening": {"salt", "parts": [{"name", "hex" | null}]}}],
///  "beginnings": [{"size", "root", "path": [hash]}]}
/// ```
/// Bytes stand as lower-case hexadecimal digits.
package struct ProofFile: Sendable, Equatable {
  package let reader: AgencyID
  package let proof: LedgerProof

  package init(reader: AgencyID, proof: LedgerProof) {
    self.reader = reader
    self.proof = proof
  }

  package func encoded() -> [UInt8] {
    var writer = JSONWriter()
    writer.object { file in
      file.member("entente_proof", 1)
      file.member("for", reader.slug)
      file.member("head") { head in
        head.object {
          $0.member("size", proof.head.size)
          $0.member("root", Hex.text(proof.head.root))
          $0.member("at", proof.head.at.milliseconds)
          $0.member("key", proof.head.key)
          $0.member("signature", Hex.text(proof.head.signature))
        }
      }
      file.member("entries") { list in
        list.array { list in for entry in proof.entries { list.object { entry.write(to: &$0) } } }
      }
      file.member("beginnings") { list in
        list.array { list in
          for beginning in proof.beginnings {
            list.object {
              $0.member("size", beginning.size)
              $0.member("root", Hex.text(beginning.root))
              $0.member("path", beginning.path.map { Hex.text($0) })
            }
          }
        }
      }
    }
    return writer.bytes
  }

  /// Why a text is no proof.
  package struct Trouble: Error, Equatable { package let sentence: String }

  package init(decoding bytes: [UInt8]) throws(Trouble) {
    let document: JSONDocument
    do { document = try JSONDocument(bytes) } catch { throw Trouble(sentence: "It is no JSON: \(error.message).") }
    let root = document.root
    guard root["entente_proof"]?.integer == 1 else {
      throw Trouble(sentence: "It is no proof of version 1 (`entente_proof`).")
    }
    guard let slug = root["for"]?.string, let reader = AgencyID(slug), let head = root["head"],
      let signed = SignedHead(head)
    else { throw Trouble(sentence: "Its `for` or its `head` is missing, or is not as it should be.") }
    var entries: [ProvenEntry] = []
    for (place, value) in (root["entries"]?.elements.map { $0 } ?? []).enumerated() {
      guard let entry = ProvenEntry(value) else {
        throw Trouble(sentence: "Its /entries/\(place) is not as it should be.")
      }
      entries.append(entry)
    }
    var beginnings: [ProvenBeginning] = []
    for (place, value) in (root["beginnings"]?.elements.map { $0 } ?? []).enumerated() {
      guard let size = value["size"]?.integer, let hash = value.hex("root"), let path = value.hashes("path") else {
        throw Trouble(sentence: "Its /beginnings/\(place) is not as it should be.")
      }
      beginnings.append(ProvenBeginning(size: size, root: hash, path: path))
    }
    self.init(reader: reader, proof: LedgerProof(head: signed, entries: entries, beginnings: beginnings))
  }
}

extension ProvenEntry {
  fileprivate func write(to writer: inout JSONWriter) {
    writer.member("index", index)
    writer.member("leaf", String(decoding: leaf, as: UTF8.self))
    writer.member("path", path.map { Hex.text($0) })
    guard let opening else { return }
    writer.member("opening") { value in
      value.object { object in
        object.member("salt", Hex.text(opening.salt))
        object.member("parts") { list in
          list.array { list in
            for part in opening.parts {
              list.object {
                $0.member("name", part.name)
                $0.key("hex")
                if let bytes = part.bytes { $0.string(Hex.text(bytes)) } else { $0.null() }
              }
            }
          }
        }
      }
    }
  }

  fileprivate init?(_ value: JSONValue) {
    guard let index = value["index"]?.integer, let leaf = value["leaf"]?.string, let path = value.hashes("path") else {
      return nil
    }
    var opening: Opening?
    if let object = value["opening"] {
      guard let salt = object.hex("salt"), let list = object["parts"] else { return nil }
      var parts: [Part] = []
      for part in list.elements {
        guard let name = part["name"]?.string, let value = part["hex"] else { return nil }
        if value.isNull {
          parts.append(Part(name, nil))
        } else {
          guard let bytes = part.hex("hex") else { return nil }
          parts.append(Part(name, bytes))
        }
      }
      opening = Opening(salt: salt, parts: parts)
    }
    self.init(index: index, leaf: Array(leaf.utf8), path: path, opening: opening)
  }
}

extension SignedHead {
  fileprivate init?(_ value: JSONValue) {
    guard let size = value["size"]?.integer, let root = value.hex("root"), let at = value["at"]?.integer,
      let key = value["key"]?.string, let signature = value.hex("signature")
    else { return nil }
    self.init(size: size, root: root, at: Instant(milliseconds: at), key: key, signature: signature)
  }
}

extension JSONValue {
  fileprivate func hex(_ key: String) -> [UInt8]? { self[key]?.string.flatMap { Hex.bytes($0) } }

  fileprivate func hashes(_ key: String) -> [[UInt8]]? {
    guard let list = self[key], list.kind == .array else { return nil }
    var hashes: [[UInt8]] = []
    for element in list.elements {
      guard let hash = element.string.flatMap({ Hex.bytes($0) }), hash.count == 32 else { return nil }
      hashes.append(hash)
    }
    return hashes
  }
}
