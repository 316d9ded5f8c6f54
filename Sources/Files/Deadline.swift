import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Ends this process with status 0 when its time is over, whatever it is doing then.
package final class Deadline: Sendable {
  private let microseconds: UInt32
  private let last: @Sendable () -> Void
  private let isCancelled = Mutex(false)

  /// `last` is run before the end, on another thread; it is not where the system gives no thread.
  package init(milliseconds: UInt32, last: @escaping @Sendable () -> Void) {
    microseconds = milliseconds * 1000
    self.last = last
  }

  package func start() {
    let deadline = Unmanaged.passRetained(self)
    guard !startThread(deadline.toOpaque()) else { return }
    deadline.release()
    startTimer()
  }

  /// What it was for is over in time.
  package func cancel() {
    isCancelled.withLock { $0 = true }
    alarm(0)
  }

  /// Ends this process by a signal's handler, which can do nothing else, at the next full second.
  func startTimer() {
    signal(SIGALRM) { _ in _exit(0) }
    alarm((microseconds + 999_999) / 1_000_000)
  }

  fileprivate func wait() {
    usleep(microseconds)
    guard !isCancelled.withLock({ $0 }) else { return }
    last()
    // Not `exit`: what the main thread is in the middle of must not be cleaned up under its feet.
    _exit(0)
  }
}

private func startThread(_ deadline: UnsafeMutableRawPointer) -> Bool {
  #if canImport(Glibc)
    var thread = pthread_t()
    return pthread_create(&thread, nil, waitInThread, deadline) == 0
  #else
    var thread: pthread_t?
    return pthread_create(&thread, nil, { waitInThread($0) }, deadline) == 0
  #endif
}

private func waitInThread(_ deadline: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  if let deadline { Unmanaged<Deadline>.fromOpaque(deadline).takeRetainedValue().wait() }
  return nil
}
