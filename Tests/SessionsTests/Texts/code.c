#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define RING_CAPACITY 0x1000u
#define RING_MASK (RING_CAPACITY - 1)

/* A queue of bytes for one reader and one writer. Positions only grow; the
 * lower bits tell where they are in the buffer. */
struct ring {
	uint8_t *bytes;
	uint32_t head;	/* next byte to read */
	uint32_t tail;	/* next byte to write */
};

int ring_init(struct ring *ring)
{
	memset(ring, 0, sizeof(*ring));
	ring->bytes = malloc(RING_CAPACITY);
	return ring->bytes ? 0 : -ENOMEM;
}

static inline uint32_t ring_used(const struct ring *ring)
{
	return ring->tail - ring->head;
}

size_t ring_write(struct ring *ring, const void *source, size_t length)
{
	size_t room = RING_CAPACITY - ring_used(ring);
	size_t start = ring->tail & RING_MASK;
	size_t first;

	if (length > room)
		length = room;
	first = RING_CAPACITY - start;
	if (first > length)
		first = length;
	memcpy(ring->bytes + start, source, first);
	memcpy(ring->bytes, (const uint8_t *)source + first, length - first);
	ring->tail += length;
	return length;
}

bool ring_peek(const struct ring *ring, uint32_t offset, uint8_t *result)
{
	if (offset >= ring_used(ring))
		return false;
	*result = ring->bytes[(ring->head + offset) & RING_MASK];
	return true;
}
