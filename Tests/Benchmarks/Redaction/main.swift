// Measures how much text redaction gets through in a second, with one thread: `redaction-benchmark [FILE…]`.
// Without files, the texts are made here. Build it with `-c release`.
import Foundation
import Sessions

/// At once, whoever reads.
func write(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }

func report(_ name: String, _ bytes: [UInt8]) {
  var best = Duration.seconds(1_000)
  var count = 0
  for _ in 0..<7 {
    best = min(best, ContinuousClock().measure { count = Redaction.standard.redact(bytes).count })
  }
  let rate = Double(bytes.count) / 1e6 / (best / .seconds(1))
  let size = String(format: "%.1f", Double(bytes.count) / 1e6)
  write("\(name): \(size) MB, \(String(format: "%.0f", rate)) MB/s, \(bytes.count - count) bytes less")
}

/// As many copies as make `size` bytes.
func repeated(_ text: String, size: Int = 32_000_000) -> [UInt8] {
  let bytes = Array(text.utf8)
  return Array(repeatElement(bytes, count: max(1, size / bytes.count)).joined())
}

let preparing = ContinuousClock().measure { _ = Redaction(adding: [], allowing: []) }
write("preparing the rules: \(String(format: "%.2f", preparing / .milliseconds(1))) ms")

let files = CommandLine.arguments.dropFirst()
for file in files { report(file, Array(try Data(contentsOf: URL(filePath: file)))) }
if files.isEmpty {
  for (name, text) in Texts.all { report(name, repeated(text)) }
  for piece in Texts.hostile { report("hostile \(piece.debugDescription)", repeated(piece, size: 4_000_000)) }
}
