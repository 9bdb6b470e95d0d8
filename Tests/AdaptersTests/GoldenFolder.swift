import Contract
import FoundationEssentials
import JSON
import STIX
import Testing

@testable import Adapters

/// The golden cases beside this file: `Golden/<format>/<case>/`, edited by hand and never recorded.
enum GoldenFolder {
  static let path = String(#filePath.dropLast("GoldenFolder.swift".count)) + "Golden"

  static func cases(_ format: String) -> [GoldenCase] {
    let folder = "\(path)/\(format)"
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.sorted().map { GoldenCase(name: $0, folder: "\(folder)/\($0)") }
  }
}

struct GoldenCase: Sendable, CustomTestStringConvertible {
  let name: String
  let folder: String

  var testDescription: String { name }

  /// A file of the case; nil where it has none.
  func document(_ file: String) throws -> JSONDocument? {
    guard let bytes = Files.read("\(folder)/\(file)") else { return nil }
    return try JSONDocument(bytes)
  }

  func required(_ file: String) throws -> JSONDocument {
    guard let document = try document(file) else { throw MissingFile(path: "\(folder)/\(file)") }
    return document
  }

  /// `losses.json`: a list of objects with the members of a loss.
  func losses() throws -> [Loss] {
    let list = try document("losses.json")?.root.elements.map { $0 } ?? []
    return try list.map { entry in
      Loss(
        Loss.Severity(rawValue: entry["severity"]?.string ?? "") ?? .obligation,
        at: try JSONPointer(entry["location"]?.string ?? "?"), what: entry["what"]?.string ?? "",
        why: entry["why"]?.string ?? "")
    }
  }

  /// `residue.json`: a list of pointers.
  func residue() throws -> [JSONPointer] {
    try (document("residue.json")?.root.elements.map { $0 } ?? []).map { try JSONPointer($0.string ?? "?") }
  }
}

struct MissingFile: Error {
  let path: String
}

enum Files {
  static func read(_ path: String) -> [UInt8]? { FileManager.default.contents(atPath: path).map { Array($0) } }

  static func list(_ folder: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted().map { "\(folder)/\($0)" }
  }

  /// The top of the repository.
  static let top = String(#filePath.dropLast("Tests/AdaptersTests/GoldenFolder.swift".count))
}

/// Values that many tests begin with.
enum Given {
  static let sender = AgencyID("nl-ncsc")
  static let time = Instant(milliseconds: 1_795_514_400_000)

  static func origin(_ messageID: String = "message-1") throws -> Origin {
    Origin(sender: try #require(sender), messageID: messageID, acceptedAt: time)
  }

  static func terms(_ tlp: TLP = .amber, obligations: [OutgoingTerms.Obligation] = []) -> OutgoingTerms {
    OutgoingTerms(tlp: tlp, obligations: obligations, sender: sender, acceptedAt: time)
  }

  static func document(_ text: String) throws -> JSONDocument { try JSONDocument(Array(text.utf8)) }

  static func bundle(_ objects: String...) throws -> STIXBundle {
    let text =
      #"{"type":"bundle","id":"bundle--44af6c39-c09b-49c5-9de2-394224b04982","objects":[\#(objects.joined(separator: ","))]}"#
    return try STIXBundle(reading: try document(text))
  }
}
