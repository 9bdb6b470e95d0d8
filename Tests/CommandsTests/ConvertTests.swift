import JSON
import Testing

@Suite struct ConvertTests {
  @Test func `an invalid document is not converted, and says what is wrong`() throws {
    let run = try Program.run("convert", "--to", "misp", "-", input: Array(Papers.invalidBundle.utf8))
    #expect(run.code == 1)
    #expect(run.output.isEmpty)
    #expect(run.errors.hasPrefix("- is not valid, and was not converted:\nbad  stix 2.1"))
  }

  @Test func `a format that cannot be written is said to be one, with those that can`() throws {
    let run = try Program.run("convert", "--to", "entente", "-", input: Array(Papers.bundle().utf8))
    #expect(run.code == 1)
    #expect(run.output.isEmpty)
    #expect(run.errors.hasPrefix("The format entente cannot be written here; those that can: stix"))
  }

  @Test func `another format than the one said to be is refused`() throws {
    let run = try Program.run("convert", "--from", "nis2", "--to", "misp", "-", input: Array(Papers.bundle().utf8))
    #expect(run.code == 1)
    #expect(run.errors.contains("this is stix 2.1, and nis2 was asked for"))
  }

  @Test func `a file that is not there ends with 2`() throws {
    let run = try Program.run("convert", "--to", "misp", "/nowhere/x.json")
    #expect(run.code == 2)
    #expect(run.errors == "/nowhere/x.json cannot be read: no such file or directory.\n")
  }

  @Test func `losses that cannot be written end with 2, before any output`() throws {
    let run = try Program.run(
      "convert", "--to", "misp", "--losses", "/nowhere/losses.json", "-", input: Array(Papers.bundle().utf8))
    #expect(run.code == 2)
    #expect(run.output.isEmpty)
    #expect(run.errors.hasPrefix("/nowhere/losses.json cannot be written"))
  }

  @Test func `the output is on stdout and the losses on stderr, or as JSON in a file`() throws {
    let folder = try Scratch()
    defer { folder.remove() }
    let input = Array(Papers.bundle().utf8)
    let told = try Program.run("convert", "--from", "stix", "--to", "misp", "-", input: input)
    #expect(told.code == 0)
    let event = try JSONDocument(Array(told.output.utf8)).root
    #expect(event["Event"] != nil)
    #expect(told.errors.contains("lost (information)"))
    let kept = try Program.run("convert", "--to", "misp", "--losses", folder.path + "/losses.json", "-", input: input)
    #expect(kept.code == 0)
    #expect(kept.errors.isEmpty)
    #expect(kept.output == told.output)
    let losses = try JSONDocument(folder.read("losses.json")).root
    #expect((losses["losses"]?.count ?? 0) > 0)
    #expect(losses["residue"]?.isArray == true)
  }

  @Test func `each value of the output is explained, on stderr or as JSON in a file`() throws {
    let folder = try Scratch()
    defer { folder.remove() }
    let input = Array(Papers.bundle().utf8)
    let run = try Program.run(
      "convert", "--to", "misp", "--explain", "--explanation", folder.path + "/why.json", "-", input: input)
    #expect(run.code == 0)
    let output = try JSONDocument(Array(run.output.utf8)).root
    let values = try #require(try JSONDocument(folder.read("why.json")).root["values"])
    #expect(values.count > 0)
    for entry in values.elements {
      let place = try JSONPointer(entry["output"]?.string ?? "?")
      #expect(output.at(place) != nil)
      #expect(run.errors.contains("\(place)  \(entry["how"]?.string ?? "")  "))
    }
    let value = values.elements.first { $0["output"]?.isString("/Event/Attribute/0/value") ?? false }
    #expect(["says", "follows"].contains(value?["how"]?.string ?? ""))
    #expect(value?["canonical"]?[0]?.string?.hasPrefix("/objects/") ?? false)
  }

  private static let unlabelled =
    #"{"format":"nis2","version":"2026.1","stage":"voluntary_notification","reference":"NL-1","title":"Near miss","#
    + #""member_state":"NL","csirt":{"name":"NCSC"},"reporting_entity":{"name":"Uni","sector":"research"},"#
    + #""submitted_at":"2026-11-24T09:15:00Z","voluntary_subject":"near-miss"}"#
  private static let untimed =
    #"{"type":"ipv4-addr","spec_version":"2.1","id":"ipv4-addr--ff26c055-6336-5bc5-b98d-13d6226742dd","#
    + #""value":"198.51.100.3"}"#

  private func event(_ arguments: String..., of text: String = unlabelled) throws -> JSONValue {
    let input = Array(text.utf8)
    let run = try Program.run(["convert", "--to", "misp"] + arguments + ["-"], input: input)
    #expect(run.code == 0, "\(run.errors)")
    return try #require(try JSONDocument(Array(run.output.utf8)).root["Event"])
  }

  @Test func `a document without a label is not for everybody, unless somebody says so`() throws {
    let silent = try event()
    #expect(silent["Tag"]?[0]?["name"]?.string == "tlp:amber+strict" && silent["distribution"]?.string == "0")
    let told = try event("--tlp", "TLP:GREEN")
    #expect(told["Tag"]?[0]?["name"]?.string == "tlp:green" && told["distribution"]?.string == "1")
  }

  @Test func `what a format lacks comes from the origin, which by default is the content itself`() throws {
    let once = try event()
    #expect(once == (try event()) && once["date"]?.string == "2026-11-24")
    // Nothing is asked of a clock where no time stands.
    #expect(try event(of: Self.untimed)["date"]?.string == "1970-01-01")
    let timed = try event("--origin-time", "2026-11-24T06:30:00Z", of: Self.untimed)
    #expect(timed["timestamp"]?.string == "1795501800")
    let told = try event("--origin-sender", "nl-ncsc", "--origin-message-id", "m-1")
    #expect(told["Orgc"]?["name"]?.string == "NCSC" && told["uuid"] != once["uuid"])
    let other = try event("--origin-sender", "nl-ncsc", "--origin-message-id", "m-2")
    #expect(other["uuid"] != told["uuid"])
  }
}
