import FoundationEssentials
import Testing

/// Equal input gives equal output: nothing in the adapters asks a clock, a generator of random numbers or the
/// environment.
@Suite struct DeterminismTests {
  private static let forbidden = [
    "Date()", "Date.now", " UUID()", "Clock(", "clock_gettime", "gettimeofday", "time(nil)", ".random(", ".shuffled(",
    "randomElement", "SystemRandomNumberGenerator", "ProcessInfo", "getenv(", "mkstemp", ".now()",
  ]

  @Test func `no adapter asks a clock, for chance or the environment`() throws {
    var found: [String] = []
    var files = 0
    for folder in ["Sources/Adapters", "Sources/STIX"] {
      for path in try FileManager.default.subpathsOfDirectory(atPath: Files.top + folder) where path.hasSuffix(".swift")
      {
        files += 1
        let text = String(decoding: try #require(Files.read("\(Files.top)\(folder)/\(path)")), as: UTF8.self)
        for line in text.split(separator: "\n") where !line.contains("private static let seeds = (UInt64.random(in:") {
          for word in Self.forbidden where line.contains(word) { found.append("\(path): \(word)") }
        }
      }
    }
    #expect(files > 100 && found == [])
  }
}
