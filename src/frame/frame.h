/* What parent and child say to each other, as C values.  One frame is one MessagePack array
 * [type, ...], behind its length as four bytes, least significant first, on a stream socket. */
#ifndef VCTOP_FRAME_FRAME_H
#define VCTOP_FRAME_FRAME_H

#include <msgpack.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "model/action.h"
#include "model/console.h"
#include "model/cost.h"
#include "model/field.h"
#include "model/guest.h"
#include "model/host.h"
#include "model/isolation.h"
#include "model/part.h"
#include "model/screen.h"
#include "model/storage.h"
#include "model/world.h"

#define FRAME_PROTOCOL 1
#define FRAME_MAX_BYTES (8u << 20) /* a longer one is a broken child */
#define FRAME_MAX_STRING (64u << 10)
#define FRAME_MAX_PART_TEXT 1024   /* of a part: many of them are to fit into one frame */
#define FRAME_MAX_TEXT (1u << 20)  /* of a configuration */
#define FRAME_MAX_ROWS (64u << 10) /* guests in one FRAME_ROWS or FRAME_WANT; more need another */

enum frame_type {
    /* child to parent */
    FRAME_HELLO = 1, /* first of all */
    FRAME_BEAT,      /* at least every second: the child's loop turns */
    FRAME_SOURCE,    /* what has become of the source */
    FRAME_FACTS,
    FRAME_ROWS,
    FRAME_GONE,
    FRAME_ANSWERED, /* the list of guests is complete for the first time */
    FRAME_HOST,
    FRAME_EVENT,
    FRAME_PROGRESS, /* of a job */
    FRAME_ANSWER,   /* of a probe */
    FRAME_LOG,
    FRAME_STUCK,     /* how many of its calls hang in the daemon for good */
    FRAME_STORAGE,   /* all that the source knows of storage */
    FRAME_CONSOLE,   /* what has become of a console */
    FRAME_CELLS,     /* what a machine's screen looks like */
    FRAME_PARTS,     /* of the selected guest: all that are wanted */
    FRAME_ISOLATION, /* what stands between a guest and the host */
    FRAME_COST,      /* of the worker itself, while it is wanted */
    /* parent to child */
    FRAME_WANT = 32,
    FRAME_DO,
    FRAME_ASK,
    FRAME_OPEN,  /* a console */
    FRAME_SIZE,  /* of its window */
    FRAME_CLOSE, /* give it back and end */
    FRAME_VIEW,  /* what is to be seen of a screen */
    FRAME_PRESS, /* on its keyboard */
    /* both ways, between the screen and a console */
    FRAME_BYTES = 64,
    FRAME_CREDIT /* so many bytes more may be sent */
};

struct frame_hello {
    int protocol;
    char *role;   /* "worker", "job", "probe", "console", "log" */
    char *source; /* its id */
};

struct frame_source {
    enum source_state state;
    char *error, *remedy, *note; /* NULL when there is none */
    int64_t restarted_ns;        /* as in struct source */
};

struct frame_row {
    uint32_t handle;
    enum guest_state state;
    char *reason, *blame; /* NULL when there is none */
    struct sample sample; /* at_ns 0: nothing was sampled */
};

struct frame_event {
    uint32_t handle; /* 0: about the source */
    int64_t wall_ns;
    char *text;
    char *topic; /* NULL: none */
    enum event_grade grade;
    uint32_t times;
};

struct frame_parts {
    uint32_t handle;
    struct parts parts;
};

struct frame_progress {
    char *text; /* what is going on, or the result */
    char *remedy;
    int percent; /* -1 unknown */
    bool done, failed, timed_out;
    bool denied; /* failed, for it is not permitted ... */
    bool barred; /* ... to any guest of the source */
};

struct frame_isolation {
    uint32_t handle;
    struct isolation_facts facts;
};

struct frame_want {
    int64_t period_ns;
    uint32_t *visible; /* handles on the screen */
    size_t visible_count;
    uint32_t selected; /* 0: none */
    unsigned parts;    /* PART_BITs of the selected guest's parts that are to be read, and
                          PARTS_DISK_TIMES; 0: none */
    bool cost;         /* somebody looks at what vctop itself costs */
    int stuck;         /* calls that others (earlier workers, screens) left hanging there */
    char **paths;      /* for the host's own worker: where guests' disks lie */
    size_t path_count;
};

/* A job: all that names the guest is raw. */
struct frame_do {
    enum action action;
    char *key, *life, *name;
    int timeout_s; /* for a shutdown or reboot */
};

/* A probe's question: "addresses", "configuration". */
struct frame_ask {
    char *question, *key, *life;
    int timeout_s;
    bool agent; /* a guest's agent may be asked, which takes a writable connection */
};

/* Its answer. */
struct frame_answer {
    char *values[FACTS_ADDRESSES_MAX]; /* NULL after the last */
    char *error;                       /* NULL: it worked */
    char *text;                        /* a configuration; NULL: none was asked for */
};

/* A console is asked for: all that names the guest is raw. */
struct frame_open {
    enum console_kind kind;
    char *key, *life, *name;
    char *device;                     /* NULL: the first */
    char *argv[CONSOLE_ARGS_MAX + 1]; /* NULL after the last; none: a shell */
    bool force;
    int rows, columns;
};

/* What has become of it. */
struct frame_console {
    enum console_state state;
    char *why, *remedy; /* of CONSOLE_BUSY and CONSOLE_ENDED; of an open screen what became of the
                           last press; else NULL */
    int exit_status;    /* -1 unknown */
    bool resizable;
    char *device;                       /* NULL: it has no name */
    char *devices[CONSOLE_DEVICES_MAX]; /* NULL after the last */
};

struct frame_bytes {
    char *data; /* not terminated; may hold NUL */
    size_t len; /* 1 to CONSOLE_WINDOW */
};

struct frame_size {
    int rows, columns;
};

/* A decoded frame; every string is bounded, terminated, owned, raw. */
struct frame {
    enum frame_type type;
    union {
        struct frame_hello hello;
        struct frame_source source;
        struct facts facts;
        struct {
            struct frame_row *row;
            size_t count;
        } rows;
        uint32_t gone; /* the handle */
        struct host_sample *host;
        struct frame_event event;
        struct frame_progress progress;
        struct frame_answer answer;
        char *log;
        int stuck;
        struct storage_report storage;
        struct frame_parts parts;
        struct frame_want want;
        struct frame_do action;
        struct frame_ask ask;
        struct frame_open open;
        struct frame_console console;
        struct frame_bytes bytes;
        struct frame_size size;
        uint32_t credit;
        struct screen_picture cells;
        struct frame_isolation isolation;
        struct cost cost;
        struct screen_view view;
        struct press press;
    } u;
};

/* Appends the frame with its length to BUF, which may be zeroed or initialised.  Strings are cut at
 * FRAME_MAX_STRING, those of parts at FRAME_MAX_PART_TEXT, a configuration at FRAME_MAX_TEXT.  For
 * FRAME_ROWS see frame_rows_*. */
void frame_put(msgpack_sbuffer *buf, const struct frame *frame);

/* Rows are written as they are sampled: the fields (columns) in use once, then one array a guest.
 * COLUMNS: bit per enum field; a value outside of them is not written.  begin takes any WRITER, end
 * releases what it holds.  The caller begins another frame before FRAME_MAX_ROWS or FRAME_MAX_BYTES
 * are passed. */
struct frame_rows_writer {
    msgpack_sbuffer body;
    uint64_t columns;
    int64_t at_ns;
    uint32_t count;
};
void frame_rows_begin(struct frame_rows_writer *writer, int64_t at_ns, uint64_t columns);
void frame_rows_add(struct frame_rows_writer *writer, uint32_t handle, enum guest_state state,
                    const char *reason, const char *blame, const struct sample *sample);
void frame_rows_end(struct frame_rows_writer *writer, msgpack_sbuffer *buf);

/* Decodes one frame (without its length).  What does not fit the contract, in form or in range, is
 * ERR_SYNTAX; unknown columns and trailing elements are skipped, so that versions can differ. */
int frame_parse(struct frame *ret, const char *data, size_t len, struct error *err);
void frame_clear(struct frame *frame);

#endif
