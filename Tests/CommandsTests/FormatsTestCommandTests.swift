import Testing

@Suite struct FormatsTestCommandTests {
  private static let top = String(#filePath.dropLast("Tests/CommandsTests/FormatsTestCommandTests.swift".count))

  @Test(arguments: ["shadowserver-open-redis", "malware-urls", "national-incident-form"])
  func `the mappings that we show do what their examples say`(_ name: String) throws {
    let run = try Program.run("formats", "test", "\(Self.top)Examples/mappings/\(name).yaml")
    #expect(run.code == 0, "\(run.output)")
    #expect(run.output.contains("0 not as it says."))
  }

  @Test func `a text is converted by its mapping`() throws {
    let feed =
      "# id,dateadded,url,url_status,tags,link,reporter\n"
      + "1,2026-11-24 06:00:05,https://evil.example/a,online,x,,\n"
    let run = try Program.run(
      "convert", "--mapping", "\(Self.top)Examples/mappings/malware-urls.yaml", "--to", "csv", "-",
      input: Array(feed.utf8))
    #expect(run.code == 0, "\(run.errors)")
    #expect(run.output.contains("url,https://evil.example/a,TLP:CLEAR,indicator"))
  }

  @Test func `a mapping with a fault is told with its line`() throws {
    let run = try Program.run("formats", "test", "-", input: Array("mapping: a\ntext: xml\nrequired: [a]\n".utf8))
    #expect(run.code == 1)
    #expect(run.output.contains("-:2: expected json, csv or key-value, and found 'xml' (/text)"))
  }

  @Test func `a file that is none is unusable`() throws {
    #expect(try Program.run("formats", "test", "/nowhere/mapping.yaml").code == 2)
  }
}
