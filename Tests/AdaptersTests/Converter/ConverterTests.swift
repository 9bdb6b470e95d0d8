import Contract
import Crypto
import FoundationEssentials
import JSON
import Partners
import STIX
import Testing

@testable import Adapters

/// Programs of anybody's that read and write a format: what they may not do, and what they do.
@Suite(.serialized) final class ConverterTests {
  private let folder: String

  init() throws {
    folder = FileManager.default.temporaryDirectory.path + "/entente-converters-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  /// A script in Python that is run for each question, as `question`, and sets `answer`.
  private func adapter(
    _ script: String, seconds: Int = 5, megabytes: Int = 256, sha256: String? = nil,
    interpreter: String = "/usr/bin/python3"
  ) throws -> ConverterAdapter {
    let whole = """
      import json, os, sys
      for line in sys.stdin:
          question = json.loads(line)
          answer = {'id': question['id']}
      \(script.split(separator: "\n").map { "    " + $0 }.joined(separator: "\n"))
          print(json.dumps({'id': question['id'], **answer}), flush=True)

      """
    return try adapter(whole: whole, seconds, megabytes, sha256, interpreter)
  }

  private func adapter(
    whole: String, _ seconds: Int = 5, _ megabytes: Int = 256, _ sha256: String? = nil,
    _ interpreter: String = "/usr/bin/python3"
  ) throws -> ConverterAdapter {
    let name = "s\(UUID().uuidString).py"
    try Data(whole.utf8).write(to: URL(filePath: folder + "/" + name))
    let digest =
      sha256
      ?? SHA256.hash(data: Array(whole.utf8)).map { byte in
        let word = String(byte, radix: 16)
        return word.utf8.count == 1 ? "0" + word : word
      }.joined()
    let text =
      #"{"converter":"acme-xml","kind":"indicators","interpreter":["\#(interpreter)","-I"],"script":"\#(name)","sha256":"\#(digest)","#
      + #""directions":["read","write"],"seconds":\#(seconds),"megabytes":\#(megabytes)}"#
    let description = try JSONDocument(Array(text.utf8))
    return ConverterAdapter(try Converter(description.root), scripts: folder)
  }

  private func document(_ text: String = "x") throws -> JSONDocument {
    var writer = JSONWriter()
    writer.object { $0.member("text", text) }
    return try JSONDocument(writer.bytes)
  }

  /// Why a text is not read.
  private func refusal(_ adapter: ConverterAdapter) throws -> String {
    let document = try document()
    let failure = try #require(throws: AdapterFailure.self) { try adapter.read(document, origin: Given.origin()) }
    #expect(failure.code == .unreadable)
    return failure.message
  }

  // MARK: What keeps it from being run

  @Test func `another file than the configuration names is not run`() throws {
    let adapter = try adapter("answer = {}", sha256: String(repeating: "0", count: 64))
    #expect(try refusal(adapter).contains("its sha256 is another"))
  }

  @Test func `what cannot be started says where it failed`() throws {
    let adapter = try adapter("answer = {}", interpreter: "/no/such/python")
    #expect(try refusal(adapter).contains("the program itself: No such file"))
  }

  // MARK: What it may not do

  static let forbidden: [(String, String)] = [
    ("a socket", "import socket; socket.socket()"),
    ("a name of the network", "import socket; socket.create_connection(('127.0.0.1', 22), 1)"),
    ("another program", "import subprocess; subprocess.run(['/bin/true'], check=True)"),
    ("a process", "os.fork()"),
    ("a file to write", "open('/tmp/entente-converter-was-here', 'w')"),
    ("a file to remove", "os.unlink('/tmp/entente-converter-is-here')"),
    ("a folder", "os.mkdir('/tmp/entente-converter-was-here')"),
    ("a signal", "os.kill(os.getppid(), 0)"),
    ("its limits", "import resource; resource.setrlimit(resource.RLIMIT_AS, (1 << 40, 1 << 40))"),
  ]

  @Test(arguments: forbidden)
  func `it has no network, no other programs and no files to change`(what: String, line: String) throws {
    let adapter = try adapter(
      """
      try:
          \(line)
          answer = {"refused": "it could"}
      except (OSError, ValueError) as error:
          answer = {"refused": "denied: " + str(error)}
      """)
    #expect(try refusal(adapter).contains("denied: "), "\(what)")
  }

  @Test func `an answer that takes too long ends it, and the next question has a new one`() throws {
    let marker = folder + "/slow"
    try Data().write(to: URL(filePath: marker))
    let adapter = try adapter(
      """
      import time
      if os.path.exists('\(marker)'): time.sleep(30)
      answer = {"refused": "at last"}
      """, seconds: 1)
    let start = ContinuousClock.now
    #expect(try refusal(adapter).contains("no answer within 1 s"))
    #expect(ContinuousClock.now - start < .seconds(5))
    try FileManager.default.removeItem(atPath: marker)
    #expect(try refusal(adapter).contains("at last"))
  }

  @Test func `an answer without end is cut off`() throws {
    let adapter = try adapter("block = 'x' * (1 << 20)\nwhile True: sys.stdout.write(block)", seconds: 20)
    #expect(try refusal(adapter).contains("no end"))
  }

  @Test func `it gets no more memory than it may have`() throws {
    let adapter = try adapter(
      """
      try:
          keep = bytearray(1 << 30)
          answer = {"refused": "it got it"}
      except MemoryError:
          answer = {"refused": "no memory"}
      """, megabytes: 128)
    #expect(try refusal(adapter).contains("no memory"))
  }

  @Test func `one that dies is started again, and is not asked twice what it died of`() throws {
    let dies = try adapter("if question['text'] == 'x': os._exit(3)\nanswer = {'refused': str(os.getpid())}")
    #expect(try refusal(dies).contains("ended before it had answered"))
    let other = try document("y")
    let first = try #require(throws: AdapterFailure.self) { try dies.read(other, origin: Given.origin()) }
    let again = try #require(throws: AdapterFailure.self) { try dies.read(other, origin: Given.origin()) }
    // The same process both times: it is kept.
    #expect(first.message == again.message)
    #expect(try refusal(dies).contains("ended before it had answered"))
  }

  static let bad: [(String, String)] = [
    ("print('[]', flush=True)\nimport time; time.sleep(0.5)", "no JSON object"),
    ("print('hello', flush=True)\nimport time; time.sleep(0.5)", "no JSON object"),
    ("print('{\"id\": 99}', flush=True)\nimport time; time.sleep(0.5)", "with the id of the question"),
    ("print('{}\\n{}', flush=True)", "more than one line"),
    ("answer = {'text': 1}", "without a bundle"),
    ("answer = {'bundle': {'type': 'bundle'}}", "no bundle of STIX 2.1"),
    ("answer = {'bundle': {'type': 'bundle', 'id': 'bundle--1', 'objects': []}}", "no valid STIX 2.1"),
    ("answer = {'bundle': {'type': 'indicator', 'id': 'x'}}", "no bundle of STIX 2.1"),
    ("answer = {'refused': 'line 3 is odd'}", "refused it: line 3 is odd"),
    ("sys.stdout.write('{')\nsys.stdout.flush()\nos._exit(0)", "ended before it had answered"),
  ]

  @Test(arguments: bad)
  func `what it answers is checked like everything that comes from outside`(script: String, word: String) throws {
    let refusal = try refusal(try adapter(script))
    #expect(refusal.contains(word), "\(refusal)")
  }

  // MARK: The example

  private func example() throws -> ConverterAdapter {
    let package = String(#filePath.split(separator: "/").dropLast(4).reduce("") { $0 + "/" + $1 })
    let scripts = package + "/Examples/converters"
    let page = String(decoding: try Data(contentsOf: URL(filePath: scripts + "/watchlist.yaml")), as: UTF8.self)
    // As plain as this page is: one key and one value a line.
    var writer = JSONWriter()
    writer.object { object in
      for line in page.split(separator: "\n") where !line.hasPrefix("#") {
        let parts = line.split(separator: ":", maxSplits: 1).map { $0.trimmed }
        if parts[1].hasPrefix("[") {
          object.member(parts[0], parts[1].dropFirst().dropLast().split(separator: ",").map { $0.trimmed })
        } else if let number = Int(parts[1]) {
          object.member(parts[0], number)
        } else {
          object.member(parts[0], parts[1].filter { $0 != "\"" })
        }
      }
    }
    return ConverterAdapter(try Converter(try JSONDocument(writer.bytes).root), scripts: scripts)
  }

  @Test func `the example reads a list, writes it again, and says what it cannot say`() throws {
    let adapter = try example()
    let text = "WATCHLIST 2026-11-24 TLP:AMBER\n198.51.100.7    a command server\n203.0.113.9    scans\n"
    let read = try adapter.read(try document(text), origin: Given.origin())
    #expect(read.output.objects.map(\.type) == ["indicator", "indicator"])
    #expect(read.output.objects.allSatisfy { $0.markings.strictest == .amber })
    // Nobody knows what was not read: the text is not passed on as it came.
    #expect(read.residue == [JSONPointer(tokens: ["text"])])
    let time = try #require(Timestamp("2026-11-24T06:00:00Z")?.instant)
    let terms = OutgoingTerms(tlp: .amber, sender: nil, acceptedAt: time)
    let written = try adapter.write(read.output, terms: terms)
    #expect(String(decoding: written.output, as: UTF8.self) == text)
    let again = try adapter.read(try document(text), origin: Given.origin())
    #expect(again.output.document.text == read.output.document.text)
    let red = OutgoingTerms(tlp: .red, sender: nil, acceptedAt: time)
    let failure = try #require(throws: AdapterFailure.self) { try adapter.write(read.output, terms: red) }
    #expect(failure.message.contains("nothing of it can stand in a list"))
  }
}

extension Substring {
  fileprivate var trimmed: String {
    String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }
}
