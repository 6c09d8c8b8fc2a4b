/* The decoders that have a file of their own.  Inside frame/ only. */
#ifndef VCTOP_FRAME_DECODE_H
#define VCTOP_FRAME_DECODE_H

#include "frame/frame.h"
#include "frame/reader.h"

/* Each reads what stands behind the frame's type, COUNT elements of its array, and leaves
 * violations in READER; what was filled in until then is released by frame_clear(). */
void decode_rows(struct reader *reader, size_t count, struct frame *frame);
void decode_host(struct reader *reader, size_t count, struct frame *frame);
void decode_storage(struct reader *reader, size_t count, struct frame *frame);
void decode_disks(struct reader *reader, struct facts_disk *disks); /* one array of them */

#endif
