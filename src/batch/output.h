/* One sample of the world as text, CSV or JSON.  Unknown is "-", an empty field, null; numbers have
 * a decimal point whatever the locale. */
#ifndef VCTOP_BATCH_OUTPUT_H
#define VCTOP_BATCH_OUTPUT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "model/listing.h"
#include "model/world.h"

struct batch_sample {
    const struct world *world;
    const struct listing *listing; /* the guests to write, in order */
    int64_t now_ns, wall_ns;       /* of the sample, on either clock */
    double interval_s;             /* what the rates are averages over */
    bool ascii;                    /* only ASCII bytes */
    int width;                     /* text: columns of the terminal, 0: no limit */
};

struct json_t;

/* Of the "compare" in JSON; the caller frees. */
struct json_t *batch_compare_json(const struct world *world, int64_t now_ns);

/* Its "isolation": null for a guest that does not run; the caller's. */
struct json_t *batch_isolation_json(const struct guest *guest);

/* One line, one object. */
void batch_json_line(const struct batch_sample *sample, FILE *out);

void batch_csv_header(FILE *out);
/* A line a guest, RFC 4180. */
void batch_csv_lines(const struct batch_sample *sample, FILE *out);

/* The host's figures, sources in trouble, an aligned table and an empty line. */
void batch_text(const struct batch_sample *sample, FILE *out);

/* ---- shared by the writers ---- */

#define NUMBER_MAX 40
#define TIME_MAX 40

/* At most three decimals, none that are zero: "12.345", "0.5", "3". */
void batch_number(char dst[NUMBER_MAX], double value);
/* ISO 8601, UTC, milliseconds. */
void batch_time(char dst[TIME_MAX], int64_t wall_ns);
/* Whole by nature: bytes, tasks, milliseconds. */
bool batch_is_whole(enum metric metric);
/* The CPU use of all guests together; false when it is unknown. */
bool batch_guests_cpu(const struct world *world, double *ret);

#endif
