import Foundation

/// Runs programs for tests.
package enum Program {
  package struct Result: Sendable {
    package let status: Int32
    package let output: String
    package let errors: String
  }

  /// Waits for the program. `directory` is where it runs, `input` what it reads.
  package static func run(
    _ program: String, _ arguments: [String], environment: [String: String], in directory: String? = nil,
    input: String = ""
  ) throws -> Result {
    // Files take any amount without a second thread, as pipes would need.
    let folder = FileManager.default.temporaryDirectory.path + "/git-session-run-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try Data(input.utf8).write(to: URL(fileURLWithPath: folder + "/in"))
    for name in ["out", "err"] { try Data().write(to: URL(fileURLWithPath: "\(folder)/\(name)")) }
    let running = try RunningProgram(
      program, arguments, environment: environment, in: directory, input: folder + "/in",
      output: folder + "/out", errors: folder + "/err")
    let status = running.wait()
    func text(_ name: String) throws -> String {
      String(decoding: try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name)")), as: UTF8.self)
    }
    return Result(status: status, output: try text("out"), errors: try text("err"))
  }
}
