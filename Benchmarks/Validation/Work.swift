import CSimdJSON
import Formats
import Glibc
import JSON
import STIX

/// The objects of a bundle, and what is measured over them.
final class Work {
  /// The whole bundle, and each object's text, with room behind it so that it is parsed in place.
  let bundle: [UInt8]
  let objects: [[UInt8]]
  let bytes: Int
  private let documents: [JSONDocument]
  private let bundles: [STIXBundle]
  private let parser: OpaquePointer
  private let format = STIXFormat()
  private var sum = 0

  init(bundle path: String) throws {
    bundle = Self.padded(try Self.read(path))
    let document = try JSONDocument(bundle)
    objects =
      document.root["objects"]?.elements.map { value in
        var writer = JSONWriter()
        writer.value(value)
        return Self.padded(writer.bytes)
      } ?? []
    bytes = objects.reduce(0) { $0 + $1.count }
    documents = try objects.map { try JSONDocument($0) }
    bundles = try documents.map { try STIXBundle(reading: $0) }
    guard let parser = csimdjson_create(bundle.count, 100) else { fatalError("no memory for a parser") }
    self.parser = parser
  }

  deinit { csimdjson_destroy(parser) }

  func rate(_ seconds: Double) -> Int { Int(Double(objects.count) / seconds) }

  func warmUp() {
    for _ in 0..<3 { _ = measure() }
  }

  func measure() -> Figures {
    var figures = Figures()
    figures.parse = time { for object in objects { parse(object) } }
    figures.document = time { for object in objects { sum &+= (try? JSONDocument(object))?.root.count ?? 0 } }
    figures.schema = time { for document in documents { count(format.satisfiesSchema(document)) } }
    figures.rules = time { for bundle in bundles { count(bundle.errors().isEmpty) } }
    figures.errors = time {
      for object in objects {
        if let document = try? JSONDocument(object) { count(format.errors(document).isEmpty) }
      }
    }
    figures.findings = time {
      for object in objects {
        if let document = try? JSONDocument(object) { sum &+= format.findings(document).count }
      }
    }
    figures.bundle = time { parse(bundle) }
    return figures
  }

  private func count(_ isRight: Bool) {
    guard isRight else { fatalError("an object of the bundle is judged invalid") }
    sum &+= 1
  }

  private func parse(_ text: [UInt8]) {
    let outcome = text.withUnsafeBufferPointer { csimdjson_parse(parser, $0.baseAddress, $0.count, true) }
    guard outcome == CSIMDJSON_PARSED else { fatalError("an object of the bundle cannot be parsed") }
    sum &+= 1
  }

  /// Of some repeats the fastest: what else the machine does only adds.
  private func time(_ body: () -> Void) -> Double {
    var best = Double.infinity
    for _ in 0..<5 {
      let start = Self.seconds()
      body()
      best = min(best, Self.seconds() - start)
    }
    return best
  }

  static func seconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  private static func padded(_ text: [UInt8]) -> [UInt8] {
    var padded: [UInt8] = []
    padded.reserveCapacity(text.count + 64)
    padded += text
    return padded
  }

  private static func read(_ path: String) throws -> [UInt8] {
    guard let file = fopen(path, "r") else { throw Unreadable(path: path) }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = fread(&buffer, 1, buffer.count, file)
      bytes += buffer[..<count]
      if count < buffer.count { return bytes }
    }
  }

  struct Unreadable: Error {
    let path: String
  }
}
