import JSON
import STIX

/// Collects the objects of a canonical bundle, each with the places in the sender's document that it came from.
final class CanonicalWriter {
  /// The texts of the objects, with commas between them.
  private var texts: [UInt8] = []
  private var scratch = JSONWriter()
  private(set) var sources: [[JSONPointer]] = []

  /// Adds an object, written by `body` member by member after its type and id.
  func add(
    _ type: String, id: String, from places: [JSONPointer], _ body: (inout JSONWriter) -> Void
  ) {
    scratch.reset()
    scratch.object { object in
      object.member("type", type)
      object.member("spec_version", "2.1")
      object.member("id", id)
      body(&object)
    }
    add(bytes: scratch.bytes[...], from: places)
  }

  /// Adds an object that is text already.
  func add(text: String, from places: [JSONPointer]) { add(bytes: Array(text.utf8), from: places) }

  /// Adds an object that is bytes already.
  func add(bytes: [UInt8], from places: [JSONPointer]) { add(bytes: bytes[...], from: places) }

  /// Adds an object that is bytes already.
  func add(bytes: ArraySlice<UInt8>, from places: [JSONPointer]) {
    if !texts.isEmpty { texts.append(UInt8(ascii: ",")) }
    texts.append(contentsOf: bytes)
    sources.append(places)
  }

  /// Makes room for texts of this length in all.
  func reserve(_ bytes: Int) { texts.reserveCapacity(bytes) }

  /// The bundle, read back as a table over its text.
  func bundle(id: String) throws(AdapterFailure) -> STIXBundle { try Self.bundle(id: id, [texts], sources) }

  /// A bundle of objects that are bytes already, in several runs with commas between the objects of each.
  static func bundle(
    id: String, _ runs: [[UInt8]], _ sources: [[JSONPointer]]
  ) throws(AdapterFailure) -> STIXBundle {
    var writer = JSONWriter()
    // With room for the parser to read on, so that the text is not copied.
    writer.reserve(runs.reduce(200) { $0 + $1.count })
    writer.object { bundle in
      bundle.member("type", "bundle")
      bundle.member("id", id)
      bundle.member("objects") { $0.array { list in for run in runs where !run.isEmpty { list.raw(run) } } }
    }
    do {
      let limits = JSONLimits(maximumBytes: .max, maximumDepth: 100)
      return try STIXBundle(reading: try JSONDocument(writer.bytes, limits: limits), sources: sources)
    } catch let error as STIXError {
      throw AdapterFailure(.unreadable, error.message)
    } catch {
      throw AdapterFailure(.unreadable, "the canonical text cannot be read back: \(error)")
    }
  }
}
