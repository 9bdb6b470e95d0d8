import Foundation
import JSON
import Testing

/// Holds the reader to nst/JSONTestSuite, which lies beside the package where it is to be had.
struct JSONTortureTests {
  static let folder = "../shared/corpora/json-torture/test_parsing"

  @Test func `what must parse parses, what must not does not`() throws {
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: Self.folder) else {
      print("skipped: no corpus at \(Self.folder)")
      return
    }
    for name in names.sorted() {
      let text = try [UInt8](Data(contentsOf: URL(filePath: "\(Self.folder)/\(name)")))
      let parsed = (try? JSONDocument(text)) != nil
      if name.hasPrefix("y_") {
        // The suite accepts repeated keys; we do not.
        let repeats = name.contains("duplicated_key")
        #expect(parsed != repeats, "\(name)")
      } else if name.hasPrefix("n_") {
        #expect(!parsed, "\(name)")
        if let error = #expect(throws: JSONError.self, performing: { try JSONDocument(text) }) {
          #expect(error.message != "the text is not JSON", "\(name) has a place")
        }
      }
    }
  }
}
