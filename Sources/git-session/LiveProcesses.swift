import Files
import Operations

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What Linux tells of processes in `/proc` (proc_pid_stat(5)); elsewhere nothing is known of any.
enum LiveProcesses {
  /// Those that have started this program, the nearest first.
  static func ancestors() -> [RunningProcess] {
    var found: [RunningProcess] = []
    var next = getppid()
    while next > 1, found.count < 64, let (process, parent) = read(next) {
      found.append(process)
      next = parent
    }
    return found
  }

  static func isAlive(_ process: RunningProcess) -> Bool {
    read(process.id)?.process.began == process.began
  }

  private static func read(_ id: Int32) -> (process: RunningProcess, parent: Int32)? {
    guard let bytes = try? Files.read("/proc/\(id)/stat", limit: 4096) else { return nil }
    let text = String(decoding: bytes, as: UTF8.self)
    // The name may hold anything, parentheses too.
    guard let start = text.firstIndex(of: "("), let end = text.lastIndex(of: ")"), start < end else {
      return nil
    }
    let fields = text[end...].split(separator: " ").dropFirst()
    let values = Array(fields)
    guard values.count > 19, let parent = Int32(values[1]), let began = Int64(values[19]), values[0] != "Z"
    else {
      return nil
    }
    let name = String(text[text.index(after: start)..<end])
    return (RunningProcess(id: id, began: began, name: name), parent)
  }
}
