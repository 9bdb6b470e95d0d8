import JSON
import STIX

/// Collects the objects of a canonical bundle, each with the places in the sender's document that it came from.
final class CanonicalWriter {
  private var texts: [[UInt8]] = []
  private(set) var sources: [[JSONPointer]] = []

  /// Adds an object, written by `body` member by member after its type and id.
  func add(
    _ type: String, id: String, from places: [JSONPointer], _ body: (inout JSONWriter) -> Void
  ) {
    var writer = JSONWriter()
    writer.object { object in
      object.member("type", type)
      object.member("spec_version", "2.1")
      object.member("id", id)
      body(&object)
    }
    texts.append(writer.bytes)
    sources.append(places)
  }

  /// Adds an object that is text already.
  func add(text: String, from places: [JSONPointer]) {
    texts.append(Array(text.utf8))
    sources.append(places)
  }

  /// Adds an object that is bytes already.
  func add(bytes: [UInt8], from places: [JSONPointer]) {
    texts.append(bytes)
    sources.append(places)
  }

  /// The bundle, read back as a table over its text.
  func bundle(id: String) throws(AdapterFailure) -> STIXBundle {
    var writer = JSONWriter()
    writer.object { bundle in
      bundle.member("type", "bundle")
      bundle.member("id", id)
      bundle.member("objects") { $0.array { list in for text in texts { list.raw(text) } } }
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
