package import Contract
package import JSON

/// A program that reads, or writes, a partner's format: how it is run, and within which limits.
///
/// `Docs/converters.md` explains every word, and what the program and the hub say to each other.
package struct Converter: Sendable, Equatable {
  package let format: FormatID
  package let title: String
  package let version: String
  /// What its messages are about.
  package let kind: MessageKind
  /// What runs the script, as an absolute path with its arguments; empty where the script is a program itself.
  package let interpreter: [String]
  /// The file in the folder `converters` of the configuration.
  package let script: String
  /// SHA-256 of the file in hexadecimal: another file is not run.
  package let sha256: String
  package let reads: Bool
  package let writes: Bool
  /// How long one answer may take.
  package let seconds: Int
  /// How much memory the program may have.
  package let megabytes: Int

  /// What is wrong with a description, and where.
  package struct Faults: Error, Sendable {
    package var list: [Mapping.Fault]
  }

  package init(_ root: JSONValue) throws(Faults) {
    var faults: [Mapping.Fault] = []
    func fault(_ name: String, _ message: String) {
      faults.append(Mapping.Fault(place: JSONPointer(tokens: name.isEmpty ? [] : [name]), message: message))
    }
    let known: Set = [
      "converter", "title", "version", "kind", "interpreter", "script", "sha256", "directions", "seconds", "megabytes",
    ]
    for (name, _) in root.members where !known.contains(name) {
      fault(name, "'\(name.prefix(40))' is no word here; known are \(known.sorted().joined(separator: ", "))")
    }
    let format = root["converter"]?.string.flatMap { FormatID($0) }
    if format == nil { fault("converter", "the name of a format is a slug, such as acme-xml") }
    let kind = root["kind"]?.string.flatMap { MessageKind(rawValue: $0) }
    if kind == nil || kind == .acknowledgement || kind?.isReserved ?? false {
      fault("kind", "say what its messages are about, in a word such as indicators or event")
    }
    let interpreter = root["interpreter"]?.elements.compactMap(\.string) ?? []
    if let first = interpreter.first, !first.hasPrefix("/") {
      fault("interpreter", "the program that runs the script is named by its whole path: [/usr/bin/python3, -I]")
    }
    let script = root["script"]?.string ?? ""
    if script.isEmpty || script.contains("/") || script.hasPrefix(".") {
      fault("script", "the script is a file in the folder converters of the configuration: acme.py")
    }
    let sha256 = root["sha256"]?.string ?? ""
    if sha256.utf8.count != 64 || !sha256.allSatisfy({ "0123456789abcdef".contains($0) }) {
      fault("sha256", "expected what `sha256sum` says of the script: 64 digits in small letters")
    }
    let directions = root["directions"]?.elements.compactMap(\.string) ?? ["read"]
    if directions.isEmpty || !Set(directions).isSubset(of: ["read", "write"]) {
      fault("directions", "a converter reads, writes or does both: [read, write]")
    }
    func number(_ name: String, _ range: ClosedRange<Int64>, _ usual: Int) -> Int {
      guard let value = root[name] else { return usual }
      if let number = value.integer, range.contains(number) { return Int(number) }
      fault(name, "expected a number from \(range.lowerBound) to \(range.upperBound)")
      return usual
    }
    seconds = number("seconds", 1...60, 5)
    megabytes = number("megabytes", 16...4096, 256)
    guard let format, let kind, faults.isEmpty else { throw Faults(list: faults) }
    self.format = format
    self.kind = kind
    title = root["title"]?.string ?? format.slug
    version = root["version"]?.string ?? "1"
    self.interpreter = interpreter
    self.script = script
    self.sha256 = sha256
    reads = directions.contains("read")
    writes = directions.contains("write")
  }
}
