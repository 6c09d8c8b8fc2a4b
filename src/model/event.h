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

/* How it wants to be seen. */
enum event_grade {
    EVENT_CALM,
    EVENT_GOOD, /* well again, or done */
    EVENT_WARN, /* look */
    EVENT_BAD   /* act */
};

/* What somebody saw happen, once or several times. */
struct news {
    const char *text;
    const char *topic; /* what happens again under the same topic may share a line ("balloon",
                          "threshold vda"); NULL: a line of its own each time */
    enum event_grade grade;
    uint32_t times; /* at least 1 */
};

struct event {
    uint64_t number; /* counts from 1; given by the log */
    int64_t wall_ns; /* of the first time ... */
    int64_t last_ns; /* ... and the newest; given by the log */
    enum event_kind kind;
    enum event_grade grade; /* the worst of all times */
    uint32_t times;         /* 0 counts as 1 */
    struct guest_id id;     /* key empty when it is about a source */
    char *name;             /* the guest's display name then, or the source's */
    char *topic;            /* see struct news */
    char *text; /* sanitised; the log adds how often it happened: "… (40 times in 12 s)" */
};

/* "state", "source", "you" (an operator's own action), "log". */
const char *event_kind_name(enum event_kind kind);

/* The grade of what is said in words only: bad when they tell of a fault. */
enum event_grade event_grade_of(enum event_kind kind, const char *text);

struct event_log; /* a bounded ring: the oldest fall out */

/* CAPACITY events, fewer when they are so long that they take more than 512 bytes each. */
struct event_log *event_log_new(size_t capacity);
void event_log_free(struct event_log *log);
/* Copies everything.  What has happened to the same guest under the same topic within the last
 * minute is not a new event: it is counted with that one, which has the newest text. */
void event_log_add(struct event_log *log, const struct event *event);
/* What there is stays as it is: what happens again from here on is a new event. */
void event_log_seal(struct event_log *log);
size_t event_log_count(const struct event_log *log);
/* 0 is the newest; NULL past the end.  Valid until the next add. */
const struct event *event_log_get(const struct event_log *log, size_t index);
/* The number of the newest, 0 before the first: how many were ever added. */
uint64_t event_log_newest(const struct event_log *log);
/* NULL when it has fallen out or is not there yet.  Valid as above. */
const struct event *event_log_find(const struct event_log *log, uint64_t number);

#endif
