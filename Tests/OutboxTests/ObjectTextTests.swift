import Testing

@testable import Outbox

@Suite("Object text")
struct ObjectTextTests {
  private func members(_ text: String, hiding: Bool = false) -> String? {
    members(Array(text.utf8), hiding: hiding)
  }

  private func members(_ bytes: [UInt8], hiding: Bool = false) -> String? {
    var text = AnswerText()
    text.append("before")
    let isObject = ObjectText.append(membersOf: bytes.span, hidingSecrets: hiding, to: &text)
    let written = String(decoding: text.bytes, as: UTF8.self)
    #expect(written.hasPrefix("before") && (isObject || written == "before"))
    return isObject ? String(written.dropFirst("before".count)) : nil
  }

  @Test(
    "The members are repeated byte for byte",
    arguments: [
      (#"{"a":1}"#, #""a":1"#), (#"  { "a" : 1 , "b":[ ] } "#, #" "a" : 1, "b":[ ]"#), ("{}", ""),
      ("{  }", ""),
      (#"{"a":{"_error":1,"b":-0.5E-7}}"#, #""a":{"_error":1,"b":-0.5E-7}"#),
      (#"{"a":"\ud800 \/ \"","a":null}"#, #""a":"\ud800 \/ \"","a":null"#),
    ])
  func repeated(object: String, written: String) {
    #expect(members(object) == written)
  }

  @Test("Blanks that hold a line end are left out, so that the answer is one line")
  func oneLine() {
    #expect(members("{\n  \"a\": [\r\n 1,\n 2 ],\n\t\"b\" :\n{ \n}\n}\n") == #""a": [1,2 ],"b" :{}"#)
  }

  @Test(
    "The error member of an earlier answer is replaced, wherever it stands",
    arguments: [
      (#"{"a":1,"_error":{"code":"W301"}}"#, #""a":1"#), (#"{"_error":{"code":"W301"},"a":1}"#, #""a":1"#),
      (#"{"a":1, "_error":2, "b":3}"#, #""a":1, "b":3"#), (#"{"_error":1}"#, ""),
      (#"{ "_error":1 , "a":2 ,"_error":3 ,"_error" : [4] , "b":5}"#, #" "a":2, "b":5"#),
      ("{\n\"_error\":{\n},\n\"a\"\n:2,\"_error\":[1,\n2]\n}", #""a":2"#),
      (#"{"_error":1,"_\u0065rror":2,"a":3}"#, #""a":3"#), (#"{"_errors":1}"#, #""_errors":1"#),
    ])
  func earlierError(object: String, written: String) {
    #expect(members(object) == written)
  }

  @Test(
    "What is no JSON object is not taken for one",
    arguments: [
      "", " ", "[]", "1", "{", "}", #"{"a"}"#, #"{"a":}"#, #"{"a":1,}"#, #"{,"a":1}"#, #"{"a":01}"#,
      #"{"a":1.}"#, #"{"a":.5}"#, #"{"a":+1}"#, #"{"a":1e}"#, #"{"a":tru}"#, #"{"a":"\x"}"#,
      #"{"a":"\u00g0"}"#,
      #"{"a":"b}"#, "{\"a\":\"\n\"}", #"{"a":1}}"#, #"{"a":1}{"b":2}"#, #"{'a':1}"#, #"{"a":[1,]}"#,
      #"{"a":[1}"#,
      #"{"a":NaN}"#, #"{a:1}"#, #"{"a":1 "b":2}"#, #"{"a":"\"#,
    ])
  func refused(text: String) {
    #expect(members(text) == nil)
  }

  @Test("Text that is not UTF-8 is no object")
  func strayBytes() {
    let bytes = Array(#"{"a":""#.utf8) + [0xFF] + Array(#""}"#.utf8)
    #expect(members(bytes) == nil)
  }

  @Test("Depth is bounded")
  func depth() {
    func nested(_ depth: Int) -> String {
      #"{"a":"# + String(repeating: "[", count: depth) + String(repeating: "]", count: depth) + "}"
    }
    #expect(members(nested(100)) != nil)
    #expect(members(nested(100_000)) == nil)
  }

  @Test("Keys are matched to secrets as columns are, and only where secrets are hidden")
  func secrets() {
    let object = #"{"PASS word":[1,{"x":2}],"password_hint":"p","extraCredential-1":null}"#
    #expect(
      members(object, hiding: true) == #""PASS word":"***","password_hint":"p","extraCredential-1":"***""#)
    #expect(members(object) == String(object.dropFirst().dropLast()))
  }
}
