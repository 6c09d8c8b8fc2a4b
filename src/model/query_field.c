/* The words of the filter language: what can be compared, and with what. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "model/query_internal.h"

static const struct {
    const char *name, *alias; /* NULL: none */
    enum query_type type;
    bool alone;
    const char *help;
} words[WORD_COUNT] = {
    [WORD_NAME] = {"name", NULL, QUERY_TEXT, false, "its name"},
    [WORD_TITLE] = {"title", NULL, QUERY_TEXT, false, "its longer description"},
    [WORD_MANAGER] = {"manager", NULL, QUERY_TEXT, false, "who owns it, if not the operator"},
    [WORD_ADDRESS] = {"address", "addr", QUERY_TEXT, false, "one of its IP addresses"},
    [WORD_REASON] = {"reason", "state_reason", QUERY_TEXT, false, "why it is in its state"},
    [WORD_TYPE] = {"type", NULL, QUERY_TEXT, false, "what runs it: kvm, qemu, lxc"},
    [WORD_SOURCE] = {"source", NULL, QUERY_TEXT, false, "libvirt, lxc, or the whole id of one"},
    [WORD_ID] = {"id", NULL, QUERY_TEXT, false, "a UUID, a container's name, or the id in JSON"},
    [WORD_PROBLEM] = {"problem", NULL, QUERY_TEXT, true, "what is wrong with it"},
    [WORD_KIND] = {"kind", NULL, QUERY_CHOICE, false, "vm or ct"},
    [WORD_STATE] = {"state", NULL, QUERY_CHOICE, false, "running, paused, off, ..."},
    [WORD_ISOLATION] = {"isolation", NULL, QUERY_CHOICE, false, "strong, fair, weak, unknown"},
    [WORD_AUTOSTART] = {"autostart", NULL, QUERY_FLAG, true, "it starts with the host"},
    [WORD_MARKED] = {"marked", NULL, QUERY_FLAG, true, "marked here"},
    [WORD_STALE] = {"stale", NULL, QUERY_FLAG, true, "its figures are old"},
    [WORD_DISK] = {"disk", NULL, QUERY_FIGURE, false, "read from and written to disk"},
    [WORD_NET] = {"net", NULL, QUERY_FIGURE, false, "received and sent by the guest"},
};

/* The first of each kind is the one to be shown. */
static const struct {
    enum query_op op;
    const char *text, *help;
} ops[] = {
    {OP_EQUAL, "=", "is"},
    {OP_UNEQUAL, "!=", "is not"},
    {OP_LESS, "<", "less than"},
    {OP_LESS_EQUAL, "<=", "at most"},
    {OP_GREATER, ">", "more than"},
    {OP_GREATER_EQUAL, ">=", "at least"},
    {OP_MATCHES, "~", "matches a regular expression"},
    {OP_MATCHES_NOT, "!~", "does not match it"},
    {OP_EQUAL, "==", ""},
    {OP_MATCHES, "=~", ""},
};

enum query_op query_op_at(const char *text, size_t *ret_len)
{
    enum query_op found = OP_COUNT;

    *ret_len = 0;
    for (size_t i = 0; i < ARRAY_SIZE(ops); i++) {
        size_t len = strlen(ops[i].text);

        if (len > *ret_len && strncmp(text, ops[i].text, len) == 0) {
            found = ops[i].op;
            *ret_len = len;
        }
    }
    return found;
}

const char *query_op_text(enum query_op op)
{
    return ops[op].text;
}

const char *query_op_help(enum query_op op)
{
    return ops[op].help;
}

static bool is_word(const char *name, size_t len, const char *word)
{
    return word && strlen(word) == len && strncmp(name, word, len) == 0;
}

int query_field_named(const char *name, size_t len)
{
    for (int i = 0; i < WORD_COUNT; i++)
        if (is_word(name, len, words[i].name) || is_word(name, len, words[i].alias))
            return i;
    for (int i = 0; i < METRIC_COUNT; i++) {
        const struct metric_info *info = metric_info((enum metric)i);

        if (is_word(name, len, info->filter) || is_word(name, len, info->json))
            return (int)WORD_COUNT + i;
    }
    return FIELD_NONE;
}

static const struct metric_info *metric_of(int field)
{
    return metric_info((enum metric)(field - (int)WORD_COUNT));
}

const char *query_field_name(int field)
{
    return field < WORD_COUNT ? words[field].name : metric_of(field)->filter;
}

const char *query_field_help(int field)
{
    return field < WORD_COUNT ? words[field].help : metric_of(field)->help;
}

enum query_type query_field_type(int field)
{
    return field < WORD_COUNT ? words[field].type : QUERY_FIGURE;
}

bool query_field_is_flag(int field)
{
    return field < WORD_COUNT && words[field].alone;
}

/* Of figures. */
static enum metric_format format_of(int field)
{
    return field < WORD_COUNT ? FORMAT_BYTE_RATE : metric_of(field)->format;
}

bool query_op_fits(enum query_type type, enum query_op op)
{
    if (op == OP_EQUAL || op == OP_UNEQUAL)
        return true;
    if (op == OP_MATCHES || op == OP_MATCHES_NOT)
        return type == QUERY_TEXT;
    return type == QUERY_FIGURE;
}

/* ---- choices ---- */

static const char *const flag_values[] = {"no", "yes"};
static const char *const kind_values[] = {"vm", "ct"};

const char *query_choice(int field, size_t index)
{
    if (query_field_type(field) == QUERY_FLAG)
        return index < ARRAY_SIZE(flag_values) ? flag_values[index] : NULL;
    if (field == WORD_KIND)
        return index < ARRAY_SIZE(kind_values) ? kind_values[index] : NULL;
    if (field == WORD_ISOLATION && index <= ISOLATION_WEAK)
        return isolation_verdict_word((enum isolation_verdict)index);
    if (field == WORD_STATE && index < STATE_COUNT)
        return state_name((enum guest_state)index);
    /* What the table says of a container. */
    return field == WORD_STATE && index == STATE_COUNT ? "frozen" : NULL;
}

int query_choice_named(int field, const char *value)
{
    const char *choice;

    for (size_t i = 0; (choice = query_choice(field, i)); i++)
        if (strcmp(value, choice) == 0)
            return (int)i;
    if (field == WORD_KIND && strcmp(value, kind_name(KIND_MACHINE)) == 0)
        return KIND_MACHINE;
    if (field == WORD_KIND && strcmp(value, kind_name(KIND_CONTAINER)) == 0)
        return KIND_CONTAINER;
    if (field == WORD_STATE && strcmp(value, "run") == 0) /* as in the table */
        return STATE_RUNNING;
    return -1;
}

/* ---- figures ---- */

struct unit {
    const char *name;
    double factor;
};

static const struct unit units_of_bytes[] = {
    {"", 1},
    {"K", 1024.0},
    {"M", 1024.0 * 1024},
    {"G", 1024.0 * 1024 * 1024},
    {"T", 1024.0 * 1024 * 1024 * 1024},
    {"P", 1024.0 * 1024 * 1024 * 1024 * 1024},
    {NULL, 0},
};
static const struct unit units_of_counts[] = {
    {"", 1}, {"k", 1e3}, {"K", 1e3}, {"M", 1e6}, {"G", 1e9}, {"T", 1e12}, {NULL, 0},
};
static const struct unit units_of_seconds[] = {
    {"", 1}, {"s", 1}, {"m", 60}, {"h", 3600}, {"d", 86400}, {NULL, 0},
};
static const struct unit units_of_ms[] = {
    {"", 1}, {"ms", 1}, {"s", 1e3}, {"m", 60e3}, {"h", 3600e3}, {NULL, 0},
};
static const struct unit units_of_percent[] = {{"", 1}, {"%", 1}, {NULL, 0}};

static const struct {
    const struct unit *units;
    const char *words;
} formats[] = {
    [FORMAT_PERCENT] = {units_of_percent, "%"},
    [FORMAT_BYTES] = {units_of_bytes, "K M G T P"},
    [FORMAT_BYTE_RATE] = {units_of_bytes, "K M G T P"},
    [FORMAT_COUNT] = {units_of_counts, "k M G T"},
    [FORMAT_SECONDS] = {units_of_seconds, "s m h d"},
    [FORMAT_MILLISECONDS] = {units_of_ms, "ms s m h"},
};

/* What has a limit to be a share of. */
static bool has_share(int field)
{
    switch (field - (int)WORD_COUNT) {
    case METRIC_MEM_USED:
    case METRIC_MEM_CACHE:
    case METRIC_MEM_HOST:
    case METRIC_MEM_OVERHEAD:
        return true;
    default:
        return false;
    }
}

bool query_figure(const char *text, int field, double *ret, bool *ret_share,
                  struct query_error *err)
{
    size_t digits = strspn(text, "0123456789"), len = digits;
    enum metric_format format = format_of(field);

    if (text[len] == '.')
        len += 1 + strspn(text + len + 1, "0123456789");
    if (!digits || len > 24)
        return query_fail(err, 0, "%s is compared with a number", query_field_name(field));
    char number[32];
    snprintf(number, sizeof(number), "%.*s", (int)len, text);
    double value = strtod(number, NULL);
    const char *unit = text + len + strspn(text + len, " ");
    size_t unit_len = strlen(unit);
    /* "10M/s" is as good as "10M". */
    if (format == FORMAT_BYTE_RATE && unit_len >= 2 && strcmp(unit + unit_len - 2, "/s") == 0)
        unit_len -= 2;
    *ret_share = strcmp(unit, "%") == 0 && has_share(field);
    if (*ret_share) {
        *ret = value;
        return true;
    }
    for (const struct unit *known = formats[format].units; known->name; known++) {
        if (strlen(known->name) == unit_len && strncmp(known->name, unit, unit_len) == 0) {
            *ret = value * known->factor;
            return true;
        }
    }
    return query_fail(err, (size_t)(unit - text), "%s has the units %s%s", query_field_name(field),
                      formats[format].words, has_share(field) ? " and % of the limit" : "");
}

void query_show(char dst[UNITS_MAX], int field, bool share, double value)
{
    enum metric_format format = share ? FORMAT_PERCENT : format_of(field);

    switch (format) {
    case FORMAT_PERCENT:
        units_percent(dst, value);
        break;
    case FORMAT_BYTES:
    case FORMAT_BYTE_RATE:
        units_bytes(dst, value);
        break;
    case FORMAT_COUNT:
        units_count(dst, value);
        break;
    default: /* "41d" is a whole day long */
        dst[0] = '\0';
        break;
    }
    if (strcmp(dst, "-") == 0) /* more than it shows */
        dst[0] = '\0';
}
