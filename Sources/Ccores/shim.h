#pragma once
#ifdef __linux__
#include <sched.h>
#include <sys/types.h>

// GNU's, which <sched.h> shows to GNU sources only.
extern int sched_getcpu(void);
extern int sched_getaffinity(pid_t, size_t, cpu_set_t *);
extern int sched_setaffinity(pid_t, size_t, const cpu_set_t *);

/// The core that the calling thread runs on; negative if that is not known.
static inline int ccores_current(void) { return sched_getcpu(); }

/// Moves the calling thread to another core that it may run on, if it runs on this one. It stays free to move.
static inline void ccores_leave(int core) {
  cpu_set_t own, others;
  if (core < 0 || sched_getcpu() != core || sched_getaffinity(0, sizeof own, &own) != 0) return;
  const int width = 8 * sizeof others.__bits[0];
  others = own;
  others.__bits[core / width] &= ~(1UL << (core % width));
  // Refused where there is no other.
  if (sched_setaffinity(0, sizeof others, &others) == 0) sched_setaffinity(0, sizeof own, &own);
}
#endif
