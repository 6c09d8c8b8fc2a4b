/* The decoders that have a file of their own.  Inside frame/ only. */
#ifndef VCTOP_FRAME_DECODE_H
#define VCTOP_FRAME_DECODE_H

#include "frame/frame.h"
#include "frame/reader.h"

/* Each reads what stands behind the frame's type, COUNT elements of its array, and leaves
 * violations in READER; what was filled in until then is released by frame_clear(). */
void decode_rows(struct reader *reader, size_t count, struct frame *frame);
void decode_host(struct reader *reader, size_t count, struct frame *frame);
void decode_parts(struct reader *reader, size_t count, struct frame *frame);
void decode_storage(struct reader *reader, size_t count, struct frame *frame);
void decode_isolation(struct reader *reader, struct frame_isolation *isolation);
void decode_cost(struct reader *reader, struct cost *cost);
void decode_disks(struct reader *reader, struct facts_disk *disks); /* one array of them */

/* The frames of consoles: the known elements behind the type.  clear releases what they hold.
 * Frames of other types are left alone. */
void decode_console(struct reader *reader, struct frame *frame);
void clear_console(struct frame *frame);

/* An array of strings: up to MAX are kept, what is more is passed over. */
void decode_list(struct reader *reader, char **list, size_t max);
void clear_list(char **list, size_t max);

#endif
