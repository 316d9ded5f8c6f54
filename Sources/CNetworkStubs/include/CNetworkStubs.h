// Empty on purpose: nothing calls this target. It is there to be linked (see NetworkStubs.c).
