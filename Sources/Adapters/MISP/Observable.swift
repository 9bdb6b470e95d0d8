import JSON
import STIX

/// An observable as it is written: its type, and its properties as JSON texts.
struct Observable {
  var type: String
  /// The texts of the properties, one after another.
  private var texts = JSONWriter()
  private(set) var members: [(name: String, range: Range<Int>)] = []

  init(_ type: String) { self.type = type }

  mutating func set(_ name: String, _ text: String) { set(name) { $0.string(text) } }

  mutating func set(_ name: String, _ body: (inout JSONWriter) -> Void) {
    let before = texts.bytes.count
    body(&texts)
    // Between two texts stands a comma.
    let range = (before == 0 ? 0 : before + 1)..<texts.bytes.count
    if let place = members.firstIndex(where: { $0.name == name }) {
      members[place].range = range
    } else {
      members.append((name, range))
    }
  }

  mutating func remove(_ name: String) { members.removeAll { $0.name == name } }

  func has(_ name: String) -> Bool { members.contains { $0.name == name } }

  /// The text of a property; nil where it has none.
  func text(of name: String) -> ArraySlice<UInt8>? {
    members.first { $0.name == name }.map { texts.bytes[$0.range] }
  }

  /// Writes all properties as members of an object.
  func write(to object: inout JSONWriter) {
    for (name, range) in members {
      object.key(name)
      object.raw(texts.bytes[range])
    }
  }

  /// The UUID that the specification derives; nil where none of the properties contributes to one.
  ///
  /// `hash` is the hash that contributes where there are several, as a JSON object.
  func specifiedUUID(hash: [UInt8]?) -> String? {
    guard let names = Self.contributing[type] else { return nil }
    // In canonical form: sorted names, no white space.
    var writer = JSONWriter()
    var isEmpty = true
    writer.object { writer in
      for name in names {
        guard let text = text(of: name) else { continue }
        isEmpty = false
        writer.key(name)
        if name == "hashes", let hash { writer.raw(hash) } else { writer.raw(text) }
      }
    }
    guard !isEmpty else { return nil }
    return DeterministicID.uuid5(namespace: DeterministicID.observables, name: writer.bytes)
  }

  private static let contributing = DeterministicID.contributing.mapValues { $0.sorted() }
}

/// Makes observables of facts that hold together: hosts and mail addresses become objects of their own that the others
/// refer to.
struct ObservableMaker {
  /// Gives an observable its place and returns its id.
  typealias Place = (_ observable: Observable, _ hash: [UInt8]?) -> String

  let place: Place

  /// Returns the ids, those that are referred to first. Empty where the facts are none of any observable.
  func make(_ facts: [Fact]) -> [String] {
    var types: [String] = []
    for fact in facts where !types.contains(fact.type) { types.append(fact.type) }
    if types.contains("network-traffic"), !facts.contains(where: { $0.path == "dst_ref.value" }),
      let host = facts.first(where: { $0.type == "domain-name" && $0.path == "value" })
    {
      // A port of a named host: the traffic goes there.
      let end = Fact(type: "network-traffic", path: "dst_ref.value", value: host.value)
      return make(facts.filter { $0 != host } + [end])
    }
    var ids: [String] = []
    if types.count == 1 { return make(types[0], facts) }
    for type in types { ids += make(type, facts.filter { $0.type == type }) }
    return ids
  }

  private func make(_ type: String, _ facts: [Fact]) -> [String] {
    var observable = Observable(type)
    var ids: [String] = []
    var hashes: [(String, String)] = []
    var references: [(name: String, ids: [String])] = []
    var headers: [(String, [String])] = []
    var lines: [String] = []
    var registry: [(String, String)] = []
    var attachments: [String] = []
    var header: [Fact] = []
    for fact in facts {
      let path = fact.path
      if fact.isProperty {
        guard !observable.has(path) else { continue }
        if fact.isNumber, let number = Int64(fact.value) {
          observable.set(path) { $0.integer(number) }
        } else {
          observable.set(path, fact.value)
        }
      } else if path.hasPrefix("hashes.") {
        let algorithm = String(path.dropFirst("hashes.".count))
        if !hashes.contains(where: { $0.0 == algorithm }) { hashes.append((algorithm, fact.value)) }
      } else if path.hasPrefix(Self.header) {
        header.append(fact)
      } else if path.hasSuffix("_ref.type") || path.hasPrefix("extensions.") {
        continue
      } else if let (name, isList) = Self.reference(path) {
        guard let id = target(of: name, path, fact.value) else { continue }
        if !ids.contains(id) { ids.append(id) }
        if let at = references.firstIndex(where: { $0.name == name }) {
          if isList, !references[at].ids.contains(id) { references[at].ids.append(id) }
        } else {
          references.append((name, [id]))
        }
      } else if path.hasPrefix("additional_header_fields.") {
        let header = MailHeader.name(String(path.dropFirst("additional_header_fields.".count)))
        if let at = headers.firstIndex(where: { $0.0 == header }) {
          headers[at].1.append(fact.value)
        } else {
          headers.append((header, [fact.value]))
        }
      } else if path == "received_lines[*]" {
        lines.append(fact.value)
      } else if path.hasPrefix("values[*].") {
        registry.append((String(path.dropFirst("values[*].".count)), fact.value))
      } else if path == "body_multipart[*].body_raw_ref.name" {
        attachments.append(fact.value)
      }
    }
    for (name, ids) in references {
      observable.set(name) { writer in
        if name.hasSuffix("_refs") {
          writer.array { list in for id in ids { list.string(id) } }
        } else {
          writer.string(ids[0])
        }
      }
    }
    if !hashes.isEmpty {
      observable.set("hashes") { $0.object { object in for (name, value) in hashes { object.member(name, value) } } }
    }
    if !headers.isEmpty {
      observable.set("additional_header_fields") { writer in
        writer.object { object in
          for (name, values) in headers {
            if values.count == 1 { object.member(name, values[0]) } else { object.member(name, values) }
          }
        }
      }
    }
    setHeader(header, of: &observable)
    if !lines.isEmpty {
      observable.set("received_lines") { $0.array { list in for line in lines { list.string(line) } } }
    }
    if !registry.isEmpty {
      observable.set("values") { writer in
        writer.array { list in
          list.object { object in for (name, value) in registry { object.member(name, value) } }
        }
      }
    }
    if let value = facts.first(where: { $0.path == "value" })?.value, !ValueForm.fits(type, value) { return ids }
    guard complete(&observable, attachments: attachments, &ids) else { return ids }
    ids.append(place(observable, Self.preferred(hashes)))
    return ids
  }

  private static let header = "extensions.windows-pebinary-ext."

  /// The header of an executable, where it says of which kind that is and something else; sections stand in patterns
  /// only.
  private func setHeader(_ facts: [Fact], of observable: inout Observable) {
    let said = facts.map { fact in
      var fact = fact
      fact.path.removeFirst(Self.header.count)
      return fact
    }
    let own = said.filter { $0.isProperty }.sorted { $0.path < $1.path }
    guard own.count > 1, own.contains(where: { $0.path == "pe_type" }) else { return }
    observable.set("extensions") { writer in
      writer.object { extensions in
        extensions.member("windows-pebinary-ext") { header in
          header.object { header in
            var last = ""
            for fact in own where fact.path != last {
              last = fact.path
              if fact.isNumber, let number = Int64(fact.value) {
                header.member(fact.path, number)
              } else {
                header.member(fact.path, fact.value)
              }
            }
          }
        }
      }
    }
  }

  /// Adds what a type cannot be without; false where it lacks something that nobody knows.
  private func complete(_ observable: inout Observable, attachments: [String], _ ids: inout [String]) -> Bool {
    switch observable.type {
    case "network-traffic":
      guard observable.has("src_ref") || observable.has("dst_ref") else { return false }
      if !observable.has("protocols") { observable.set("protocols") { $0.array { $0.string("tcp") } } }
    case "email-message":
      observable.set("is_multipart") { $0.bool(!attachments.isEmpty) }
      guard !attachments.isEmpty else { return true }
      var files: [String] = []
      for name in attachments {
        var file = Observable("file")
        file.set("name", name)
        files.append(place(file, nil))
      }
      ids += files.filter { !ids.contains($0) }
      let body = observable.text(of: "body")
      observable.remove("body")
      observable.set("body_multipart") { writer in
        writer.array { list in
          if let body {
            list.object { part in
              part.member("content_type", "text/plain")
              part.key("body")
              part.raw(body)
            }
          }
          for (name, id) in zip(attachments, files) {
            list.object { part in
              part.member("body_raw_ref", id)
              part.member("content_disposition", "attachment; filename=\"\(name)\"")
            }
          }
        }
      }
    case "file": return observable.has("name") || observable.has("hashes")
    case "domain-name", "email-addr", "ipv4-addr", "ipv6-addr", "mac-addr", "url": return observable.has("value")
    case "mutex", "software": return observable.has("name")
    case "autonomous-system": return observable.has("number")
    case "directory": return observable.has("path")
    case "artifact": return false
    default: return !observable.members.isEmpty
    }
    return true
  }

  /// `from_ref.value` is of `from_ref`; `to_refs[*].value` is of the list `to_refs`.
  private static func reference(_ path: String) -> (name: String, isList: Bool)? {
    let bytes = Array(path.utf8)
    guard let dot = bytes.firstIndex(of: UInt8(ascii: ".")) else { return nil }
    let head = bytes[..<dot]
    if head.hasEnd("_ref") { return (String(decoding: head, as: UTF8.self), false) }
    guard head.hasEnd("_refs[*]") else { return nil }
    return (String(decoding: head.dropLast(3), as: UTF8.self), true)
  }

  private func target(of name: String, _ path: String, _ value: String) -> String? {
    var target: Observable
    switch name {
    case "src_ref", "dst_ref", "resolves_to_refs":
      target = Observable(AddressForm.type(of: value) ?? "domain-name")
      target.set("value", value)
    case "from_ref", "sender_ref", "to_refs", "cc_refs", "bcc_refs":
      guard path.hasSuffix(".value") else { return nil }
      target = Observable("email-addr")
      target.set("value", value)
    case "parent_directory_ref":
      target = Observable("directory")
      target.set("path", value)
    case "image_ref", "parent_image_ref":
      target = Observable("file")
      target.set("name", value)
    default: return nil
    }
    return ValueForm.fits(target.type, value) ? place(target, nil) : nil
  }

  private static func preferred(_ hashes: [(String, String)]) -> [UInt8]? {
    guard hashes.count > 1 else { return nil }
    let order = ["MD5", "SHA-1", "SHA-256", "SHA-512"]
    let chosen = order.lazy.compactMap { name in hashes.first { $0.0 == name } }.first ?? hashes[0]
    var writer = JSONWriter()
    writer.object { $0.member(chosen.0, chosen.1) }
    return writer.bytes
  }
}

/// Header fields of mails: patterns name them as MISP does, and observables as mails do.
enum MailHeader {
  static func name(_ path: String) -> String {
    switch path {
    case "reply_to": "Reply-To"
    case "x_mailer": "X-Mailer"
    default: path
    }
  }

  static func path(_ name: String) -> String {
    switch name.lowercased() {
    case "reply-to": "reply_to"
    case "x-mailer": "x_mailer"
    default: name
    }
  }
}

extension ArraySlice<UInt8> {
  fileprivate func hasEnd(_ text: StaticString) -> Bool {
    text.withUTF8Buffer { suffix($0.count).elementsEqual($0) }
  }
}
