import ArgumentParser
import Hub

/// `entente formats test`: whether a mapping does what its examples say.
struct FormatsTest: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "test",
    abstract: "Try the examples of a mapping of a partner's own format.",
    discussion: """
      A mapping describes a partner's JSON, CSV or key=value format in a page of YAML, with examples in the same file. \
      Faults are told with their lines. Docs/mappings.md explains every word.

      Example: entente formats test Examples/mappings/malware-urls.yaml
      """)

  @Argument(help: "The mapping's file; - is standard input.")
  var file: String

  func run() throws {
    let body: [UInt8]
    do throws(InputFile.Trouble) {
      body = try InputFile(name: file).read(maximumBytes: 1 << 20)
    } catch {
      throw Answer.unusable(error.sentence.printable)
    }
    let report = MappingReport(of: body, file: file)
    Terminal.say(report.lines)
    if !report.isGood { throw Answer.no() }
  }
}
