#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Somebody wants this process to end: a signal that would end it at once is told instead to who waits for it.
package final class Interruption: Sendable {
  private let reading: Int32
  private let writing: Int32

  /// Takes the place of what an interrupt, a hang-up and a request to end do otherwise; for the whole process.
  package init() throws(FileError) {
    var ends: [Int32] = [-1, -1]
    try checked("open", "a pipe") { pipe(&ends) }
    for end in ends {
      _ = fcntl(end, F_SETFD, FD_CLOEXEC)
      _ = fcntl(end, F_SETFL, O_NONBLOCK)
    }
    (reading, writing) = (ends[0], ends[1])
    told = writing
    for number in [SIGINT, SIGTERM, SIGHUP] {
      signal(number) { _ in
        var byte: UInt8 = 0
        _ = write(told, &byte, 1)
      }
    }
  }

  /// Waits for at most so many milliseconds, or until there is something to read from `descriptor` or a signal has
  /// come.
  package func wait(milliseconds: Int?, or descriptor: Int32? = nil) {
    var ends = [pollfd(fd: reading, events: Int16(POLLIN), revents: 0)]
    if let descriptor { ends.append(pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)) }
    _ = poll(&ends, nfds_t(ends.count), milliseconds.map { Int32(clamping: $0) } ?? -1)
  }

  /// Whether a signal has come.
  package var hasCome: Bool {
    var end = pollfd(fd: reading, events: Int16(POLLIN), revents: 0)
    return poll(&end, 1, 0) > 0
  }
}

/// Where a signal is told; a handler can hold nothing.
private nonisolated(unsafe) var told: Int32 = -1
