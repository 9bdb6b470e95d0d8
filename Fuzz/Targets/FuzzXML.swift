import Adapters
import Contract
import Formats
import JSON
import STIX

/// Bytes that may be XML: refused, or read; what is read is valid STIX, and what is written of it is valid XML again.
enum FuzzXML {
  static func run(_ bytes: [UInt8]) {
    let message: IdentifiedMessage
    do throws(FormatFailure) {
      message = try FormatCatalogue.identify(bytes, contentType: nil, hint: nil, maximumBytes: 1 << 16)
    } catch {
      return promise(!error.message.isEmpty, "a refusal says why")
    }
    guard message.format == .iodef, let sender = AgencyID("fuzz") else { return }
    let time = Instant(milliseconds: 1_795_514_400_000)
    let isValid = FormatCatalogue.errors(in: message).isEmpty
    do throws(AdapterFailure) {
      let adapter = IODEFAdapter()
      let read = try adapter.read(message.document, origin: Origin(sender: sender, messageID: "1", acceptedAt: time))
      guard isValid else { return }
      let errors = FormatCatalogue.format(.stix)?.errors(read.output.document) ?? []
      promise(errors.isEmpty, "the canonical is valid")
      let written = try adapter.write(read.output, terms: OutgoingTerms(tlp: .red, sender: sender, acceptedAt: time))
      let again = try? FormatCatalogue.identify(written.output, contentType: nil, hint: nil, maximumBytes: .max)
      promise(again?.format == .iodef, "what is written is IODEF")
    } catch {
      promise(!error.message.isEmpty, "a failure says what it is")
    }
  }
}
