import Files

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A program that stays and answers one question after the other; it ends with this value.
final class Conversation {
  private let name: String
  private let child: pid_t
  private let input: ChildPipe.End
  private let output: ChildPipe.End
  private let errors: ChildPipe.End
  /// What was read and not asked for yet, from `position` on.
  private var buffer: [UInt8] = []
  private var position = 0
  private var complaints: [UInt8] = []
  private(set) var hasEnded = false

  /// `process` is to answer whenever it was sent a line, without waiting for more.
  init(_ process: ChildProcess) throws(GitError) {
    name = process.executable
    let (child, input, output, errors) = try withFiles { () throws(FileError) in try process.start() }
    input.reading.close()
    output.writing.close()
    errors.writing.close()
    self.child = child
    (self.input, self.output, self.errors) = (input.writing, output.reading, errors.reading)
  }

  deinit {
    // It only reads, so it need not be asked to come to an end. The end of its input might not reach it, if another
    // program has the pipe as well, and other signals it may have been started not to hear.
    if !hasEnded { sendSignal(child, SIGKILL) }
    _ = wait()
  }

  /// Sends a line that is short enough for the pipe to take it at once.
  func send(_ line: String) throws(GitError) {
    let bytes = Array(line.utf8)
    let count = try withFiles { () throws(FileError) in
      try withoutBrokenPipeSignal { () throws(FileError) in
        input.send(bytes[...])
      }
    }
    guard count == bytes.count else { throw ended() }
  }

  /// The next line, without the line feed.
  func readLine() throws(GitError) -> String {
    while true {
      if let end = buffer[position...].firstIndex(of: UInt8(ascii: "\n")) {
        defer { position = end + 1 }
        return String(decoding: buffer[position..<end], as: UTF8.self)
      }
      guard buffer.count - position < Self.longestLine else {
        throw GitError(.other, "'\(name)' gives an answer without end")
      }
      try fill()
    }
  }

  private static let longestLine = 1 << 12

  func read(_ count: Int) throws(GitError) -> [UInt8] {
    var bytes = Array(buffer[position...].prefix(count))
    position += bytes.count
    bytes.reserveCapacity(count)
    while bytes.count < count {
      try fill()
      let part = buffer[position...].prefix(count - bytes.count)
      bytes += part
      position += part.count
    }
    return bytes
  }

  /// Waits for more of the answer. What the program complains of meanwhile is taken as well, or it might wait for that.
  private func fill() throws(GitError) {
    if position > 0 {
      buffer.removeFirst(position)
      position = 0
    }
    while true {
      var polls = [output, errors].map { pollfd(fd: $0.number, events: Int16(POLLIN), revents: 0) }
      if poll(&polls, nfds_t(polls.count), -1) == -1 {
        if errno == EINTR { continue }
        throw GitError(FileError("poll", "a pipe"))
      }
      if polls[1].revents != 0 {
        complaints += errors.receive()
        complaints = complaints.suffix(Self.longestComplaint)
      }
      guard polls[0].revents != 0 else { continue }
      buffer += output.receive()
      if output.number < 0 { throw ended() }
      return
    }
  }

  private static let longestComplaint = 1 << 14

  /// What the program said at its end.
  private func ended() -> GitError {
    input.close()
    while errors.number >= 0 { complaints += errors.receive() }
    let output = GitExecutable.Output(
      status: wait(), standardOutput: [], standardError: String(decoding: complaints, as: UTF8.self))
    // With 128 git gives up on its own account: what it was asked for is damaged.
    return GitError(
      output.status == 128 ? .other : .command(status: output.status), "git: \(output.complaint)")
  }

  private func wait() -> Int32 {
    guard !hasEnded else { return 0 }
    hasEnded = true
    return Spawn.waitForEnd(of: child) ?? -1
  }
}

private func sendSignal(_ process: pid_t, _ signal: Int32) { _ = kill(process, signal) }
