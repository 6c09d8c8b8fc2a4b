/* Between the parts of the filter language. */
#ifndef VCTOP_MODEL_QUERY_INTERNAL_H
#define VCTOP_MODEL_QUERY_INTERNAL_H

#include "model/pattern.h"
#include "model/query.h"

/* ---- operators ---- */

enum query_op {
    OP_EQUAL,
    OP_UNEQUAL,
    OP_LESS,
    OP_LESS_EQUAL,
    OP_GREATER,
    OP_GREATER_EQUAL,
    OP_MATCHES,
    OP_MATCHES_NOT,
    OP_COUNT
};

/* The operator that TEXT begins with, OP_COUNT for none; *RET_LEN is its length. */
enum query_op query_op_at(const char *text, size_t *ret_len);
const char *query_op_text(enum query_op op);
const char *query_op_help(enum query_op op);

/* ---- what can be compared ---- */

enum query_type {
    QUERY_TEXT,   /* = != ~ !~ */
    QUERY_CHOICE, /* = != */
    QUERY_FLAG,   /* alone, or = != with yes or no */
    QUERY_FIGURE  /* = != < <= > >= */
};

enum query_word {
    WORD_NAME,
    WORD_TITLE,
    WORD_MANAGER,
    WORD_ADDRESS,
    WORD_REASON,
    WORD_TYPE,
    WORD_SOURCE,
    WORD_ID,
    WORD_PROBLEM, /* a text, and alone a flag */
    WORD_KIND,
    WORD_STATE,
    WORD_ISOLATION,
    WORD_AUTOSTART,
    WORD_MARKED,
    WORD_STALE,
    WORD_DISK, /* figures: read + write, in + out */
    WORD_NET,
    WORD_COUNT /* metrics follow: WORD_COUNT + enum metric */
};

#define FIELD_NONE (-1)
#define QUERY_FIELDS ((int)WORD_COUNT + (int)METRIC_COUNT)

/* FIELD is an enum query_word or WORD_COUNT + an enum metric; FIELD_NONE: not known. */
int query_field_named(const char *name, size_t len);
const char *query_field_name(int field);
const char *query_field_help(int field);
enum query_type query_field_type(int field);
bool query_field_is_flag(int field); /* it may stand alone */
bool query_op_fits(enum query_type type, enum query_op op);

/* The INDEXth value of a choice or flag, NULL past the end. */
const char *query_choice(int field, size_t index);
/* What VALUE stands for there, -1 for nothing. */
int query_choice_named(int field, const char *value);

/* "80", "1.5G", "90%", "10M/s", "2h": *RET_SHARE says that it is a share of the memory limit.
 * ERR.at counts from TEXT. */
bool query_figure(const char *text, int field, double *ret, bool *ret_share,
                  struct query_error *err);

/* ---- the compiled form ---- */

enum query_node_kind {
    NODE_AND,
    NODE_OR,
    NODE_NOT, /* of LEFT */
    NODE_HOLDS,
    NODE_COMPARES
};

struct query_node {
    enum query_node_kind kind;
    int left, right; /* indices */
    int field;
    enum query_op op;
    char *text;              /* what is held, or compared with */
    struct guest_id id;      /* TEXT as a whole id, unset when it is none */
    int choice;              /* of choices and flags */
    double figure;           /* of figures ... */
    bool share;              /* ... in percent of the memory limit */
    char shown[UNITS_MAX];   /* ... as the screen shows it; "" when that does not count */
    struct pattern *pattern; /* of ~ and !~, else NULL */
};

#define QUERY_NODES_MAX 128
#define QUERY_DEPTH_MAX 40

struct query {
    struct query_node *node;
    int count;
    int root; /* -1: everything matches */
};

/* A figure as the screen shows it; "" when it compares by itself. */
void query_show(char dst[UNITS_MAX], int field, bool share, double value);

bool query_fail(struct query_error *err, size_t at, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

#endif
