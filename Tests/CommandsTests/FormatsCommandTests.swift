import Testing

@Suite struct FormatsCommandTests {
  @Test func `a format that is none is refused, with those that there are`() throws {
    let run = try Program.run("formats", "--rules", "xml")
    #expect(run.code == 2)
    for format in ["stix", "misp", "nis2", "entente"] { #expect(run.errors.contains(format)) }
  }

  @Test func `every format stands in the table`() throws {
    let run = try Program.run("formats")
    #expect(run.code == 0)
    for format in ["stix", "misp", "nis2", "entente"] {
      #expect(run.outputLines.contains { $0.hasPrefix(format + " ") })
    }
    #expect(run.outputLines.allSatisfy { $0.count <= 100 })
  }

  @Test func `what a format loses by nature stands under it`() throws {
    let run = try Program.run("formats")
    #expect(run.output.contains("loses        "))
    #expect(run.output.contains("from nis2: answers that CIRCIA does not ask for (meaning)"))
  }

  @Test func `rules come with their source`() throws {
    let run = try Program.run("formats", "--rules", "nis2")
    #expect(run.code == 0)
    #expect(run.output.contains("nis2-times-in-order  (error)"))
    #expect(run.output.contains("source: Directive (EU) 2022/2555, Article 23(4)"))
  }
}
