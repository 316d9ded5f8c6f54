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
    for number in Self.numbers {
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

extension Interruption {
  static let numbers = [SIGINT, SIGTERM, SIGHUP]

  /// From now on, and for the whole process, what would end it at once waits for ``takeEffect()``. What is ignored stays
  /// so.
  ///
  /// What comes again after more than a second waits no longer. Within that time it may be the same press of a key,
  /// which the terminal tells us, and git, which has started us and tells us again.
  package static func holdBack() {
    guard !isHeldBack else { return }
    (isHeldBack, waiting, since) = (true, 0, 0)
    for number in numbers {
      let previous = signal(number) { number in
        let now = time(nil)
        if waiting == 0 {
          (waiting, since) = (number, now)
        } else if now > since + 1 {
          signal(number, SIG_DFL)
          raise(number)
        }
      }
      if unsafeBitCast(previous, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self) {
        signal(number, SIG_IGN)
      }
    }
  }

  package private(set) nonisolated(unsafe) static var isHeldBack = false

  /// Whether something has come that waits.
  package static var isWaiting: Bool { waiting != 0 }

  /// Ends the process by the signal that has come, if one has.
  package static func takeEffect() {
    guard isWaiting else { return }
    signal(waiting, SIG_DFL)
    raise(waiting)
  }
}

/// Where a signal is told; a handler can hold nothing.
private nonisolated(unsafe) var told: Int32 = -1

/// The signal that waits, or 0, and when it came, in seconds since 1970.
private nonisolated(unsafe) var waiting: Int32 = 0
private nonisolated(unsafe) var since: time_t = 0
