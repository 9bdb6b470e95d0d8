import Testing

@testable import JSON

/// RFC 6902, by the cases of its appendix A and by what it demands beside them.
@Suite struct `A JSON Patch` {
  private func patched(_ document: String, _ patch: String) throws(JSONPatch.Failure) -> String {
    String(decoding: try JSONPatch(Array(patch.utf8)).apply(to: Array(document.utf8)), as: UTF8.self)
  }

  @Test(arguments: [
    ("A.1", #"{"foo":"bar"}"#, #"[{"op":"add","path":"/baz","value":"qux"}]"#, #"{"foo":"bar","baz":"qux"}"#),
    (
      "A.2", #"{"foo":["bar","baz"]}"#, #"[{"op":"add","path":"/foo/1","value":"qux"}]"#,
      #"{"foo":["bar","qux","baz"]}"#
    ),
    ("A.3", #"{"baz":"qux","foo":"bar"}"#, #"[{"op":"remove","path":"/baz"}]"#, #"{"foo":"bar"}"#),
    ("A.4", #"{"foo":["bar","qux","baz"]}"#, #"[{"op":"remove","path":"/foo/1"}]"#, #"{"foo":["bar","baz"]}"#),
    (
      "A.5", #"{"baz":"qux","foo":"bar"}"#, #"[{"op":"replace","path":"/baz","value":"boo"}]"#,
      #"{"baz":"boo","foo":"bar"}"#
    ),
    (
      "A.6", #"{"foo":{"bar":"baz","waldo":"fred"},"qux":{"corge":"grault"}}"#,
      #"[{"op":"move","from":"/foo/waldo","path":"/qux/thud"}]"#,
      #"{"foo":{"bar":"baz"},"qux":{"corge":"grault","thud":"fred"}}"#
    ),
    (
      "A.7", #"{"foo":["all","grass","cows","eat"]}"#, #"[{"op":"move","from":"/foo/1","path":"/foo/3"}]"#,
      #"{"foo":["all","cows","eat","grass"]}"#
    ),
    (
      "A.8", #"{"baz":"qux","foo":["a",2,"c"]}"#,
      #"[{"op":"test","path":"/baz","value":"qux"},{"op":"test","path":"/foo/1","value":2}]"#,
      #"{"baz":"qux","foo":["a",2,"c"]}"#
    ),
    (
      "A.10", #"{"foo":"bar"}"#, #"[{"op":"add","path":"/child","value":{"grandchild":{}}}]"#,
      #"{"foo":"bar","child":{"grandchild":{}}}"#
    ),
    (
      "A.11", #"{"foo":"bar"}"#, #"[{"op":"add","path":"/baz","value":"qux","xyz":123}]"#, #"{"foo":"bar","baz":"qux"}"#
    ),
    ("A.14", #"{"/":9,"~1":10}"#, #"[{"op":"test","path":"/~01","value":10}]"#, #"{"/":9,"~1":10}"#),
    (
      "A.16", #"{"foo":["bar"]}"#, #"[{"op":"add","path":"/foo/-","value":["abc","def"]}]"#,
      #"{"foo":["bar",["abc","def"]]}"#
    ),
    ("whole", #"{"a":1}"#, #"[{"op":"replace","path":"","value":[1]}]"#, "[1]"),
    ("there", #"{"a":1}"#, #"[{"op":"add","path":"/a","value":2}]"#, #"{"a":2}"#),
    ("copy", #"{"a":{"b":1}}"#, #"[{"op":"copy","from":"/a","path":"/c"}]"#, #"{"a":{"b":1},"c":{"b":1}}"#),
    ("same", #"{"a":{"b":1}}"#, #"[{"op":"move","from":"/a","path":"/a"}]"#, #"{"a":{"b":1}}"#),
    (
      "order", #"{"a":{"x":1,"y":2.0}}"#, #"[{"op":"test","path":"/a","value":{"y":2,"x":1}}]"#,
      #"{"a":{"x":1,"y":2.0}}"#
    ),
    ("spelling", #"{"a": 1.50, "b": [ 1e3 ]}"#, #"[{"op":"remove","path":"/a"}]"#, #"{"b":[1e3]}"#),
  ])
  func `that fits changes what it says and nothing else`(
    _ name: String, _ document: String, _ patch: String, _ result: String
  ) throws {
    #expect(try patched(document, patch) == result, "\(name)")
  }

  @Test(arguments: [
    ("A.9", #"{"baz":"qux"}"#, #"[{"op":"test","path":"/baz","value":"bar"}]"#, 1),
    ("A.12", #"{"foo":"bar"}"#, #"[{"op":"add","path":"/baz/bat","value":"qux"}]"#, 1),
    ("A.15", #"{"/":9,"~1":10}"#, #"[{"op":"test","path":"/~01","value":"10"}]"#, 1),
    ("beyond", #"{"a":[1]}"#, #"[{"op":"add","path":"/a/2","value":1}]"#, 1),
    ("zero", #"{"a":[1,2]}"#, #"[{"op":"remove","path":"/a/01"}]"#, 1),
    ("no place", #"{"a":[1]}"#, #"[{"op":"remove","path":"/a/-"}]"#, 1),
    ("gone", #"{"a":1}"#, #"[{"op":"remove","path":"/a"},{"op":"replace","path":"/a","value":1}]"#, 2),
    ("into itself", #"{"a":{"b":1}}"#, #"[{"op":"move","from":"/a","path":"/a/c"}]"#, 1),
    ("no value", #"{"a":1}"#, #"[{"op":"add","path":"/b"}]"#, 1),
    ("unknown", #"{"a":1}"#, #"[{"op":"spam","path":"/b","value":1}]"#, 1),
    ("no pointer", #"{"a":1}"#, #"[{"op":"remove","path":"a"}]"#, 1),
    ("no patch", #"{"a":1}"#, #"{"op":"remove","path":"/a"}"#, 0),
    ("no document", "{", "[]", 0),
    ("nothing left", #"{"a":1}"#, #"[{"op":"remove","path":""}]"#, 1),
  ])
  func `that does not fit changes nothing and says which operation is at fault`(
    _ name: String, _ document: String, _ patch: String, _ operation: Int
  ) {
    do {
      let result = try patched(document, patch)
      Issue.record("\(name) gave \(result)")
    } catch {
      #expect(error.operation == operation, "\(name): \(error)")
    }
  }
}
