import FoundationEssentials
import FuzzTargets
import Testing

/// Inputs of the fuzzers' corpora, and those that once broke a promise, in `Fuzz/Corpus`.
@Suite struct CorpusTests {
  @Test(arguments: FuzzTarget.allCases)
  func `every input of the corpus keeps the promises`(target: FuzzTarget) throws {
    let folder = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    let corpus = "/\(folder)/Fuzz/Corpus/\(target.rawValue)"
    let names = try FileManager.default.contentsOfDirectory(atPath: corpus)
    #expect(!names.isEmpty)
    for name in names.sorted() {
      let bytes = try #require(FileManager.default.contents(atPath: "\(corpus)/\(name)"))
      target.run([UInt8](bytes))
    }
  }
}
