package import Contract
import Formats
package import JSON
package import Partners
import Sandbox
package import STIX

/// A partner's format that a program of anybody's reads and writes, in any language.
///
/// The program is a separate process without network (see ``SandboxedProgram``). What it answers is checked like
/// everything that comes from outside: a bundle is one by all rules of STIX 2.1, a text is read back.
package struct ConverterAdapter: Adapter {
  package let converter: Converter
  private let scripts: String

  package init(_ converter: Converter, scripts: String) {
    self.converter = converter
    self.scripts = scripts
  }

  package var format: FormatID { converter.format }
  package var abilities: Set<AdapterAbility> {
    Set((converter.reads ? [.read] : []) + (converter.writes ? [.write] : []))
  }

  package var naturalLosses: [NaturalLoss] {
    [NaturalLoss(.meaning, "what the program does not write", why: "only the program knows its format")]
  }

  /// Every object came from the whole text, and nobody knows what of it was not read: so the text itself is residue, and
  /// never passed on as it came.
  package func read(_ document: JSONDocument, origin: Origin) throws(AdapterFailure) -> Translation<STIXBundle> {
    guard converter.reads else { throw AdapterFailure(.unreadable, "\(format) is written only") }
    let answer = try ask(.unreadable) { line in
      line.member("ask", "read")
      line.member("text", document.root["text"]?.string ?? "")
      line.member("sender", origin.sender.slug)
      line.member("message_id", origin.messageID)
      line.member("accepted_at", Timestamp(origin.acceptedAt).description)
    }
    guard let bundle = answer["bundle"], bundle.isObject,
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
      return Translation(canonical, losses: Self.losses(answer), residue: [text])
    } catch {
      throw AdapterFailure(.unreadable, error.message)
    }
  }

  package func write(_ bundle: STIXBundle, terms: OutgoingTerms) throws(AdapterFailure) -> Translation<[UInt8]> {
    guard converter.writes else { throw AdapterFailure(.cannotWrite, "\(format) is read only") }
    let answer = try ask(.cannotWrite) { line in
      line.member("ask", "write")
      line.member("bundle", bundle.document.root)
      line.member("tlp", terms.tlp.label)
      if let sender = terms.sender { line.member("sender", sender.slug) }
      line.member("accepted_at", Timestamp(terms.acceptedAt).description)
    }
    guard let text = answer["text"]?.string, !text.isEmpty else {
      throw AdapterFailure(.cannotWrite, "the converter of \(format) answered without a text")
    }
    let written = Translation(Array(text.utf8), losses: Self.losses(answer))
    guard converter.reads else { return written }
    do {
      let document = try ConverterFormat(converter).open(written.output, maximumBytes: .max)
      let origin = try Origin.anyone()
      _ = try read(document, origin: Origin(sender: origin.sender, messageID: "1", acceptedAt: terms.acceptedAt))
    } catch {
      throw AdapterFailure(.cannotWrite, "what would be written could not be read back: \(error)")
    }
    return written
  }

  package func prune(
    _ document: JSONDocument, bundle: STIXBundle, keeping: [Int], replacing: [JSONPointer: Replacement]
  ) throws(AdapterFailure) -> Translation<[UInt8]> {
    throw AdapterFailure(.cannotPrune, "\(format) is written anew, and not reduced")
  }

  private var program: SandboxedProgram {
    SandboxedProgram(
      interpreter: converter.interpreter, script: scripts + "/" + converter.script, sha256: converter.sha256,
      seconds: converter.seconds, megabytes: converter.megabytes)
  }

  private func ask(
    _ code: AdapterFailure.Code, _ question: (inout JSONWriter) -> Void
  ) throws(AdapterFailure) -> JSONValue {
    let limits = JSONLimits(maximumBytes: SandboxedProgram.longestAnswer, maximumDepth: 100)
    var parsed: JSONDocument?
    do throws(SandboxedProgram.Trouble) {
      _ = try SandboxedWorkers.shared.worker(for: program).ask { number in
        var writer = JSONWriter()
        writer.object { line in
          line.member("id", number)
          question(&line)
        }
        return writer.bytes
      } accepts: { answer, number in
        parsed = try? JSONDocument(answer, limits: limits)
        return parsed?.root["id"]?.integer == Int64(number)
      }
    } catch {
      throw AdapterFailure(code, "the converter of \(format): \(error.message)")
    }
    guard let document = parsed else { throw AdapterFailure(code, "the converter of \(format) gave no answer") }
    if let reason = document.root["refused"] {
      throw AdapterFailure(code, "the converter of \(format) refused it: \((reason.string ?? "").prefix(500))")
    }
    return document.root
  }

  private static func losses(_ answer: JSONValue) -> [Loss] {
    (answer["lost"]?.elements.prefix(1000).map { $0 } ?? []).map { loss in
      Loss(
        .meaning, at: .root, what: String((loss["what"]?.string ?? loss.string ?? "").prefix(200)),
        why: String((loss["why"]?.string ?? "").prefix(200)))
    }
  }
}
