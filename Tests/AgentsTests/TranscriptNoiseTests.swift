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
    #expect(
      kept(#"{"a":";base64,\#(long)","data":"short","originalFile":"\#(file)"}"#)
        == #"{"a":";base64,[left out: 2000 bytes]","data":"short","originalFile":"[left out: 1800 bytes]"}"#)
    // One that does not end is left alone.
    let torn = #"{"originalFile":"\#(file)"#
    #expect(kept(torn) == torn)
  }

  /// Wherever a line is cut that comes in pieces, what is kept of it is the same.
  @Test func piecesOfALineAreKeptAsTheLine() {
    let picture = String(repeating: "iVBO", count: 1500)
    let file = String(repeating: #"a\"b\\"#, count: 1500)
    let text = String(repeating: "Say more. ", count: 500)
    let line =
      #"{"type":"user","text":"\#(text)","source":{"data":"\#(picture)"},"originalFile":"\#(file)","data":"c2"}"#
    let bytes = Array(line.utf8)
    for size in [1, 2, 3, 7, 100, 1000, 1025, 4096, 5000] {
      var kept = KeptLine()
      for start in stride(from: 0, to: bytes.count, by: size) {
        kept.read(bytes[start..<min(start + size, bytes.count)])
      }
      #expect(kept.finish() == TranscriptNoise.kept(of: bytes[...]), "\(size)")
    }
    let short = line.replacing(picture, with: "[left out: 6000 bytes]").replacing(
      file, with: "[left out: 9000 bytes]")
    #expect(kept(line) == short)
  }

  @Test func aLineThatIsTooLongLeavesANote() {
    func kept(_ beginning: String, _ count: Int) -> String? {
      var line = KeptLine()
      line.read(Array(beginning.utf8)[...])
      for _ in 0..<count { line.read([UInt8](repeating: UInt8(ascii: " "), count: 1 << 20)[...]) }
      return line.finish().map { String(decoding: $0, as: UTF8.self) }
    }
    #expect(kept(#"{"type":"user"}"#, 5) == #"{"type":"left-out","bytes":5242895}"#)
    #expect(kept(#"{"type":"user"}"#, 3)?.utf8.count == 3 << 20 + 15)
    #expect(kept(#"{"type":"api-request-blob"}"#, 5) == nil)
  }
}
