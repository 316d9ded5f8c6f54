#pragma once
#ifdef __linux__
#include <pthread.h>

#include <sched.h>
#include <sys/types.h>

// GNU's, which the system's headers show to GNU sources only.
extern int sched_getcpu(void);
extern int sched_getaffinity(pid_t, size_t, cpu_set_t *);
extern int pthread_attr_setaffinity_np(pthread_attr_t *, size_t, const cpu_set_t *);

/// `pthread_create` for a thread that may run on all cores but the one that the caller runs on, if there are others.
static inline int ccores_create(pthread_t *thread, void *(*body)(void *), void *argument) {
  pthread_attr_t attributes;
  cpu_set_t others;
  int core = sched_getcpu(), code = -1;
  if (core >= 0 && sched_getaffinity(0, sizeof others, &others) == 0 && pthread_attr_init(&attributes) == 0) {
    const int width = 8 * sizeof others.__bits[0];
    others.__bits[core / width] &= ~(1UL << (core % width));
    // Refused where there is no other.
    if (pthread_attr_setaffinity_np(&attributes, sizeof others, &others) == 0)
      code = pthread_create(thread, &attributes, body, argument);
    pthread_attr_destroy(&attributes);
  }
  return code == 0 ? 0 : pthread_create(thread, NULL, body, argument);
}
#endif
