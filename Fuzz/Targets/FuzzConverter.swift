import Adapters
import Contract
import Formats
import STIX

/// Bytes on a converter's standard output: no answer, a refusal, or what holds all rules of STIX 2.1.
enum FuzzConverter {
  static func run(_ bytes: [UInt8]) {
    guard let format = FormatID("watchlist"), let answer = ConverterAnswer(bytes, to: 1, of: format) else { return }
    if let reason = answer.refusal { promise(reason.count <= 500, "a refusal has an end") }
    do throws(AdapterFailure) {
      let read = try answer.bundle()
      let errors = FormatCatalogue.format(.stix)?.errors(read.output.document) ?? []
      promise(errors.isEmpty, "the canonical is valid")
      promise(read.losses.count <= 1000, "losses have an end")
      promise(!read.residue.isEmpty, "the text is never passed on")
    } catch {
      promise(error.code == .unreadable && !error.message.isEmpty, "a failure says what it is")
    }
    do throws(AdapterFailure) {
      promise(!(try answer.text().output.isEmpty), "a text is one")
    } catch {
      promise(error.code == .cannotWrite && !error.message.isEmpty, "a failure says what it is")
    }
  }
}
