#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Keeps threads apart.
package final class Lock: @unchecked Sendable {
  // Unchecked, because only the place of the mutex is kept here, and that never changes.
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>

  package init() {
    mutex = .allocate(capacity: 1)
    pthread_mutex_init(mutex, nil)
  }

  deinit {
    pthread_mutex_destroy(mutex)
    mutex.deallocate()
  }

  package func whileHeld<Result, Failure>(_ body: () throws(Failure) -> Result) throws(Failure) -> Result {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return try body()
  }
}
