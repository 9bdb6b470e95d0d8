import JSON
import Testing

@Suite struct ExplainTests {
  private func explain(_ document: String, _ options: String...) throws -> ProgramRun {
    let folder = try Scratch()
    defer { folder.remove() }
    try Books.writeConfiguration(folder)
    let file = try folder.write("document.json", document)
    return try Program.run(["explain", "--config", folder.path] + options + [file])
  }

  @Test func `a folder that is no configuration ends with 2 and names it`() throws {
    let run = try Program.run("explain", "--config", "/nowhere", "--from", "alpha", "x.json")
    #expect(run.code == 2)
    #expect(run.errors.contains("hub.yaml"))
  }

  @Test func `an unknown agency ends with 2, with those that there are`() throws {
    let run = try explain(Papers.bundle(), "--from", "omega")
    #expect(run.code == 2)
    #expect(run.errors == "omega is no agency of this configuration; its agencies are alpha, beta, delta, gamma.\n")
  }

  @Test func `a document that the hub would refuse ends with 1 and the reason`() throws {
    let run = try explain("{", "--from", "alpha")
    #expect(run.code == 1)
    #expect(run.errors.hasPrefix("Nobody would get it: the hub would refuse it at identify, not-json (at 1:2): "))
  }

  @Test func `a partner without a grant gets nothing, with the reason`() throws {
    let run = try explain(Papers.bundle(), "--from", "alpha", "--to", "delta")
    #expect(run.code == 0)
    #expect(run.output.contains("delta               nothing. There is no arrangement between alpha and delta."))
    #expect(!run.output.contains("beta"))
  }

  @Test func `what is too strict is withheld, and says so`() throws {
    let run = try explain(Papers.bundle(marking: Papers.TLPIDs.red), "--from", "alpha", "--to", "beta")
    #expect(run.code == 0)
    #expect(run.output.contains("beta                nothing."))
    #expect(run.output.contains("2 objects, since it is TLP:RED and the sender did not name this recipient:"))
    #expect(run.output.contains("\"Command server\""))
  }

  @Test func `a label of the sender narrows`() throws {
    let run = try explain(Papers.bundle(), "--from", "alpha", "--tlp", "amber", "--json")
    #expect(run.code == 0)
    let answer = try JSONDocument(Array(run.output.utf8)).root
    let outcomes = (answer["recipients"].map { Array($0.elements) } ?? []).map {
      "\($0["agency"]?.string ?? "") \($0["outcome"]?.string ?? "") \($0["considered"]?.bool ?? false)"
    }
    #expect(outcomes == ["beta deliver true", "delta withhold false", "gamma withhold true"])
  }

  @Test func `a grant is named, with what comes with it`() throws {
    let run = try explain(Papers.bundle(), "--from", "alpha", "--recipients", "beta")
    #expect(run.code == 0)
    #expect(run.output.hasPrefix("From alpha: stix 2.1, indicators, 2 objects.\n"))
    #expect(run.output.contains("beta                everything as stix."))
    #expect(run.output.contains("grant to-beta of pact, version 2, on trial without signatures (granted)"))
    #expect(run.output.contains("alpha named the recipients of this message, and gamma is none of them."))
    #expect(run.outputLines.allSatisfy { $0.count <= 100 })
  }
}
