import JSON
package import Partners
import Sharing

/// A mapping from its file.
package struct MappingPage: Sendable {
  package let mapping: Mapping

  /// Why a file is no mapping: its faults as lines, each with file and line.
  package struct Refusal: Error, Sendable, Equatable {
    package var lines: [String]
  }

  package init(_ bytes: [UInt8], file: String) throws(Refusal) {
    let page: DescriptionFile
    do throws(ConfigurationError) {
      page = try DescriptionFile(bytes, file: file)
    } catch {
      throw Refusal(lines: error.findings.map { $0.description.printable })
    }
    do throws(Mapping.Faults) {
      mapping = try Mapping(page.json.root)
    } catch {
      throw Refusal(
        lines: error.list.map { fault in
          "\(file.printable):\(page.line(fault.place)): \(fault.message.printable) (\(fault.place))"
        })
    }
    lineOf = { page.line($0) }
  }

  /// The line of a place.
  let lineOf: @Sendable (JSONPointer) -> Int
}
