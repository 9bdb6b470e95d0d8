import Adapters
import JSON
import Partners

/// Descriptions of partners' formats: refused with places that are there, or compiled, and then their examples end.
enum FuzzMapping {
  static func run(_ bytes: [UInt8]) {
    let limits = JSONLimits(maximumBytes: 1 << 16, maximumDepth: 64)
    guard let document = try? JSONDocument(bytes, limits: limits) else { return }
    do throws(Mapping.Faults) {
      let trial = MappingTrial(try Mapping(document.root))
      promise(trial.outcomes.allSatisfy { document.root.at($0.place) != nil }, "an example stands somewhere")
    } catch {
      promise(!error.list.isEmpty && error.list.count <= 200, "a refusal says why, and has an end")
      promise(error.list.allSatisfy { !$0.message.isEmpty }, "a fault says what it is")
    }
  }
}
