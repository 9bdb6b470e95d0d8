import Adapters
import JSON
import Partners

/// What the file of a mapping comes to: its faults with their lines, or its examples tried.
package struct MappingReport: Sendable {
  package let lines: [String]
  /// Whether the mapping can be used, and does what its examples say.
  package let isGood: Bool

  package init(of bytes: [UInt8], file: String) {
    do throws(MappingPage.Refusal) {
      let page = try MappingPage(bytes, file: file)
      let outcomes = MappingTrial(page.mapping).outcomes
      var lines: [String] = []
      for outcome in outcomes {
        let place = "\(file.printable):\(page.lineOf(outcome.place))"
        lines.append("\(outcome.faults.isEmpty ? "ok " : "bad")  \(place)  \(outcome.name.printable)")
        lines += outcome.faults.map { "     \($0.printable)" }
      }
      let bad = outcomes.count { !$0.faults.isEmpty }
      lines.append("\(page.mapping.format): \(PlainText.count(outcomes.count, "example")), \(bad) not as it says.")
      self.lines = lines
      isGood = bad == 0
    } catch {
      lines = error.lines
      isGood = false
    }
  }
}
