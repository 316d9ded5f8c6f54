package org.example.parcels;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.function.LongSupplier;

/** Lets so many parcels through in a window of time, and holds the others back. */
public final class ParcelLimiter {
    private final int limit;
    private final long windowNanos;
    private final LongSupplier clock;
    private final Deque<Long> recent = new ArrayDeque<>();

    public ParcelLimiter(int limit, Duration window, LongSupplier clock) {
        if (limit < 1) {
            throw new IllegalArgumentException("limit must be positive: " + limit);
        }
        this.limit = limit;
        this.windowNanos = Objects.requireNonNull(window, "window").toNanos();
        this.clock = Objects.requireNonNull(clock, "clock");
    }

    /** Returns true if the parcel may go now. */
    public synchronized boolean tryAcquire() {
        final long now = clock.getAsLong();
        while (!recent.isEmpty() && now - recent.peekFirst() >= windowNanos) {
            recent.removeFirst();
        }
        if (recent.size() >= limit) {
            return false;
        }
        recent.addLast(now);
        return true;
    }

    @Override
    public String toString() {
        return String.format("ParcelLimiter[%d of %d]", recent.size(), limit);
    }
}
