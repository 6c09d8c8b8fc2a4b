#include "config/edit.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/cleanup.h"

static const char NAME_CHARS[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                 "0123456789-_*";

/* A value's bytes in the text. */
struct span {
    const char *start, *end;
    bool comment; /* one stands inside */
};

static bool at_comment(const char *at)
{
    return *at == '#' || (at[0] == '/' && (at[1] == '/' || at[1] == '*'));
}

/* Behind the comment at AT. */
static const char *skip_comment(const char *at)
{
    const char *end = at[1] == '*' && at[0] == '/' ? strstr(at + 2, "*/") : NULL;

    return end ? end + 2 : at + strcspn(at, "\n");
}

static const char *skip_blank(const char *at)
{
    for (;;) {
        at += strspn(at, " \t\r\n\f");
        if (!at_comment(at))
            return at;
        at = skip_comment(at);
    }
}

/* The quote that ends the string at AT, or the end of the text. */
static const char *string_end(const char *at)
{
    for (at++; *at && *at != '"'; at++)
        if (*at == '\\' && at[1])
            at++;
    return at;
}

/* Behind the string at AT. */
static const char *skip_string(const char *at)
{
    at = string_end(at);
    return *at ? at + 1 : at;
}

/* Whether the text ends inside a string or comment: libconfig lets that pass, and would take what
 * is put behind it for a part of it. */
static bool ends_open(const char *at)
{
    while (*at) {
        if (at[0] == '/' && at[1] == '*' && !strstr(at + 2, "*/"))
            return true;
        if (*at == '"' && !*string_end(at))
            return true;
        at = at_comment(at) ? skip_comment(at) : *at == '"' ? skip_string(at) : at + 1;
    }
    return false;
}

/* A list, array or group: behind its last bracket. */
static const char *skip_nested(const char *at, bool *comment)
{
    int depth = 0;

    do {
        if (at_comment(at)) {
            *comment = true;
            at = skip_comment(at);
        } else if (*at == '"') {
            at = skip_string(at);
        } else if (*at) {
            depth += strchr("([{", *at) ? 1 : strchr(")]}", *at) ? -1 : 0;
            at++;
        }
    } while (*at && depth > 0);
    return at;
}

/* Behind the number or truth value at AT; AT itself when it runs into something: where libconfig
 * parts "1.theme" is not for us to know. */
static const char *skip_scalar(const char *at)
{
    size_t len = strspn(at, "+-.0123456789");

    if (strncasecmp(at, "true", 4) == 0)
        len = 4;
    else if (strncasecmp(at, "false", 5) == 0)
        len = 5;
    return strchr(" \t\r\n\f;,}", at[len]) || at_comment(at + len) ? at + len : at;
}

/* The value at AT; empty when it is none that can be followed. */
static struct span span_value(const char *at)
{
    struct span span = {.start = at};

    if (*at && strchr("([{", *at)) {
        span.end = skip_nested(at, &span.comment);
    } else if (*at == '"') {
        /* Strings that stand beside each other are one. */
        span.end = skip_string(at);
        for (const char *next = skip_blank(span.end); *next == '"'; next = skip_blank(span.end)) {
            for (const char *gap = span.end; gap < next; gap++)
                span.comment |= at_comment(gap);
            span.end = skip_string(next);
        }
    } else {
        span.end = skip_scalar(at);
    }
    return span;
}

/* Looks for NAME[0..LEN) among the settings from AT on, up to the end of the text or of the group.
 * 1 with *RET when it is there, 0 when not, negative when the text cannot be followed. */
static int find(const char *at, const char *name, size_t len, struct span *ret)
{
    for (;;) {
        at = skip_blank(at);
        if (!*at || *at == '}')
            return 0;
        const char *found = at;
        size_t found_len = strspn(at, NAME_CHARS);
        at = skip_blank(at + found_len);
        if (!found_len || (*at != '=' && *at != ':'))
            return -1;
        struct span span = span_value(skip_blank(at + 1));
        if (span.end == span.start)
            return -1;
        if (found_len == len && strncmp(found, name, len) == 0) {
            *ret = span;
            return 1;
        }
        at = skip_blank(span.end);
        if (*at == ';' || *at == ',')
            at++;
    }
}

/* TEXT with MIDDLE instead of [FROM, TO). */
static char *splice(const char *text, const char *from, const char *to, const char *middle)
{
    return xasprintf("%.*s%s%s", (int)(from - text), text, middle, to);
}

static char *append(const char *text, const char *line)
{
    size_t len = strlen(text);

    return xasprintf("%s%s%s", text, len && text[len - 1] != '\n' ? "\n" : "", line);
}

static char *replace(const char *text, const char *name, struct span span, const char *value,
                     struct error *err)
{
    if (span.comment) {
        error_set(err, ERR_USAGE, "move the comment, or change the setting by hand",
                  "the value of '%.60s' holds a comment that would be lost", name);
        return NULL;
    }
    return splice(text, span.start, span.end, value);
}

/* A line before the bracket that ends GROUP. */
static char *add_to_group(const char *text, struct span group, const char *name, const char *value)
{
    const char *end = group.end - 1;

    while (end > group.start + 1 && strchr(" \t", end[-1]))
        end--;
    CLEANUP_FREE char *line =
        xasprintf("%s    %s = %s;\n", end[-1] == '\n' ? "" : "\n", name, value);
    return splice(text, end, end, line);
}

char *edit_setting(const char *text, const char *name, const char *value, struct error *err)
{
    const char *inner = strchr(name, '.');
    size_t len = inner ? (size_t)(inner - name) : strlen(name);
    struct span span = {0}, entry = {0};
    int found = ends_open(text) ? -1 : find(text, name, len, &span);

    if (found == 1 && !inner)
        return replace(text, name, span, value, err);
    if (found == 1) {
        int inside =
            *span.start == '{' ? find(span.start + 1, inner + 1, strlen(inner + 1), &entry) : -1;
        if (inside == 1)
            return replace(text, name, entry, value, err);
        if (inside == 0)
            return add_to_group(text, span, inner + 1, value);
        found = -1;
    }
    if (found < 0) {
        error_set(err, ERR_SYNTAX, "change it by hand", "the place of '%.60s' cannot be found",
                  name);
        return NULL;
    }
    CLEANUP_FREE char *line =
        inner ? xasprintf("%.*s: {\n    %s = %s;\n};\n", (int)len, name, inner + 1, value)
              : xasprintf("%s = %s;\n", name, value);
    return append(text, line);
}

char *edit_quote(const char *text)
{
    CLEANUP_FREE char *quoted = xmalloc(strlen(text) * 2 + 1);
    char *to = quoted;

    for (; *text; text++) {
        if (*text == '"' || *text == '\\')
            *to++ = '\\';
        *to++ = *text;
    }
    *to = '\0';
    return xasprintf("\"%s\"", quoted);
}

char *edit_list(const struct text_list *list)
{
    char *all = xstrdup("[");

    for (size_t i = 0; i < list->count; i++) {
        CLEANUP_FREE char *item = edit_quote(list->items[i]);
        char *longer = xasprintf("%s%s%s", all, i ? ", " : "", item);
        free(all);
        all = longer;
    }
    char *closed = xasprintf("%s]", all);
    free(all);
    return closed;
}
