import Testing

@testable import Git

@Suite struct TransferProgressTests {
  @Test(arguments: [
    "Counting objects: 100% (5/5)\r", "Enumerating objects: 21, done.\n",
    "remote: Compressing objects:   3% (1/27)\r",
    "Receiving objects:  50% (1/2), 1.2 MiB | 3.4 MiB/s\r", "Enumerating objects: 4\r",
  ])
  func letsThrough(line: String) { #expect(TransferProgress.isProgress(line)) }

  @Test(arguments: [
    "fatal: 5% of it\n", "From ../hub\n", "error: 1\n", "remote: \u{1b}[2J: 100% (1/1)\r",
    "remote: Counting: \u{1b}[2J 3%\r",
    "\r", "\n", "remote: Delivered: to everybody\n", "hint: 12 of them\n",
  ])
  func keeps(line: String) { #expect(!TransferProgress.isProgress(line)) }

  @Test func linesAreFoundWhereverTheBytesAreCut() {
    let text = "fatal: one\nCounting objects: 1\rCounting objects: 2, done.\nerror: two\nlast"
    for size in 1...7 {
      var progress = TransferProgress { _ in }
      let bytes = Array(text.utf8)
      for start in stride(from: 0, to: bytes.count, by: size) {
        progress.take(bytes[start..<min(start + size, bytes.count)])
      }
      progress.finish()
      #expect(String(decoding: progress.rest, as: UTF8.self) == "fatal: one\nerror: two\nlast")
    }
  }
}
