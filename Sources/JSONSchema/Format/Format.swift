/// The formats of the specification that are asserted, each a rule for a whole string.
enum Format: String, CaseIterable, Sendable {
  case dateTime = "date-time"
  case date
  case time
  case duration
  case email
  case idnEmail = "idn-email"
  case hostname
  case idnHostname = "idn-hostname"
  case ipv4
  case ipv6
  case uri
  case uriReference = "uri-reference"
  case iri
  case iriReference = "iri-reference"
  case uriTemplate = "uri-template"
  case uuid
  case jsonPointer = "json-pointer"
  case relativeJSONPointer = "relative-json-pointer"
  case regex

  /// Whether a string, in UTF-8, has the format.
  func accepts(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    var scan = FormatScan(text)
    switch self {
    case .dateTime: return scan.dateTime()
    case .date: return scan.date() && scan.isDone
    case .time: return scan.time() && scan.isDone
    case .duration: return scan.duration()
    case .email: return scan.email(international: false)
    case .idnEmail: return scan.email(international: true)
    case .hostname: return scan.hostname()
    case .idnHostname: return InternationalName.accepts(text)
    case .ipv4: return scan.ipv4() && scan.isDone
    case .ipv6: return scan.ipv6() && scan.isDone
    case .uri: return scan.uri(international: false, relative: false)
    case .uriReference: return scan.uri(international: false, relative: true)
    case .iri: return scan.uri(international: true, relative: false)
    case .iriReference: return scan.uri(international: true, relative: true)
    case .uriTemplate: return scan.uriTemplate()
    case .uuid: return scan.uuid()
    case .jsonPointer: return scan.jsonPointer()
    case .relativeJSONPointer: return scan.relativeJSONPointer()
    case .regex: return (try? PatternParser.parse(String(decoding: text, as: UTF8.self))) != nil
    }
  }

  /// The format in words, for a sentence.
  var words: String {
    switch self {
    case .dateTime: "a date and time as 2026-01-31T12:00:00Z"
    case .date: "a date as 2026-01-31"
    case .time: "a time with its offset, as 12:00:00Z"
    case .duration: "a duration as P1DT12H"
    case .email, .idnEmail: "an e-mail address"
    case .hostname, .idnHostname: "a host name"
    case .ipv4: "an IPv4 address"
    case .ipv6: "an IPv6 address"
    case .uri, .iri: "an absolute URI"
    case .uriReference, .iriReference: "a URI or a relative reference"
    case .uriTemplate: "a URI template"
    case .uuid: "a UUID"
    case .jsonPointer: "a JSON Pointer"
    case .relativeJSONPointer: "a relative JSON Pointer"
    case .regex: "a regular expression of ECMA-262"
    }
  }
}
