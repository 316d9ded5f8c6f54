import Operations

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// One line on a terminal that says what is being done and for how long, once that has taken a second. It goes away
/// when the work is done, as if it had not been there.
///
/// A thread of its own writes it, so that what works need not know of it.
final class LiveProgress: @unchecked Sendable {
  private let title: String
  private let write: @Sendable (String) -> Void
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let start = LiveProgress.uptime()
  // Below the mutex.
  private var isDone = false
  private var shown = 0

  private static let firstMilliseconds = 1000
  private static let stepMilliseconds: UInt32 = 100

  private init(_ title: String, _ write: @escaping @Sendable (String) -> Void) {
    (self.title, self.write) = (title, write)
    pthread_mutex_init(mutex, nil)
  }

  deinit {
    pthread_mutex_destroy(mutex)
    mutex.deallocate()
  }

  /// Begins to count; what it returns ends it.
  static func begin(
    _ title: String, _ write: @escaping @Sendable (String) -> Void
  ) -> @Sendable () -> Void {
    let progress = LiveProgress(title, write)
    startThread(Unmanaged.passRetained(progress).toOpaque())
    return { progress.finish() }
  }

  private static func uptime() -> Int {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int(time.tv_sec) * 1000 + Int(time.tv_nsec) / 1_000_000
  }

  fileprivate func count() {
    var last = 0
    while true {
      usleep(Self.stepMilliseconds * 1000)
      let milliseconds = Self.uptime() - start
      pthread_mutex_lock(mutex)
      defer { pthread_mutex_unlock(mutex) }
      if isDone { return }
      let seconds = milliseconds / 1000
      guard milliseconds >= Self.firstMilliseconds, seconds > last else { continue }
      last = seconds
      let text = "\(title): \(seconds) s"
      write("\r" + text)
      shown = text.count
    }
  }

  private func finish() {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    isDone = true
    // Blanks, which a dumb terminal understands too.
    if shown > 0 { write("\r" + String(repeating: " ", count: shown) + "\r") }
    shown = 0
  }
}

private func startThread(_ progress: UnsafeMutableRawPointer) {
  #if canImport(Glibc)
    var thread = pthread_t()
    let code = pthread_create(&thread, nil, countInThread, progress)
  #else
    var thread: pthread_t?
    let code = pthread_create(&thread, nil, { countInThread($0) }, progress)
  #endif
  if code != 0 {
    Unmanaged<LiveProgress>.fromOpaque(progress).release()
  } else {
    #if canImport(Glibc)
      pthread_detach(thread)
    #else
      if let thread { pthread_detach(thread) }
    #endif
  }
}

private func countInThread(_ progress: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  if let progress { Unmanaged<LiveProgress>.fromOpaque(progress).takeRetainedValue().count() }
  return nil
}
