import Files
import Operations

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension World {
  /// Runs a command line by a shell, in a group of its own that is ended when the time is over.
  @Sendable static func runFilter(
    _ command: String, environment: [String: String], input: [UInt8], milliseconds: Int
  ) -> [UInt8] {
    guard let feed = try? ChildPipe(), let result = try? ChildPipe() else { return [] }
    var spawn = Spawn("/bin/sh", ["-c", command], environment: environment)
    spawn.company = .group
    spawn.input = .descriptor(feed.reading.number)
    spawn.output = .descriptor(result.writing.number)
    guard let child = try? spawn.start() else { return [] }
    feed.reading.close()
    result.writing.close()
    // A program that reads nothing must not end this one.
    signal(SIGPIPE, SIG_IGN)
    var filter = Filter(feeding: feed.writing, listening: result.reading, input: input[...])
    let output = filter.run(until: milliseconds + World.uptime())
    kill(-child, SIGKILL)
    Spawn.waitForEnd(of: child)
    return output
  }
}

/// Writes to a program and reads from it at the same time, so that neither waits for the other.
private struct Filter {
  private let feeding: ChildPipe.End
  private let listening: ChildPipe.End
  private var input: ArraySlice<UInt8>
  private var output: [UInt8] = []

  /// More is on nobody's status line.
  private static let limit = 1 << 16

  init(feeding: ChildPipe.End, listening: ChildPipe.End, input: ArraySlice<UInt8>) {
    (self.feeding, self.listening, self.input) = (feeding, listening, input)
    feeding.stopWaiting()
  }

  /// What the program has written when it closes its output, or the time is over.
  mutating func run(until end: Int) -> [UInt8] {
    while output.count < Self.limit, listening.number >= 0 {
      let left = end - World.uptime()
      var ends = [
        pollfd(fd: listening.number, events: Int16(POLLIN), revents: 0),
        pollfd(fd: feeding.number, events: Int16(POLLOUT), revents: 0),
      ]
      guard left > 0, poll(&ends, nfds_t(ends.count), Int32(left)) > 0 || errno == EINTR else { break }
      if ends[1].revents != 0 { feed() }
      if ends[0].revents != 0 { output += listening.receive() }
    }
    return output
  }

  private mutating func feed() {
    input = input.dropFirst(feeding.send(input))
    if input.isEmpty { feeding.close() }
  }
}
