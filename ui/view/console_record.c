#include "ui/view/console_record.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/save_stream.h"
#include "ui/emulator/redraw.h"

struct record {
    struct save_stream *save;
    char *path;
    bool cast, too_slow;
    struct filter filter;
    int rows, columns;
    int64_t began_ns;
};

static void add(struct record *record, const char *text, size_t len)
{
    if (len > 0 && !record->too_slow)
        record->too_slow = !save_stream_add(record->save, text, len);
}

/* One line of JSON. */
static void add_line(struct record *record, json_t *line)
{
    CLEANUP_FREE char *text = json_dumps(line, JSON_COMPACT | JSON_PRESERVE_ORDER);
    CLEANUP_FREE char *whole = text ? xasprintf("%s\n", text) : NULL;

    if (whole)
        add(record, whole, strlen(whole));
    json_decref(line);
}

static void add_event(struct record *record, const char *kind, const char *data, size_t len,
                      int64_t now_ns)
{
    int64_t since = now_ns > record->began_ns ? now_ns - record->began_ns : 0;

    add_line(record, json_pack("[f, s, s%]", (double)since / NS_PER_S, kind, data, len));
}

static void add_header(struct record *record, const char *title, int64_t wall_ns)
{
    add_line(record,
             json_pack("{s:i, s:i, s:i, s:I, s:s, s:{s:s}}", "version", 2, "width", record->columns,
                       "height", record->rows, "timestamp", (json_int_t)(wall_ns / NS_PER_S),
                       "title", title, "env", "TERM", "xterm-256color"));
}

/* A full-screen program says only what changes: a player has to know what was there. */
static void add_screen(struct record *record, const struct emulator *terminal)
{
    size_t len = 0;
    CLEANUP_FREE char *bytes = emulator_redraw(terminal, &len);

    add_event(record, "o", bytes, len, record->began_ns);
}

struct record *record_start(const char *path, const char *title, const struct emulator *terminal,
                            int64_t now_ns, int64_t wall_ns, struct error *err)
{
    struct save_stream *save = save_stream_start(path, err);
    const char *end = strrchr(path, '.');

    if (!save)
        return NULL;
    struct record *record = xcalloc(1, sizeof(*record));
    record->save = save;
    record->path = xstrdup(path);
    record->cast = end && strcmp(end, ".cast") == 0;
    record->rows = emulator_rows(terminal);
    record->columns = emulator_columns(terminal);
    record->began_ns = now_ns;
    record->filter = emulator_begun(terminal);
    if (record->cast) {
        add_header(record, title, wall_ns);
        add_screen(record, terminal);
    }
    return record;
}

static void take(struct record *record, const char *bytes, size_t len, int64_t now_ns)
{
    char left[FILTER_ROOM(EMULATOR_FEED_MAX)];

    len = filter_take(&record->filter, bytes, len, record->cast ? FILTER_TERMINAL : FILTER_TEXT,
                      left);
    if (!record->cast)
        add(record, left, len);
    else if (len > 0)
        add_event(record, "o", left, len, now_ns);
}

void record_output(struct record *record, const char *bytes, size_t len, int64_t now_ns)
{
    for (size_t at = 0; at < len; at += EMULATOR_FEED_MAX)
        take(record, bytes + at, len - at < EMULATOR_FEED_MAX ? len - at : EMULATOR_FEED_MAX,
             now_ns);
}

void record_size(struct record *record, int rows, int columns, int64_t now_ns)
{
    char size[32];

    if (!record->cast || (rows == record->rows && columns == record->columns))
        return;
    record->rows = rows;
    record->columns = columns;
    int len = snprintf(size, sizeof(size), "%dx%d", columns, rows);
    add_event(record, "r", size, (size_t)len, now_ns);
}

bool record_failed(struct record *record, struct error *err)
{
    if (save_stream_ended(record->save, err))
        return true;
    if (!record->too_slow)
        return false;
    error_set(err, ERR_TIMEOUT, NULL, "its file system is too slow for what the guest says");
    return true;
}

const char *record_path(const struct record *record)
{
    return record->path;
}

void record_free(struct record *record)
{
    if (!record)
        return;
    save_stream_free(record->save);
    free(record->path);
    free(record);
}
