/* What isolates a guest, for audits. */
#include <jansson.h>

#include "batch/output.h"
#include "model/isolation.h"

static json_t *names_json(enum isolation_form form, uint64_t mask)
{
    json_t *ret = json_array();

    for (unsigned i = 0; i < 64; i++) {
        const char *name = form == ISOLATION_CAPS ? isolation_cap_name(i)
                           : i < SPACE_COUNT      ? isolation_space_name((enum isolation_space)i)
                                                  : NULL;
        if (!(mask >> i & 1))
            continue;
        json_array_append_new(ret, name ? json_string(name) : json_sprintf("%u", i));
    }
    return ret;
}

static json_t *fact_json(const struct isolation_value *value, enum isolation_form form)
{
    json_t *ret;

    if (!value->known)
        return json_null();
    switch (form) {
    case ISOLATION_FLAG:
        return json_boolean(value->number);
    case ISOLATION_NUMBER:
        return json_integer((json_int_t)value->number);
    case ISOLATION_CAPS:
    case ISOLATION_SPACES:
        return names_json(form, value->number);
    case ISOLATION_TEXT:
        return value->count ? json_string(value->text[0]) : json_null();
    case ISOLATION_LIST:
        break;
    }
    ret = json_array();
    for (size_t i = 0; i < value->count; i++)
        json_array_append_new(ret, json_string(value->text[i]));
    return ret;
}

static json_t *reasons_json(const struct isolation *isolation)
{
    char text[ISOLATION_SENTENCE_MAX];
    json_t *ret = json_array();

    for (size_t i = 0; i < isolation->findings; i++) {
        const struct isolation_finding *finding = &isolation->finding[i];
        json_t *reason = json_object();
        isolation_finding_text(finding, text, sizeof(text));
        json_object_set_new(reason, "key", json_string(isolation_finding_key(finding->key)));
        json_object_set_new(reason, "text", json_string(text));
        json_object_set_new(reason, "weight", json_integer(finding->weight));
        json_array_append_new(ret, reason);
    }
    return ret;
}

json_t *batch_isolation_json(const struct guest *guest)
{
    static const struct isolation nothing; /* read yet */
    const struct isolation *isolation = guest->isolation ? guest->isolation : &nothing;
    const char *verdict = guest_isolation(guest);
    json_t *ret;

    if (!verdict)
        return json_null();
    ret = json_object();
    json_object_set_new(ret, "verdict", json_string(verdict));
    json_object_set_new(ret, "reasons", reasons_json(isolation));
    for (int i = 0; i < ISOLATION_FACT_COUNT; i++) {
        enum isolation_fact fact = (enum isolation_fact)i;
        if (isolation_fact_concerns(fact, guest->facts.kind))
            json_object_set_new(ret, isolation_fact_json(fact),
                                fact_json(&isolation->facts.at[i], isolation_fact_form(fact)));
    }
    return ret;
}
