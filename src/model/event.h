/* What happened, as a time line. */
#ifndef VCTOP_MODEL_EVENT_H
#define VCTOP_MODEL_EVENT_H

#include <stddef.h>
#include <stdint.h>

#include "model/id.h"

enum event_kind {
    EVENT_STATE,  /* a guest's state changed */
    EVENT_SOURCE, /* a source was lost or came back */
    EVENT_JOB,    /* an operator's own action and its result */
    EVENT_LOG     /* a line that a child or its library wrote */
};

struct event {
    int64_t wall_ns;
    enum event_kind kind;
    struct guest_id id; /* key empty when it is about a source */
    char *name;         /* the guest's display name then, or the source's */
    char *text;         /* sanitised */
};

struct event_log; /* a bounded ring: the oldest fall out */

struct event_log *event_log_new(size_t capacity);
void event_log_free(struct event_log *log);
/* Copies everything. */
void event_log_add(struct event_log *log, const struct event *event);
size_t event_log_count(const struct event_log *log);
/* 0 is the newest; NULL past the end.  Valid until the next add. */
const struct event *event_log_get(const struct event_log *log, size_t index);

#endif
