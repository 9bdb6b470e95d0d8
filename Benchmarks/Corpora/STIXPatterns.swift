import JSON
import STIX

/// Patterns of the OASIS pattern validator's specification cases.
struct STIXPatterns: Corpus {
  func judge(_ folder: String) throws -> [Tally] {
    let file = "\(folder)/stix/patterns.jsonl"
    guard Folder.exists(file) else { return [] }
    var tally = Tally("STIX patterns")
    for line in try Folder.read(file).split(separator: UInt8(ascii: "\n")) {
      let entry = try JSONDocument(Array(line)).root
      guard let text = entry["pattern"]?.string else { continue }
      do throws(PatternError) {
        _ = try Pattern(text)
        tally.count(text, isRight: entry["expect"]?.isString("valid") ?? false, "accepted")
      } catch {
        tally.count(text, isRight: !(entry["expect"]?.isString("valid") ?? true), error.description)
      }
    }
    return [tally]
  }
}
