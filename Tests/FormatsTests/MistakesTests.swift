import FoundationEssentials
import JSON
import Testing

@testable import Formats

/// Typical mistakes, with exactly what is said of each: `Golden/mistakes.txt`. Change the golden file first and see this
/// fail; with `ENTENTE_RECORD` set it writes the file anew, and fails too.
@Suite struct MistakesTests {
  @Test func `each mistake is told in words that name the field, what was found and what was expected`() throws {
    let told = Mistakes.all.enumerated().map { number, mistake in
      let lines = mistake.findings.map { "   \($0)" }
      return (["\(number + 1). \(mistake.title)"] + lines).joined(separator: "\n")
    }
    let text = told.joined(separator: "\n\n") + "\n"
    let path = #filePath.dropLast("MistakesTests.swift".count) + "Golden/mistakes.txt"
    if ProcessInfo.processInfo.environment["ENTENTE_RECORD"] != nil {
      try text.write(toFile: String(path), atomically: true, encoding: .utf8)
      Issue.record("recorded: look at the difference, then run again without ENTENTE_RECORD")
    }
    let golden = try String(contentsOfFile: String(path), encoding: .utf8)
    let expected = golden.split(separator: "\n\n").map(String.init)
    #expect(told.count >= 60 && expected.count == told.count)
    for (found, wanted) in zip(told, expected) { #expect(found == wanted.trimmingSuffix(while: \.isNewline)) }
  }
}

extension String {
  fileprivate func trimmingSuffix(while predicate: (Character) -> Bool) -> String {
    var text = Substring(self)
    while let last = text.last, predicate(last) { text.removeLast() }
    return String(text)
  }
}

/// A document with one thing wrong.
struct Mistake {
  let title: String
  let text: String

  /// What is said of it: why it is no message, or its errors, or its warnings when it has no errors.
  var findings: [String] {
    do throws(FormatFailure) {
      let message = try FormatCatalogue.identify(Array(text.utf8), contentType: nil, hint: nil, maximumBytes: 4096)
      let all = FormatCatalogue.findings(in: message)
      let errors = all.filter { $0.severity == .error }
      return (errors.isEmpty ? all : errors).map(\.description)
    } catch {
      return ["refused, \(error)"]
    }
  }
}
