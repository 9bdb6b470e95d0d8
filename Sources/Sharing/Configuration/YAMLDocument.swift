import JSON
import Yams

/// A YAML text as a JSON document that knows on which line each of its values stands.
///
/// Taken is the part of YAML that has one meaning for all readers: no anchors, aliases or tags, no key twice, one
/// document. A word without quotes that YAML 1.1 reads as truth value, number or nothing (`no`, `1.10`, `~`) is what
/// YAML makes of it, and ``plainWords`` remembers the word, so that who wanted a text can be told to quote it.
struct YAMLDocument {
  let json: JSONDocument
  /// The line of each value: for a member that of its key.
  let lines: [JSONPointer: Int]
  /// Words without quotes that are no text to YAML.
  let plainWords: [JSONPointer: String]

  /// The line of a value, or of what holds it.
  func line(_ pointer: JSONPointer) -> Int {
    var tokens = pointer.tokens[...]
    while !tokens.isEmpty {
      if let line = lines[JSONPointer(tokens: Array(tokens))] { return line }
      tokens = tokens.dropLast()
    }
    return 1
  }
}

/// Reads YAML into a ``YAMLDocument`` and collects what is wrong with it.
struct YAMLReader {
  /// A text with more bytes is refused.
  static let maximumBytes = 1 << 20

  private(set) var findings: [ConfigurationFinding] = []
  private let file: String
  private var writer = JSONWriter()
  private var lines: [JSONPointer: Int] = [:]
  private var plainWords: [JSONPointer: String] = [:]

  private init(file: String) { self.file = file }

  /// The document, unless something is wrong.
  static func read(_ bytes: [UInt8], file: String) -> (document: YAMLDocument?, findings: [ConfigurationFinding]) {
    var reader = YAMLReader(file: file)
    return (reader.document(bytes), reader.findings)
  }

  private mutating func document(_ bytes: [UInt8]) -> YAMLDocument? {
    guard bytes.count <= Self.maximumBytes else {
      report(1, "the file has \(bytes.count) bytes; at most \(Self.maximumBytes) are taken")
      return nil
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      report(1, "the file is not UTF-8; save it as UTF-8")
      return nil
    }
    if let line = Self.anchorLine(text) {
      report(line, "found an anchor (&name); anchors and aliases are not taken here: write the value out each time")
      return nil
    }
    let root: Node
    do {
      guard let node = try Yams.Parser(yaml: text, encoding: .utf8).singleRoot() else {
        report(1, "the file is empty")
        return nil
      }
      root = node
    } catch let error as YamlError {
      let fault = Self.fault(error)
      report(fault.line, fault.message)
      return nil
    } catch {
      report(1, "the file cannot be read as YAML: \(error)")
      return nil
    }
    guard case .mapping = root else {
      report(root.mark?.line ?? 1, "expected keys and values at the top of the file")
      return nil
    }
    lines[.root] = 1
    write(root, at: .root)
    guard findings.isEmpty else { return nil }
    do {
      return YAMLDocument(json: try JSONDocument(writer.bytes), lines: lines, plainWords: plainWords)
    } catch {
      report(1, error.message)
      return nil
    }
  }

  private mutating func write(_ node: Node, at pointer: JSONPointer) {
    let line = node.mark?.line ?? 1
    if pointer.tokens.count > 32 {
      report(line, "lists and keys are nested more than 32 deep")
      writer.null()
      return
    }
    switch node {
    case .scalar(let scalar): write(scalar, at: pointer, line: line)
    case .sequence(let sequence):
      refuse(tag: sequence.tag, line)
      var items = writer
      items.array { list in
        for (place, item) in sequence.enumerated() {
          let itemPointer = pointer.appending(place)
          lines[itemPointer] = item.mark?.line ?? line
          writer = list
          write(item, at: itemPointer)
          list = writer
        }
      }
      writer = items
    case .mapping(let mapping):
      refuse(tag: mapping.tag, line)
      var members = writer
      members.object { object in
        var seen: Set<String> = []
        for (key, value) in mapping {
          let keyLine = key.mark?.line ?? line
          guard case .scalar(let scalar) = key else {
            report(keyLine, "found a key that is no word")
            continue
          }
          guard seen.insert(scalar.string).inserted else {
            report(keyLine, "found the key \"\(scalar.string)\" twice")
            continue
          }
          guard !SecretKeys.isSecret(scalar.string) else {
            report(keyLine, SecretKeys.refusal(of: scalar.string))
            continue
          }
          let memberPointer = pointer.appending(scalar.string)
          lines[memberPointer] = keyLine
          object.key(scalar.string)
          writer = object
          write(value, at: memberPointer)
          object = writer
        }
      }
      writer = members
    case .alias:
      report(line, "found an alias (*name); anchors and aliases are not taken here: write the value out")
      writer.null()
    }
  }

  private mutating func write(_ scalar: Node.Scalar, at pointer: JSONPointer, line: Int) {
    refuse(tag: scalar.tag, line)
    guard scalar.style == .plain else {
      writer.string(scalar.string)
      return
    }
    switch PlainScalar(scalar.string) {
    case .text: writer.string(scalar.string)
    case .truth(let value):
      plainWords[pointer] = scalar.string
      writer.bool(value)
    case .nothing:
      plainWords[pointer] = scalar.string
      writer.null()
    case .number:
      plainWords[pointer] = scalar.string
      writer.raw(scalar.string.utf8)
    case .unclear:
      report(
        line,
        "found \(scalar.string), which readers of YAML take for different numbers: "
          + "write it in quotes if it is a text, else in decimal digits")
      writer.null()
    }
  }

  private mutating func refuse(tag: Tag, _ line: Int) {
    let known = ["", "!", Tag.Name.str.rawValue, Tag.Name.map.rawValue, Tag.Name.seq.rawValue]
    guard !known.contains(tag.rawValue) else { return }
    report(line, "found the tag \(tag.rawValue); tags are not taken here")
  }

  private mutating func report(_ line: Int, _ message: String) {
    findings.append(ConfigurationFinding(file: file, line: line, message: message))
  }

  /// The line of the first `&name` where a value may begin, be it in a comment. Looked for before the text is parsed,
  /// since aliases make a few lines expand to more than any memory holds.
  private static func anchorLine(_ text: String) -> Int? {
    var line = 1
    var previous = UInt8(ascii: "\n")
    var isAmpersand = false
    for byte in text.utf8 {
      if isAmpersand, byte.isWordByte { return line }
      let isStart = previous <= 0x20 || [UInt8(ascii: "["), UInt8(ascii: "{"), UInt8(ascii: ",")].contains(previous)
      isAmpersand = byte == UInt8(ascii: "&") && isStart
      if byte == UInt8(ascii: "\n") { line += 1 }
      previous = byte
    }
    return nil
  }

  private static func fault(_ error: YamlError) -> (line: Int, message: String) {
    switch error {
    case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
      .composer(let context, let problem, let mark, _):
      return (mark.line, "the file is no YAML here: \(context.map { "\($0.text) " } ?? "")\(problem)")
    case .duplicatedKeysInMapping(let duplicates, let context):
      return (context.mark.line, "found the key \"\(duplicates.joined(separator: "\", \""))\" twice")
    case .reader(let problem, _, _, _): return (1, "the file is no YAML: \(problem)")
    default: return (1, "the file is no YAML: \(error)")
    }
  }
}

extension UInt8 {
  fileprivate var isWordByte: Bool {
    switch self {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "_"), UInt8(ascii: "-"): true
    default: false
    }
  }
}

/// What a word without quotes is to YAML 1.1, on which readers agree at least about JSON's forms.
enum PlainScalar: Equatable {
  case text
  case truth(Bool)
  case number
  case nothing
  /// Some form of number that not every reader takes for the same: octal, sexagesimal, with underscores.
  case unclear

  init(_ word: String) {
    switch word.lowercased() {
    case "true", "yes", "on", "y": self = .truth(true)
    case "false", "no", "off", "n": self = .truth(false)
    case "", "~", "null": self = .nothing
    case ".inf", "+.inf", "-.inf", ".nan": self = .unclear
    default:
      if Self.isJSONNumber(word) {
        self = .number
      } else {
        self = Self.looksLikeNumber(word) ? .unclear : .text
      }
    }
  }

  private static func isJSONNumber(_ word: String) -> Bool {
    word.wholeMatch(of: /-?(0|[1-9][0-9]*)(\.[0-9]+)?/) != nil
  }

  private static func looksLikeNumber(_ word: String) -> Bool {
    guard word.utf8.contains(where: { (0x30...0x39).contains($0) }) else { return false }
    return word.wholeMatch(of: /[-+]?(0[0-9_]+|0[xob][0-9a-fA-F_]+|[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?)/) != nil
      || word.wholeMatch(of: /[-+]?([0-9][0-9_]*)?\.?[0-9_]*([eE][-+]?[0-9]+)?/) != nil
  }
}

/// Keys that look as if a secret stood behind them. No file of the configuration holds one.
enum SecretKeys {
  private static let words = [
    "password", "passwd", "passphrase", "secret", "token", "apikey", "privatekey", "accesskey", "credential",
  ]

  static func isSecret(_ key: String) -> Bool {
    let plain = key.lowercased().filter { $0.isLetter || $0.isNumber }
    return plain != "secretsfolder" && words.contains { plain.contains($0) }
  }

  static func refusal(of key: String) -> String {
    "found \"\(key)\", which looks like a secret; configuration files hold none: "
      + "put it into the secrets folder, which secrets-folder in hub.yaml names"
  }
}
