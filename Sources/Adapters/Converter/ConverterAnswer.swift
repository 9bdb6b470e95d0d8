package import Contract
import Formats
import JSON
import Sandbox
package import STIX

/// What a converter's program answered, whatever it is: any bytes are an answer, or none.
package struct ConverterAnswer {
  private let root: JSONValue
  private let format: FormatID

  /// Nil where the bytes are no JSON, or do not answer the question of that number.
  package init?(_ bytes: [UInt8], to number: Int, of format: FormatID) {
    let limits = JSONLimits(maximumBytes: SandboxedProgram.longestAnswer, maximumDepth: 100)
    guard let document = try? JSONDocument(bytes, limits: limits), document.root["id"]?.integer == Int64(number) else {
      return nil
    }
    root = document.root
    self.format = format
  }

  /// Why the program does not do it; nil where it does.
  package var refusal: String? { root["refused"].map { String(($0.string ?? "").prefix(500)) } }

  /// The bundle that a text was read to: one by all rules of STIX 2.1. Every object came from the whole text, and nobody
  /// knows what of that was not read: so the text is residue.
  package func bundle() throws(AdapterFailure) -> Translation<STIXBundle> {
    guard let bundle = root["bundle"], bundle.isObject,
      let made = try? JSONDocument(Array(bundle.source), limits: JSONLimits(maximumBytes: .max))
    else { throw AdapterFailure(.unreadable, "the converter of \(format) answered without a bundle") }
    guard made.root["type"]?.isString("bundle") ?? false, STIXFormat().recognises(made.root) == "2.1" else {
      throw AdapterFailure(.unreadable, "what the converter of \(format) made is no bundle of STIX 2.1")
    }
    if let error = STIXFormat().errors(made).first {
      throw AdapterFailure(
        .unreadable,
        "what the converter of \(format) made is no valid STIX 2.1: \(error.message) (at \(error.location))")
    }
    let text = JSONPointer(tokens: ["text"])
    do throws(STIXError) {
      let count = made.root["objects"]?.count ?? 0
      let canonical = try STIXBundle(reading: made, sources: Array(repeating: [text], count: count))
      return Translation(canonical, losses: losses, residue: [text])
    } catch {
      throw AdapterFailure(.unreadable, error.message)
    }
  }

  /// The text that a bundle was written as.
  package func text() throws(AdapterFailure) -> Translation<[UInt8]> {
    guard let text = root["text"]?.string, !text.isEmpty else {
      throw AdapterFailure(.cannotWrite, "the converter of \(format) answered without a text")
    }
    return Translation(Array(text.utf8), losses: losses)
  }

  private var losses: [Loss] {
    (root["lost"]?.elements.prefix(1000).map { $0 } ?? []).map { loss in
      Loss(
        .meaning, at: .root, what: String((loss["what"]?.string ?? loss.string ?? "").prefix(200)),
        why: String((loss["why"]?.string ?? "").prefix(200)))
    }
  }
}
