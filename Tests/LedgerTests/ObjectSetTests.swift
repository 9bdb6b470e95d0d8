import Testing

@testable import Ledger

struct ObjectSetTests {
  @Test(arguments: [[], [0], [5], [0, 1, 2], [0, 2, 4], [3, 4, 5, 1000, 1001, 70_000]])
  func `a set comes back as it was`(indices: [Int]) {
    #expect(ObjectSet.decode(ObjectSet.encode(indices)) == indices)
  }

  @Test func `a run of neighbours takes a few bytes`() {
    let run = Array(0..<5000)
    #expect(ObjectSet.encode(run).count == 3)
    #expect(ObjectSet.decode(ObjectSet.encode(run)) == run)
  }

  @Test func `bytes that are cut short give what they hold`() {
    #expect(ObjectSet.decode([0x80]) == [])
    #expect(ObjectSet.decode([0, 1, 0x80]) == [0, 1])
  }
}
