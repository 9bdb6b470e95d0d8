/// Templates of accounts, of programs and of special files.
extension ObjectTemplate {
  /// An account with a service: the service is the type of the account.
  private static func account(_ name: String, with service: String, _ entries: [Entry]) -> ObjectTemplate {
    ObjectTemplate(
      name: name, metaCategory: "misc", entries: entries,
      constants: [Fact(type: "user-account", path: "account_type", value: service)])
  }

  private static func numbered(_ id: String, _ login: String) -> [Entry] {
    [
      entry(id, "text", "user-account", "user_id"),
      entry(login, "text", "user-account", "account_login"),
    ]
  }

  static let accounts: [ObjectTemplate] = [
    account("facebook-account", with: "facebook", numbered("account-id", "account-name")),
    account("parler-account", with: "parler", numbered("account-id", "account-name")),
    account("reddit-account", with: "reddit", numbered("account-id", "account-name")),
    account("telegram-account", with: "telegram", numbered("id", "username")),
    account(
      "twitter-account", with: "twitter",
      numbered("id", "name") + [entry("displayed-name", "text", "user-account", "display_name")]),
    account(
      "github-user", with: "github",
      numbered("id", "username") + [entry("user-fullname", "text", "user-account", "display_name")]),
    account(
      "gitlab-user", with: "gitlab",
      numbered("id", "username") + [entry("name", "text", "user-account", "display_name")]),
    // A password is none of an observable's business: it stays in our extension.
    ObjectTemplate(
      name: "credential", metaCategory: "misc", entries: [entry("username", "text", "user-account", "user_id")]),
  ]

  static let others: [ObjectTemplate] = [
    ObjectTemplate(
      name: "cpe-asset", metaCategory: "misc",
      entries: [
        entry("product", "text", "software", "name"),
        entry("cpe", "cpe", "software", "cpe"),
        entry("vendor", "text", "software", "vendor"),
        entry("version", "text", "software", "version"),
      ]),
    ObjectTemplate(
      name: "lnk", metaCategory: "file",
      entries: [
        entry("filename", "filename", "file", "name"),
        entry("size-in-bytes", "size-in-bytes", "file", "size", .number),
        entry("fullpath", "text", "file", "parent_directory_ref.path"),
        entry("md5", "md5", "file", "hashes.MD5"),
        entry("sha1", "sha1", "file", "hashes.SHA-1"),
        entry("sha256", "sha256", "file", "hashes.SHA-256"),
        entry("sha512", "sha512", "file", "hashes.SHA-512"),
        entry("ssdeep", "ssdeep", "file", "hashes.SSDEEP"),
      ]),
    ObjectTemplate(
      name: "http-request", metaCategory: "network", uuid: "b4a8d163-8110-4239-bfcf-e08f3a9fdf7b", version: "4",
      entries: [
        entry("ip-src", "ip-src", "network-traffic", "src_ref.value", .address),
        entry("ip-dst", "ip-dst", "network-traffic", "dst_ref.value", .address),
        entry("method", "http-method", "network-traffic", "extensions.http-request-ext.request_method"),
        entry("uri", "uri", "network-traffic", "extensions.http-request-ext.request_value"),
        entry(
          "user-agent", "user-agent", "network-traffic", "extensions.http-request-ext.request_header.User-Agent"),
      ]),
  ]

  private static let header = "extensions.windows-pebinary-ext"

  /// Files of special kinds. What is told of a section is found in a pattern, and in no observable of its own.
  static let files: [ObjectTemplate] = [
    ObjectTemplate(
      name: "pe", metaCategory: "file", uuid: "cf7adecc-d4f0-4e88-9d90-f978ee151a07", version: "6",
      entries: [
        entry("original-filename", "filename", "file", "name"),
        entry("pehash", "pehash", "file", "hashes.PEHASH"),
        entry("type", "text", "file", "\(header).pe_type", .executable),
        entry("imphash", "imphash", "file", "\(header).imphash"),
        entry("number-sections", "counter", "file", "\(header).number_of_sections", .number),
      ]),
    ObjectTemplate(
      name: "pe-section", metaCategory: "file",
      entries: [
        entry("name", "text", "file", "\(header).sections[*].name"),
        entry("size-in-bytes", "size-in-bytes", "file", "\(header).sections[*].size", .number),
        entry("md5", "md5", "file", "\(header).sections[*].hashes.MD5"),
        entry("sha1", "sha1", "file", "\(header).sections[*].hashes.SHA-1"),
        entry("sha256", "sha256", "file", "\(header).sections[*].hashes.SHA-256"),
        entry("sha512", "sha512", "file", "\(header).sections[*].hashes.SHA-512"),
        entry("ssdeep", "ssdeep", "file", "\(header).sections[*].hashes.SSDEEP"),
      ]),
    ObjectTemplate(
      name: "hashlookup", metaCategory: "file", uuid: "18671816-2524-452e-b031-5fc0fe2ab774", version: "2",
      entries: [
        entry("FileName", "filename", "file", "name"),
        entry("FileSize", "size-in-bytes", "file", "size", .number),
        entry("MD5", "md5", "file", "hashes.MD5"),
        entry("SHA-1", "sha1", "file", "hashes.SHA-1"),
        entry("SHA-256", "sha256", "file", "hashes.SHA-256"),
        entry("SSDEEP", "ssdeep", "file", "hashes.SSDEEP"),
        entry("TLSH", "tlsh", "file", "hashes.TLSH"),
      ]),
    ObjectTemplate(
      name: "android-app", metaCategory: "file", uuid: "92836f23-4730-4eae-82ac-9f00d5299735", version: "2",
      entries: [entry("name", "text", "software", "name")]),
    ObjectTemplate(
      name: "netflow", metaCategory: "network", uuid: "bf148c58-3e7e-414e-8de8-5d96379ca77e", version: "2",
      entries: [
        entry("ip-src", "ip-src", "network-traffic", "src_ref.value", .address),
        entry("ip-dst", "ip-dst", "network-traffic", "dst_ref.value", .address),
        entry("src-port", "port", "network-traffic", "src_port", .port),
        entry("dst-port", "port", "network-traffic", "dst_port", .port),
      ]),
  ]
}
