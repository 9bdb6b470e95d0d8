package import Contract
import Formats
package import JSON
package import Partners
import Sandbox
package import STIX

/// A partner's format that a program of anybody's reads and writes, in any language.
///
/// The program is a separate process without network (see ``SandboxedProgram``). What it answers is checked like
/// everything that comes from outside (see ``ConverterAnswer``), and a text is read back.
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

  /// Nobody knows what of a text was not read: so the text itself is residue, and
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
    return try answer.bundle()
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
    let written = try answer.text()
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
  ) throws(AdapterFailure) -> ConverterAnswer {
    var given: ConverterAnswer?
    do throws(SandboxedProgram.Trouble) {
      _ = try SandboxedWorkers.shared.worker(for: program).ask { number in
        var writer = JSONWriter()
        writer.object { line in
          line.member("id", number)
          question(&line)
        }
        return writer.bytes
      } accepts: { answer, number in
        given = ConverterAnswer(answer, to: number, of: format)
        return given != nil
      }
    } catch {
      throw AdapterFailure(code, "the converter of \(format): \(error.message)")
    }
    guard let answer = given else { throw AdapterFailure(code, "the converter of \(format) gave no answer") }
    if let reason = answer.refusal {
      throw AdapterFailure(code, "the converter of \(format) refused it: \(reason)")
    }
    return answer
  }
}
