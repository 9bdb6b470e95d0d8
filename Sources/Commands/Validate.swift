import ArgumentParser
import Contract
import Glibc
import Hub
import Partners

/// `entente validate`: whether files are what a hub would take.
struct Validate: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Check files by the schemas and rules of their formats.",
    discussion: """
      A file is a STIX bundle or a single STIX object, or a document of any other format that `entente formats` lists; \
      the format is recognised from the content. No configuration is needed; with one, its mappings and converters are \
      formats too. Exit code 1 when a file is invalid, 2 \
      when one could not be read; the others are checked all the same.

      Example: entente validate --strict bundle.json
      """)

  @OptionGroup var location: PartnerOption

  @Option(help: "What the files must be: \(FormatArgument.allValueStrings.joined(separator: ", ")).")
  var format: FormatArgument?

  @Flag(help: "Count warnings as errors.")
  var strict = false

  @Flag(help: "Print one line of JSON for each file: file, format, valid, findings.")
  var json = false

  @Option(help: "The most bytes of a file that are read.")
  var maxBytes = CheckedDocument.maximumBytes

  @Argument(help: "The files; - is standard input.")
  var files: [String]

  func validate() throws {
    guard maxBytes > 0 else { throw ValidationError("--max-bytes must be more than 0.") }
    guard files.count(where: { $0 == "-" }) <= 1 else { throw ValidationError("Standard input can be read once only.") }
  }

  func run() async throws {
    let width = Terminal.width
    var isInvalid = false
    var isUnreadable = false
    let partners = try location.load()
    try format?.check(partners)
    try await inOrder(partners) { outcome in
      if json {
        Terminal.put(line: outcome.document.encoded())
      } else if outcome.trouble == nil {
        Terminal.say(outcome.document.lines(width: width))
      }
      if let trouble = outcome.trouble {
        Terminal.complain(trouble.printable)
        isUnreadable = true
      } else if !outcome.document.isValid {
        isInvalid = true
      }
    }
    if isUnreadable { throw Answer.unusable("") }
    if isInvalid { throw Answer.no() }
  }

  private struct Outcome: Sendable {
    let document: CheckedDocument
    /// Set where the file could not be read.
    var trouble: String?
  }

  /// Checks some files side by side and tells of each in the order in which they were named.
  private func inOrder(_ partners: PartnerDescriptions, _ tell: (Outcome) -> Void) async throws {
    let width = max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
    try await withThrowingTaskGroup(of: (Int, Outcome).self) { group in
      var waiting: [Int: Outcome] = [:]
      var told = 0
      var begun = 0
      while told < files.count {
        while begun < files.count, begun < told + width {
          let place = begun
          group.addTask { (place, check(files[place], partners)) }
          begun += 1
        }
        guard let (place, outcome) = try await group.next() else { return }
        waiting[place] = outcome
        while let next = waiting.removeValue(forKey: told) {
          tell(next)
          told += 1
        }
      }
    }
  }

  private func check(_ file: String, _ partners: PartnerDescriptions) -> Outcome {
    do throws(InputFile.Trouble) {
      let body = try InputFile(name: file).read(maximumBytes: maxBytes)
      let document = CheckedDocument(
        file, checking: body, as: format?.id, strict: strict, maximumBytes: maxBytes, partners: partners)
      return Outcome(document: document)
    } catch {
      return Outcome(document: CheckedDocument(file, unreadable: error.sentence), trouble: error.sentence)
    }
  }
}
