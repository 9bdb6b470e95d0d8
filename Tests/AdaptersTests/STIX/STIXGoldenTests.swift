import JSON
import STIX
import Testing

@testable import Adapters

/// STIX itself: the sender's text is the canonical. `output.json` is what is written, or reduced as `reduce.json` says;
/// `refusal.json` the code and the place of a failure.
@Suite struct STIXGoldenTests {
  static let cases = GoldenFolder.cases("stix")

  @Test(arguments: cases) func `a bundle is written or reduced as its golden case says, or refused`(
    _ golden: GoldenCase
  ) throws {
    let input = try golden.required("input.json")
    let refusal = try golden.document("refusal.json")?.root
    do throws(AdapterFailure) {
      let read = try STIXAdapter().read(input, origin: Origin.anyone())
      #expect(read.output.document.text == input.text)
      let written = try output(of: golden, read.output)
      #expect(refusal == nil, "it is not refused")
      #expect(read.residue == (try? golden.residue()))
      #expect(read.losses + written.losses == (try? golden.losses()))
      let expected = try? golden.required("output.json")
      let root = try? JSONDocument(written.output).root
      #expect(root == expected?.root, "\(String(decoding: written.output, as: UTF8.self))")
      // A bundle that nothing is taken from keeps every byte of its objects.
      guard let root, (try? golden.document("reduce.json")) ?? nil == nil else { return }
      let objects = input.root["objects"]?.elements.map(\.description) ?? [input.root.description]
      #expect(root["objects"]?.elements.map(\.description) == objects)
    } catch {
      #expect(error.code.rawValue == refusal?["code"]?.string, "\(error)")
      guard let place = refusal?["location"]?.string else { return }
      #expect(error.location?.description == place)
    }
  }

  private func output(of golden: GoldenCase, _ bundle: STIXBundle) throws(AdapterFailure) -> Translation<[UInt8]> {
    guard let reduce = (try? golden.document("reduce.json"))??.root else {
      return try STIXAdapter().write(bundle, terms: Given.terms())
    }
    var replacing: [JSONPointer: Replacement] = [:]
    for (place, value) in reduce["replace"]?.members.map({ $0 }) ?? [] {
      guard let pointer = try? JSONPointer(place) else { continue }
      replacing[pointer] = value.isNull ? .removed : .value(Array(value.source))
    }
    let keep = reduce["keep"]?.elements.compactMap { $0.integer.map { Int($0) } } ?? []
    return try STIXAdapter().prune(bundle.document, bundle: bundle, keeping: keep, replacing: replacing)
  }
}
