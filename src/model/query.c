/* From a text to a compiled query. */
#include "model/query.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "model/query_internal.h"

#define FAILED (-1)

struct parser {
    const char *text;
    size_t at;
    int depth;
    struct query *query;
    struct query_error *err;
};

bool query_fail(struct query_error *err, size_t at, const char *fmt, ...)
{
    va_list args;

    if (!err)
        return false;
    err->at = at;
    va_start(args, fmt);
    vsnprintf(err->message, sizeof(err->message), fmt, args);
    va_end(args);
    return false;
}

#define fail(parser, at, ...) (query_fail((parser)->err, (at), __VA_ARGS__), FAILED)

static int add(struct parser *parser, struct query_node node)
{
    struct query *query = parser->query;

    if (query->count == QUERY_NODES_MAX) {
        free(node.text);
        return fail(parser, parser->at, "the filter has too many parts");
    }
    query->node = xrealloc(query->node, (size_t)query->count + 1, sizeof(*query->node));
    query->node[query->count] = node;
    return query->count++;
}

static void skip_spaces(struct parser *parser)
{
    parser->at += strspn(parser->text + parser->at, " ");
}

static char here(const struct parser *parser)
{
    return parser->text[parser->at];
}

static size_t trimmed(const char *text, size_t len)
{
    while (len && text[len - 1] == ' ')
        len--;
    return len;
}

/* What stands between quotes, the first of which is here; in it \" is a quote and \\ a backslash.
 * The caller frees; NULL: it has no end. */
static char *take_quoted(struct parser *parser)
{
    size_t start = parser->at++, len = 0;
    CLEANUP_FREE char *ret = xcalloc(strlen(parser->text + start) + 1, 1);

    for (; here(parser) && here(parser) != '"'; parser->at++) {
        char next = parser->text[parser->at + 1];
        if (here(parser) == '\\' && (next == '"' || next == '\\'))
            parser->at++;
        ret[len++] = here(parser);
    }
    if (!here(parser)) {
        query_fail(parser->err, start, "this quote has no end");
        return NULL;
    }
    parser->at++;
    return move_ptr(&ret);
}

/* What is compared with, up to & or | or the ) of a group around it: "^(web|db)" is one.  The
 * caller frees. */
static char *take_bare_value(struct parser *parser)
{
    const char *start = parser->text + parser->at;
    size_t len = 0;
    int depth = 0;

    for (; start[len]; len++) {
        if (start[len] == '\\' && start[len + 1]) {
            len++;
            continue;
        }
        if (!depth && strchr("&|)", start[len]))
            break;
        depth += (start[len] == '(') - (start[len] == ')');
    }
    parser->at += len;
    return xstrndup(start, trimmed(start, len));
}

/* "web cpu>80": a value that holds another comparison was not meant so. */
static bool holds_comparison(struct parser *parser, const char *value, size_t value_at)
{
    size_t end = strcspn(value, "=<>~!"), start = end;

    while (start && value[start - 1] != ' ')
        start--;
    if (!value[end] || !start || query_field_named(value + start, end - start) == FIELD_NONE)
        return false;
    query_fail(parser->err, value_at + start, "& or | is missing before '%.*s'", (int)(end - start),
               value + start);
    return true;
}

/* *RET_AT is where it begins. */
static char *take_value(struct parser *parser, size_t *ret_at)
{
    skip_spaces(parser);
    *ret_at = parser->at + (here(parser) == '"');
    if (here(parser) == '"')
        return take_quoted(parser);
    CLEANUP_FREE char *value = take_bare_value(parser);
    if (!*value) {
        query_fail(parser->err, *ret_at, "something to compare with is missing");
        return NULL;
    }
    if (holds_comparison(parser, value, *ret_at))
        return NULL;
    return move_ptr(&value);
}

static int choice_fails(struct parser *parser, int field, size_t at)
{
    char known[100] = "";
    const char *choice;

    for (size_t i = 0; (choice = query_choice(field, i)); i++) {
        size_t len = strlen(known);
        snprintf(known + len, sizeof(known) - len, " %s", choice);
    }
    return fail(parser, at, "%s is one of:%s", query_field_name(field), known);
}

/* NODE has field, operator and text; what these mean is worked out here, once. */
static int finish_comparison(struct parser *parser, struct query_node *node, size_t value_at)
{
    struct query_error inner = {0};
    bool good = true;

    if (node->op == OP_MATCHES || node->op == OP_MATCHES_NOT) {
        const char *why = "";
        node->pattern = pattern_new(node->text, &inner.at, &why);
        good = node->pattern || query_fail(&inner, inner.at, "%s", why);
    } else if (query_field_type(node->field) == QUERY_FIGURE) {
        good = query_figure(node->text, node->field, &node->figure, &node->share, &inner);
        if (good)
            query_show(node->shown, node->field, node->share, node->figure);
    } else if (query_field_type(node->field) != QUERY_TEXT) {
        node->choice = query_choice_named(node->field, node->text);
        if (node->choice < 0)
            return choice_fails(parser, node->field, value_at);
    }
    if (node->field == WORD_ID && !node->pattern)
        guest_id_parse(node->text, &node->id);
    if (!good)
        return fail(parser, value_at + inner.at, "%s", inner.message);
    return 0;
}

static int parse_comparison(struct parser *parser, int field, enum query_op op, size_t op_at)
{
    struct query_node node = {.kind = NODE_COMPARES, .field = field, .op = op};
    size_t value_at;

    if (!query_op_fits(query_field_type(field), op)) {
        static const char *const fitting[] = {[QUERY_TEXT] = "= != ~ !~",
                                              [QUERY_CHOICE] = "= !=",
                                              [QUERY_FLAG] = "= !=",
                                              [QUERY_FIGURE] = "= != < <= > >="};
        return fail(parser, op_at, "%s is compared by %s", query_field_name(field),
                    fitting[query_field_type(field)]);
    }
    node.text = take_value(parser, &value_at);
    if (!node.text)
        return FAILED;
    if (finish_comparison(parser, &node, value_at)) {
        free(node.text);
        return FAILED;
    }
    return add(parser, node);
}

/* Bytes of a word or more that stand for themselves. */
static size_t bare_length(const char *text)
{
    size_t len = 0;

    for (; text[len] && !strchr("&|()=<>~\"", text[len]); len++)
        if (text[len] == '!' && (text[len + 1] == '=' || text[len + 1] == '~'))
            break;
    return len;
}

static int unknown_field(struct parser *parser, size_t at, size_t len)
{
    const char *word = parser->text + at;
    size_t last = len;

    while (last && word[last - 1] != ' ')
        last--;
    if (last && query_field_named(word + last, len - last) != FIELD_NONE)
        return fail(parser, at + last, "& or | is missing before '%.*s'", (int)(len - last),
                    word + last);
    if (!len)
        return fail(parser, at, "what is compared is missing: cpu, mem, state, name ...");
    return fail(parser, at, "'%.*s' cannot be compared: cpu, mem, state, name ... can",
                (int)(len < 40 ? len : 40), word);
}

/* A comparison, a flag or a text. */
static int parse_term(struct parser *parser)
{
    size_t at = parser->at, op_len;
    struct query_node node = {.kind = NODE_HOLDS};

    if (here(parser) == '"') {
        node.text = take_quoted(parser);
        return node.text ? add(parser, node) : FAILED;
    }
    const char *word = parser->text + at;
    size_t raw = bare_length(word), len = trimmed(word, raw);
    parser->at += raw;
    size_t op_at = parser->at;
    enum query_op op = query_op_at(parser->text + op_at, &op_len);
    if (op != OP_COUNT) {
        int field = query_field_named(word, len);
        if (field == FIELD_NONE)
            return unknown_field(parser, at, len);
        parser->at += op_len;
        return parse_comparison(parser, field, op, op_at);
    }
    if (!len)
        return fail(parser, at, "something to look for is missing");
    int field = query_field_named(word, len);
    if (field != FIELD_NONE && query_field_is_flag(field)) {
        bool text = query_field_type(field) == QUERY_TEXT;

        node = (struct query_node){
            .kind = NODE_COMPARES, .field = field, .op = text ? OP_UNEQUAL : OP_EQUAL, .choice = 1};
        node.text = xstrdup("");
        return add(parser, node);
    }
    node.text = xstrndup(word, len);
    return add(parser, node);
}

static int parse_or(struct parser *parser);

static int parse_group(struct parser *parser)
{
    size_t at = parser->at++;
    int inside = parse_or(parser);

    if (inside == FAILED)
        return FAILED;
    skip_spaces(parser);
    if (here(parser) != ')')
        return here(parser) ? fail(parser, parser->at, "& or | is missing here")
                            : fail(parser, at, "this parenthesis is not closed");
    parser->at++;
    return inside;
}

static int parse_unary(struct parser *parser)
{
    int ret;

    skip_spaces(parser);
    if (++parser->depth > QUERY_DEPTH_MAX)
        return fail(parser, parser->at, "the filter is nested too deeply");
    if (here(parser) == '!') {
        parser->at++;
        int inside = parse_unary(parser);
        ret = inside == FAILED ? FAILED
                               : add(parser, (struct query_node){.kind = NODE_NOT, .left = inside});
    } else if (here(parser) == '(') {
        ret = parse_group(parser);
    } else {
        ret = parse_term(parser);
    }
    parser->depth--;
    return ret;
}

/* A row of what PART parses with SIGN, single or double, between. */
static int parse_row(struct parser *parser, char sign, enum query_node_kind kind,
                     int (*part)(struct parser *))
{
    int left = part(parser);

    while (left != FAILED) {
        skip_spaces(parser);
        if (here(parser) != sign)
            break;
        parser->at += parser->text[parser->at + 1] == sign ? 2 : 1;
        int right = part(parser);
        left = right == FAILED
                   ? FAILED
                   : add(parser, (struct query_node){.kind = kind, .left = left, .right = right});
    }
    return left;
}

static int parse_and(struct parser *parser)
{
    return parse_row(parser, '&', NODE_AND, parse_unary);
}

static int parse_or(struct parser *parser)
{
    return parse_row(parser, '|', NODE_OR, parse_and);
}

static int parse_query(struct parser *parser)
{
    int root = parse_or(parser);

    if (root == FAILED || !here(parser))
        return root;
    return here(parser) == ')' ? fail(parser, parser->at, "this parenthesis was not opened")
                               : fail(parser, parser->at, "& or | is missing here");
}

static bool is_query(const char *text)
{
    return (*text && strchr("!(\"", *text)) || strpbrk(text, "=<>~&|");
}

struct query *query_new(const char *text, struct query_error *err)
{
    struct query *query = xcalloc(1, sizeof(*query));
    struct parser parser = {.text = text, .query = query, .err = err};

    if (strlen(text) > QUERY_TEXT_MAX) {
        query->root =
            fail(&parser, QUERY_TEXT_MAX, "a filter has at most %d bytes", QUERY_TEXT_MAX);
    } else if (is_query(text + strspn(text, " "))) {
        query->root = parse_query(&parser);
    } else if (*text) {
        query->root = add(&parser, (struct query_node){.kind = NODE_HOLDS, .text = xstrdup(text)});
    } else {
        return query; /* no nodes: everything matches */
    }
    if (query->root != FAILED)
        return query;
    query_free(query);
    return NULL;
}

void query_free(struct query *query)
{
    if (!query)
        return;
    for (int i = 0; i < query->count; i++) {
        free(query->node[i].text);
        guest_id_clear(&query->node[i].id);
        pattern_free(query->node[i].pattern);
    }
    free(query->node);
    free(query);
}
