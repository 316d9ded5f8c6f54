// Measures how much text one thread gets through in a second: `transcript-benchmark [FILE…]`.
// Without files, the texts are made here. Build it with `-c release`.
import Agents
import Foundation
import Sessions

/// At once, whoever reads.
func write(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }

func rate(_ bytes: Int, _ time: Duration) -> String {
  String(format: "%.1f MB, %.0f MB/s", Double(bytes) / 1e6, Double(bytes) / 1e6 / (time / .seconds(1)))
}

func redact(_ name: String, _ bytes: [UInt8]) {
  var best = Duration.seconds(1_000)
  var count = 0
  for _ in 0..<7 {
    best = min(best, ContinuousClock().measure { count = Redaction.standard.redact(bytes).count })
  }
  write("redaction, \(name): \(rate(bytes.count, best)), \(bytes.count - count) bytes less")
}

/// As many copies as make `size` bytes.
func repeated(_ text: String, size: Int = 32_000_000) -> [UInt8] {
  let bytes = Array(text.utf8)
  return Array(repeatElement(bytes, count: max(1, size / bytes.count)).joined())
}

/// A long transcript in pieces, then what it costs to go on with a little more.
func read(_ name: String, _ piece: [UInt8], times: Int) throws {
  var reader = TranscriptReader(.claudeCode)
  let time = try ContinuousClock().measure { for _ in 0..<times { try reader.read(piece) } }
  let memo = reader.bytes
  let tail = try ContinuousClock().measure {
    var next = try TranscriptReader(memo)
    try next.read(piece[(piece.count - (next.offset - next.start))...])
    try next.read(Array(Texts.line.utf8))
    _ = next.bytes
  }
  let milliseconds = String(format: "%.2f", tail / .milliseconds(1))
  write(
    "reading, \(name): \(rate(piece.count * times, time)); one more line \(milliseconds) ms, memo \(memo.count) bytes"
  )
}

/// The most memory that this process has used; where the system does not say it, nothing.
func peak() -> String? {
  let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)
  return status?.split(separator: "\n").first { $0.hasPrefix("VmHWM") }.map(String.init)
}

let files = CommandLine.arguments.dropFirst()
for file in files { redact(file, Array(try Data(contentsOf: URL(filePath: file)))) }
if files.isEmpty {
  try read("answers", repeated(Texts.line, size: 200_000), times: 1500)
  try read("lines that say nothing", repeated(Texts.noise, size: 200_000), times: 1500)
  write("peak of memory until here: \(peak() ?? "unknown")")
  let preparing = ContinuousClock().measure { _ = Redaction(adding: [], allowing: []) }
  write("redaction, preparing the rules: \(String(format: "%.2f", preparing / .milliseconds(1))) ms")
  for (name, text) in Texts.all { redact(name, repeated(text)) }
  for piece in Texts.hostile { redact("hostile \(piece.debugDescription)", repeated(piece, size: 1_000_000)) }
}
