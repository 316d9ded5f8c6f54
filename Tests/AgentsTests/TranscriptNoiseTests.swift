import Agents
import Testing

@Suite struct TranscriptNoiseTests {
  private func kept(_ line: String) -> String? {
    TranscriptNoise.kept(of: Array(line.utf8)[...]).map { String(decoding: $0, as: UTF8.self) }
  }

  @Test(arguments: [
    #"{"type":"api-request-blob","data":"…"}"#, #"{"type":"file-history-snapshot"}"#,
    #"{"parentUuid":null,"isSidechain":false,"attachment":{"type":"prompt_snapshot","systemPrompt":"…"}}"#,
  ])
  func copiesAreLeftOut(line: String) { #expect(kept(line) == nil) }

  @Test(arguments: [
    #"{"type":"user","message":{"role":"user","content":"Say \"type\":\"progress\" to me"}}"#, "{}", "",
    "no JSON",
    #"{"type":"assistant","content":[{"signature":"\#(String(repeating: "Ab+/", count: 900))"}]}"#,
    #"{"encrypted_content":"\#(String(repeating: "Ab+/", count: 900))"}"#, #"{"data":"c2hvcnQ="}"#,
  ])
  func whatSaysSomethingIsKept(line: String) { #expect(kept(line) == line) }

  @Test func picturesAndWholeFilesAreLeftOut() {
    let long = String(repeating: "iVBO", count: 500)
    #expect(
      kept(#"{"source":{"type":"base64","media_type":"image/png","data":"\#(long)"},"b":1}"#)
        == #"{"source":{"type":"base64","media_type":"image/png","data":"[left out: 2000 bytes]"},"b":1}"#)
    #expect(
      kept(#"{"image_url":"data:image/png;base64,\#(long)"}"#)
        == #"{"image_url":"data:image/png;base64,[left out: 2000 bytes]"}"#)
    let file = String(repeating: #"a\"b\\"#, count: 300)
    #expect(
      kept(#"{"toolUseResult":{"originalFile":"\#(file)","filePath":"/f"}}"#)
        == #"{"toolUseResult":{"originalFile":"[left out: 1800 bytes]","filePath":"/f"}}"#)
    // One that does not end is left alone.
    let torn = #"{"originalFile":"\#(file)"#
    #expect(kept(torn) == torn)
  }
}
