/// Documents of partners' formats, written from their specifications, with something of everything.
enum NativeSamples {
  static let csaf = #"""
    {"document":{"category":"csaf_security_advisory","csaf_version":"2.0",
    "acknowledgments":[{"names":["A. Researcher"],"organization":"Lab"}],
    "distribution":{"text":"Disclosure is limited.","tlp":{"label":"AMBER","url":"https://www.first.org/tlp/"}},
    "lang":"en","canary_document":"CANARY-1",
    "notes":[{"category":"legal_disclaimer","text":"As is.","title":"Terms"},{"category":"summary","text":"Two flaws."}],
    "publisher":{"category":"vendor","contact_details":"psirt@acme.example","issuing_authority":"PSIRT","name":"ACME","namespace":"https://acme.example"},
    "references":[{"category":"self","summary":"This advisory","url":"https://acme.example/acme-1.json"},{"summary":"More","url":"https://acme.example/more"}],
    "title":"ACME pumps","tracking":{"aliases":["ACME-ALT"],"current_release_date":"2026-02-02T10:00:00+01:00","generator":{"engine":{"name":"G","version":"1"}},
    "id":"ACME-1","initial_release_date":"2026-01-01T00:00:00Z","revision_history":[{"date":"2026-01-01T00:00:00Z","number":"1","summary":"First."},{"date":"2026-02-02T09:00:00Z","number":"2","summary":"Second."}],
    "status":"final","version":"2"}},
    "product_tree":{"branches":[{"category":"vendor","name":"ACME","branches":[{"category":"product_name","name":"Pump","branches":[
    {"category":"product_version","name":"1.0","product":{"name":"ACME Pump 1.0","product_id":"P1","product_identification_helper":{"cpe":"cpe:2.3:a:acme:pump:1.0:*:*:*:*:*:*:*","serial_numbers":["77"]}}},
    {"category":"product_version","name":"2.0","product":{"name":"ACME Pump 2.0","product_id":"P2"}}]}]}],
    "full_product_names":[{"name":"Controller","product_id":"P3"}],
    "product_groups":[{"group_id":"G1","product_ids":["P1","P2"],"summary":"Pumps"}],
    "relationships":[{"category":"installed_on","full_product_name":{"name":"Pump on controller","product_id":"P4"},"product_reference":"P1","relates_to_product_reference":"P3"}]},
    "vulnerabilities":[{"cve":"CVE-2026-1111","canary_vulnerability":"CANARY-2","cwe":{"id":"CWE-79","name":"Improper Neutralization of Input During Web Page Generation ('Cross-site Scripting')"},
    "ids":[{"system_name":"ACME","text":"B-1"}],"title":"Script in a label","notes":[{"category":"description","text":"It runs scripts."}],
    "product_status":{"known_affected":["P1","P4"],"fixed":["P2"]},
    "references":[{"category":"external","summary":"Paper","url":"https://lab.example/1"}],
    "remediations":[{"category":"vendor_fix","details":"Take 2.0.","product_ids":["P1","P4"],"url":"https://acme.example/2.0"},{"category":"workaround","details":"Switch off.","group_ids":["G1"]}],
    "scores":[{"products":["P1"],"cvss_v3":{"version":"3.1","vectorString":"CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N","baseScore":6.1,"baseSeverity":"MEDIUM"}}],
    "threats":[{"category":"exploit_status","details":"None seen.","product_ids":["P1"]}]},
    {"title":"Another","notes":[{"category":"details","text":"It waits."}],"product_status":{"known_not_affected":["P2"]},"flags":[{"label":"component_not_present","product_ids":["P2"]}]}]}
    """#

  static let kev = #"""
    {"title":"Known exploited","catalogVersion":"2026.02.02","dateReleased":"2026-02-02T10:00:00.5Z","count":2,"canary":"CANARY-1","vulnerabilities":[
    {"cveID":"CVE-2026-1111","vendorProject":"ACME","product":"Pump","vulnerabilityName":"ACME Pump XSS","dateAdded":"2026-02-01","shortDescription":"It runs scripts.","requiredAction":"Take 2.0.","dueDate":"2026-02-22","knownRansomwareCampaignUse":"Known","notes":"https://acme.example","cwes":["CWE-79"]},
    {"cveID":"CVE-2026-2222","vendorProject":"B","product":"C","vulnerabilityName":"D","dateAdded":"2026-02-02","shortDescription":"E","requiredAction":"F","dueDate":"2026-02-23","canary":"CANARY-2"}]}
    """#

  static let intelmq = #"""
    [{"classification.taxonomy":"malicious-code","classification.type":"c2-server","classification.identifier":"emotet","source.ip":"198.51.100.7","source.port":443,"source.asn":64496,"source.as_name":"EXAMPLE","source.fqdn":"c2.example","source.geolocation.cc":"NL","feed.name":"Feed","feed.provider":"ACME","feed.accuracy":80,"time.source":"2026-02-02T10:00:00+00:00","time.observation":"2026-02-02T11:00:00+00:00","malware.name":"emotet","malware.hash.sha256":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","protocol.transport":"tcp","extra.tag":"x","raw":"eA==","tlp":"AMBER","canary":"CANARY-1"},
    {"classification.type":"infected-system","source.ip":"2001:db8::1","destination.ip":"198.51.100.7","destination.port":443,"feed.name":"Feed","time.source":"2026-02-02T10:00:00Z","tlp":"RED"},
    {"classification.type":"undetermined","event_description.text":"Nothing to see."}]
    """#

  static let n6 = #"""
    [{"id":"0123456789abcdef0123456789abcdef","source":"cert.feed","restriction":"need-to-know","confidence":"high","category":"cnc","time":"2026-02-02T10:00:00Z","address":[{"ip":"198.51.100.7","asn":64496,"cc":"NL"},{"ipv6":"2001:db8::1","dir":"dst"}],"dport":443,"proto":"tcp","fqdn":"c2.example","name":"emotet","count":3,"until":"2026-02-03T10:00:00Z","origin":"sinkhole","canary":"CANARY-1"},
    {"id":"f","source":"cert.feed","restriction":"internal","confidence":"low","category":"flow","time":"2026-02-02 10:00:00"}]
    """#
}
