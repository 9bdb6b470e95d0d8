import JSON

/// nst/JSONTestSuite: y_ must parse, n_ must not, i_ either.
struct JSONTorture: Corpus {
  static let repeatedKeys =
    "RFC 8259 section 4 lets an object repeat a key with no agreed meaning; what has two meanings cannot be judged"

  func judge(_ folder: String) throws -> [Tally] {
    let folder = "\(folder)/json-torture/test_parsing"
    guard Folder.exists(folder) else { return [] }
    var tally = Tally(
      "JSON torture, y_ and n_",
      disagreements: [
        "y_object_duplicated_key.json": Self.repeatedKeys,
        "y_object_duplicated_key_and_value.json": Self.repeatedKeys,
      ])
    var either = Tally("JSON torture, i_ (no crash)")
    for name in Folder.names(folder) {
      let text = try Folder.read("\(folder)/\(name)")
      let parses = (try? JSONDocument(text)) != nil
      switch name.prefix(2) {
      case "y_": tally.count(name, isRight: parses, "refused")
      case "n_": tally.count(name, isRight: !parses, "accepted")
      default: either.count(name, isRight: true)
      }
    }
    return [tally, either]
  }
}
