/* Where a worker's backend says what it found: into frames, within bounds.  Inside worker/ only. */
#ifndef VCTOP_WORKER_SINK_H
#define VCTOP_WORKER_SINK_H

#include "backend/backend.h"
#include "frame/channel.h"

struct sink {
    struct channel *channel; /* the worker's */
    bool failed;             /* nothing more can be said: the worker ends */

    bool corked; /* within a tick: frames gather in OUT, one write sends them */
    msgpack_sbuffer out;

    bool dropping;   /* the screen has not taken the last rows: these are dropped */
    bool collecting; /* ROWS is begun */
    struct frame_rows_writer rows;
    uint64_t columns; /* every field that was ever set */
    int64_t at_ns;
    size_t said; /* rows of this tick, dropped ones too */

    bool has_source, answered;
    enum source_state state;
    char *error, *remedy, *note; /* as said last */
    int64_t restarted_ns;        /* to be said */
    int64_t said_restarted_ns;
    int stuck;
};

void sink_init(struct sink *sink, struct channel *channel);
void sink_clear(struct sink *sink);

/* Around one tick: what is said between them goes out as one frame of rows, after all facts. */
void sink_begin(struct sink *sink, int64_t at_ns);
void sink_end(struct sink *sink);

void sink_beat(struct sink *sink);
/* What this process itself costs. */
void sink_cost(struct sink *sink, int64_t now_ns);

#endif
