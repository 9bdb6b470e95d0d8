package import JSON

/// A schema of JSON Schema 2020-12, compiled: a flat program gives the verdict; only where it is no does a second,
/// slower pass over the schema look for what to say. Free of the catalogue, and safe to use from many tasks.
package struct JSONSchema: Sendable {
  /// The identifier under which the catalogue gave it.
  package let id: String
  private let tables: VerdictTables
  private let start: Int32
  private let root: Int

  init(id: String, nodes: [SchemaNode], root: Int) {
    self.id = id
    self.root = root
    let (program, start) = VerdictCompiler.compile(nodes, root: root)
    self.start = start
    tables = VerdictTables(program, nodes)
  }

  /// Whether a value satisfies the schema. Allocates nothing, save where `unevaluated...`, or `uniqueItems` over many
  /// elements, ask.
  package func isValid(_ value: JSONValue) -> Bool {
    withExtendedLifetime((tables, value.document)) {
      VerdictMachine(tables, value.document.tape).accepts(start, value.index)
    }
  }

  /// What is wrong with a value, at most `limit` findings; empty when it satisfies the schema. Instance locations are
  /// relative to the value. Of `anyOf` and `oneOf` only the branch that the value comes nearest to is explained.
  package func findings(in value: JSONValue, limit: Int = 50) -> [SchemaFinding] {
    if limit <= 0 || isValid(value) { return [] }
    return withExtendedLifetime((tables, value.document)) {
      var explainer = Explainer(tables, value.document.tape, limit: limit)
      return explainer.explain(root, value)
    }
  }
}
