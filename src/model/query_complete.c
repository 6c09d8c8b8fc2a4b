/* What a filter that is being typed could go on with. */
#include <stdio.h>
#include <string.h>

#include "model/query_internal.h"

/* Where the text ends: behind what, and with which word begun. */
struct place_in_text {
    size_t start; /* of the word */
    int field;    /* it is the value of this one, FIELD_NONE: no value */
};

/* The last part that no & or | outside quotes ends; parentheses and ! before it are passed over. */
static size_t last_part(const char *text)
{
    size_t start = 0;
    bool quoted = false;

    for (size_t i = 0; text[i]; i++) {
        if (quoted && text[i] == '\\' && text[i + 1])
            i++;
        else if (text[i] == '"')
            quoted = !quoted;
        else if (!quoted && (text[i] == '&' || text[i] == '|'))
            start = i + 1;
    }
    return start + strspn(text + start, " (!");
}

static struct place_in_text find_place(const char *text)
{
    struct place_in_text place = {.start = last_part(text), .field = FIELD_NONE};
    const char *part = text + place.start;
    size_t len = strcspn(part, "=<>~!"), op_len;

    if (query_op_at(part + len, &op_len) == OP_COUNT)
        return place;
    while (len && part[len - 1] == ' ')
        len--;
    place.field = query_field_named(part, len);
    part += strcspn(part, "=<>~!") + op_len;
    place.start = (size_t)(part - text) + strspn(part, " ");
    return place;
}

static void offer_fields(const char *text, size_t start, query_offer *offer, void *data)
{
    for (int field = 0; field < QUERY_FIELDS; field++)
        offer(data, text, start, text + start, query_field_name(field), query_field_help(field));
}

/* "cpu" is whole: what follows comes with it. */
static void offer_operators(const char *text, size_t start, int field, query_offer *offer,
                            void *data)
{
    char name[48];

    for (int op = 0; op < OP_COUNT; op++) {
        if (!query_op_fits(query_field_type(field), (enum query_op)op))
            continue;
        snprintf(name, sizeof(name), "%s%s", query_field_name(field),
                 query_op_text((enum query_op)op));
        offer(data, text, start, text + start, name, query_op_help((enum query_op)op));
    }
}

void query_complete(const char *text, query_offer *offer, void *data)
{
    struct place_in_text place = find_place(text);
    const char *word = text + place.start, *choice;
    size_t len = strlen(word);

    if (place.field == FIELD_NONE) {
        int field = query_field_named(word, len);

        if (field != FIELD_NONE)
            offer_operators(text, place.start, field, offer, data);
        offer_fields(text, place.start, offer, data);
        return;
    }
    enum query_type type = query_field_type(place.field);
    bool listed = type == QUERY_CHOICE || type == QUERY_FLAG;
    for (size_t i = 0; listed && (choice = query_choice(place.field, i)); i++)
        offer(data, text, place.start, word, choice, "");
    if (len && (!listed || query_choice_named(place.field, word) >= 0)) {
        /* The value may be whole. */
        offer(data, text, strlen(text), "", word[len - 1] == ' ' ? "& " : " & ", "and");
        offer(data, text, strlen(text), "", word[len - 1] == ' ' ? "| " : " | ", "or");
    }
}
