/* What a filter says, compiled once and asked of each guest.
 *
 * A text that begins with one of ! ( " or holds one of = < > ~ & | is a query; any other is plain
 * and matches what holds it.  vctop(1) has the language.  Answers are three-valued: what is not
 * known of a guest makes a comparison neither true nor false, and so its opposite. */
#ifndef VCTOP_MODEL_QUERY_H
#define VCTOP_MODEL_QUERY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/world.h"

#define QUERY_TEXT_MAX 255 /* bytes */

struct query;

struct query_error {
    size_t at;         /* the byte of the text that it is about */
    char message[128]; /* a sentence without a stop */
};

enum query_answer {
    QUERY_NO,
    QUERY_UNKNOWN,
    QUERY_YES
};

/* NULL when TEXT makes no sense, with ERR (may be NULL) filled. */
struct query *query_new(const char *text, struct query_error *err);
void query_free(struct query *query);

/* Allocates nothing.  QUERY NULL is yes. */
enum query_answer query_ask(const struct query *query, const struct world *world,
                            const struct guest *guest, int64_t now_ns);

/* What could stand where TEXT ends: calls OFFER with what stands before the word that is being
 * typed (LEN bytes of TEXT), that word, what it could become, and static words about it. */
typedef void query_offer(void *data, const char *text, size_t len, const char *typed,
                         const char *name, const char *help);
void query_complete(const char *text, query_offer *offer, void *data);

#endif
