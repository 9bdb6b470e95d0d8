import JSON
import STIX
import Schemas
import Testing

@Suite struct SchemaFilesTests {
  @Test(arguments: [
    "/etc/hostname", "../Package.swift", "stix/../../Package.swift", "stix/2.1/nothing.json", "nothing",
  ])
  func `what is no schema file is refused with its path`(path: String) throws {
    let error = try #require(throws: SchemaFileError.self) { try SchemaFiles.read(path) }
    #expect(error.path.contains("nothing") || error.path == path)
    #expect(!error.reason.isEmpty)
  }

  @Test func `a folder that is not there is refused`() {
    #expect(throws: SchemaFileError.self) { try SchemaFiles.list(under: "stix/9.9") }
  }

  @Test func `every type has a schema with id, title and description`() throws {
    let types =
      ObjectKind.domainTypes + ObjectKind.relationshipTypes + ObjectKind.observableTypes + ObjectKind.metaTypes
    let files = try SchemaFiles.list(under: "stix/2.1")
    #expect(Set(files) == Set((types + ["bundle", "common", "custom-object", "object"]).map { "stix/2.1/\($0).json" }))
    for file in files {
      let schema = try JSONDocument(SchemaFiles.read(file)).root
      #expect(schema["$id"]?.string == "https://entente.example/schemas/\(file)")
      #expect(schema["title"]?.string?.isEmpty == false)
      #expect(schema["description"]?.string?.isEmpty == false)
    }
  }
}
