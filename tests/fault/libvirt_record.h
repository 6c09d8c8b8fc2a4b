/* What `vctop -b -o json` says over a while, in the background. */
#ifndef VCTOP_TESTS_FAULT_LIBVIRT_RECORD_H
#define VCTOP_TESTS_FAULT_LIBVIRT_RECORD_H

#include <jansson.h>
#include <stddef.h>

struct record;

/* Starts on the tests' daemon with a period of SECONDS, and waits for the first sample. */
struct record *record_start(const char *seconds);

/* Ends it, checks that it ended in order and that every line is JSON. */
void record_end(struct record *record);

size_t record_samples(const struct record *record);
/* Guest NAME in the sample AT, NULL when it is not in it.  Belongs to the record. */
const json_t *record_guest(const struct record *record, size_t at, const char *name);
const json_t *record_sample(const struct record *record, size_t at);
/* For messages; valid until the next call. */
const char *record_text(const struct record *record, size_t at);

void record_free(struct record *record);

#endif
