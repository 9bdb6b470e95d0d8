import Testing

/// What programs outside may use is explained where it is declared.
@Suite struct DocumentationTests {
  /// The library products of the package.
  @Test(arguments: ["AMQP", "AgencyClient"])
  func `every public declaration of a library has a doc comment`(library: String) throws {
    let files = try Project.swiftFiles().filter { $0.hasPrefix("Sources/\(library)/") }
    var count = 0
    for file in files {
      let declarations = PublicDeclaration.all(in: try Project.read(file))
      count += declarations.count
      for declaration in declarations where !declaration.isDocumented {
        Issue.record("\(file):\(declaration.line) has no doc comment: \(declaration.text)")
      }
    }
    #expect(count > 20, "the public declarations of \(library) are found")
  }

  @Test func `public declarations of every form are seen`() {
    let text = """
      /// Documented.
      public struct A {
        public var b: Int { switch c { case .d: 1 } }
        /// Documented.
        @available(*, deprecated)
        public static let e = 1
        var f = 1
        private(set) public var g = 1
      }
      public enum H {
        case i
        /// Documented.
        case j(Int)
        var k: Int {
          switch self {
          case .i: 1
          case .j: 2
          }
        }
      }
      enum L { case m }
      /// Documented.
      public protocol N {
        func o()
      }
      public extension P {}
      @inlinable public func q() {}
      """
    let missing = PublicDeclaration.all(in: text).filter { !$0.isDocumented }.map(\.line)
    #expect(missing == [3, 8, 10, 11, 24, 26, 27])
    #expect(PublicDeclaration.all(in: text).count == 11)
  }
}

/// A declaration that programs outside the package see.
struct PublicDeclaration {
  var line: Int
  var text: String
  var isDocumented: Bool

  /// Those of a source file as our formatter leaves it: one declaration a line, and braces that stand at the ends of
  /// lines.
  static func all(in source: String) -> [PublicDeclaration] {
    var found: [PublicDeclaration] = []
    /// For each open brace, what is public directly inside it without saying so.
    var implied: [Set<Substring>] = []
    /// The same for the brace that comes next.
    var next: Set<Substring> = []
    var isDocumented = false
    for (index, line) in source.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      let text = line.drop { $0 == " " }
      if text.hasPrefix("///") {
        isDocumented = true
        continue
      }
      // Attributes on lines of their own, and remarks, may stand between the comment and what it explains.
      let isAttribute = text.hasPrefix("@") && !text.contains(" public ") || text.hasPrefix("//")
      if isAttribute { continue }
      let words = text.prefix { $0 != "{" && $0 != "=" && $0 != "(" }.split(separator: " ")
      let saysPublic = text.split(separator: " ").prefix(4).contains("public") && !words.contains("import")
      let isMember = words.first.map { implied.last?.contains($0) == true } ?? false
      if saysPublic || isMember {
        found.append(PublicDeclaration(line: index + 1, text: String(text), isDocumented: isDocumented))
      }
      isDocumented = false
      if saysPublic {
        next =
          if words.contains("enum") {
            ["case"]
          } else if words.contains("protocol") {
            ["func", "var", "init", "static", "associatedtype"]
          } else {
            []
          }
      }
      for character in text {
        if character == "{" {
          implied.append(next)
          next = []
        }
        if character == "}" { _ = implied.popLast() }
      }
    }
    return found
  }
}
