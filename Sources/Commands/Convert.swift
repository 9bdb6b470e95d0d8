import ArgumentParser
import Hub
import Partners
import STIX

/// `entente convert`: a document in another format, and what that loses.
struct Convert: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Translate a document into another format, and say what is lost.",
    discussion: """
      The document is validated first. The output goes to standard output; losses (what the target cannot carry) and \
      residue (what was not read) go to standard error, or as JSON into a file. Equal input gives equal output. What a \
      format lacks and STIX requires comes from the origin: by default the hash of the content as message-id, and the \
      latest time in the document.

      --explain says for each value of the output where it came from: the place in the canonical STIX, and the place in \
      the document that was read.

      --mapping reads a partner's own format by its description in YAML (Docs/mappings.md); with --config, the mappings \
      and converters of that folder are formats like any other.

      Example: entente convert --from stix --to misp bundle.json > event.json
      Example: entente convert --to stix --explain event.json > bundle.json
      Example: entente convert --mapping Examples/mappings/malware-urls.yaml --to misp feed.csv > event.json
      """)

  @OptionGroup var location: PartnerOption

  @Option(help: "The document's format (default: recognised from the content).")
  var from: FormatArgument?

  @Option(help: "Read the document by this mapping, a file in YAML.")
  var mapping: String?

  @Option(help: "The format to write.")
  var to: FormatArgument

  @Option(help: "Who published the document.")
  var originSender: AgencyArgument?

  @Option(help: "The id under which it was published.")
  var originMessageID: String?

  @Option(help: "When it was accepted, as 2026-11-24T06:30:00Z.")
  var originTime: MomentArgument?

  @Option(help: "The label of a document that has none (default: TLP:AMBER+STRICT).")
  var tlp: TLPArgument?

  @Option(help: "Write losses and residue to this file, as JSON.")
  var losses: String?

  @Flag(help: "Say on standard error where each value of the output came from.")
  var explain = false

  @Option(help: "Write where each value came from to this file, as JSON.")
  var explanation: String?

  @Option(help: "The most bytes that are read.")
  var maxBytes = CheckedDocument.maximumBytes

  @Argument(help: "The document; - is standard input.")
  var file: String

  func run() throws {
    let body: [UInt8]
    do throws(InputFile.Trouble) {
      body = try InputFile(name: file).read(maximumBytes: maxBytes)
    } catch {
      throw Answer.unusable(error.sentence.printable)
    }
    let partners = try location.load()
    try from?.check(partners)
    try to.check(partners)
    let conversion = try convert(body, partners)
    if let losses {
      try OutputFile.write(conversion.encodedLosses() + [UInt8(ascii: "\n")], to: losses)
    } else {
      for line in conversion.lines() { Terminal.complain(line) }
    }
    if let explanation {
      try OutputFile.write(conversion.encodedExplanation() + [UInt8(ascii: "\n")], to: explanation)
    }
    if explain { for line in conversion.explanation() { Terminal.complain(line) } }
    Terminal.put(line: conversion.output)
  }

  /// The mapping, where one is named.
  private func page() throws(Answer) -> MappingPage? {
    guard let mapping else { return nil }
    let bytes: [UInt8]
    do throws(InputFile.Trouble) {
      bytes = try InputFile(name: mapping).read(maximumBytes: 1 << 20)
    } catch {
      throw Answer.unusable(error.sentence.printable)
    }
    do throws(MappingPage.Refusal) {
      return try MappingPage(bytes, file: mapping)
    } catch {
      throw Answer.unusable(error.lines.joined(separator: "\n"))
    }
  }

  private func convert(_ body: [UInt8], _ partners: PartnerDescriptions) throws(Answer) -> Conversion {
    let source = Conversion.Source(
      sender: originSender?.id, messageID: originMessageID, at: originTime?.instant,
      unlabelled: tlp?.tlp ?? .amberStrict)
    let page = try page()
    do throws(Conversion.Refusal) {
      if let page { return try Conversion(of: body, by: page, to: to.id, source: source) }
      return try Conversion(
        of: body, named: file, from: from?.id, to: to.id, source: source, maximumBytes: maxBytes,
        partners: partners)
    } catch {
      switch error {
      case .invalid(let document):
        throw Answer.no(
          "\(file.printable) is not valid, and was not converted:\n" + document.lines().joined(separator: "\n"))
      case .impossible(let sentence): throw Answer.no(sentence.printable)
      }
    }
  }
}
