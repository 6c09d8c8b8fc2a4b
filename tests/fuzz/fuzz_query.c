/* What is typed as a filter, and asked of a guest.  Built with clang's libFuzzer it looks for what
 * breaks; without, it runs over the files and folders it is given, as a test does. */
#include "fuzz/must.h"

#include <string.h>

#include "base/text.h"
#include "model/query.h"

#define NOW (INT64_C(2) * 1000000000)

static void check_offer(void *data, const char *text, size_t len, const char *typed,
                        const char *name, const char *help)
{
    must(text == data && len + strlen(typed) <= strlen(text), "an offer is about the text");
    must(name[0] && help, "an offer offers something");
}

/* The same with its sense turned round: what was unknown is, and else it is the opposite. */
static void check_opposite(const char *text, const struct query *query, const struct world *world,
                           const struct guest *guest)
{
    char turned[2 * QUERY_TEXT_MAX];

    snprintf(turned, sizeof(turned), "!(%s)", text);
    struct query *opposite = query_new(turned, NULL);
    if (!opposite)
        return; /* too long, or no query: a plain text may hold anything */
    if (strpbrk(text, "=<>~&|"))
        must(query_ask(opposite, world, guest, NOW) ==
                 (enum query_answer)(QUERY_YES - (int)query_ask(query, world, guest, NOW)),
             "the opposite is the opposite");
    query_free(opposite);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const source = "lxc:/var/lib/lxc";
    struct facts facts = {.handle = 1,
                          .key = (char *)"aab-01",
                          .name = (char *)"aab-01 \xc3\xa9",
                          .kind = KIND_CONTAINER,
                          .autostart = -1,
                          .addresses = {(char *)"10.0.3.21"}};
    struct sample sample = {.at_ns = NOW};
    struct query_error err = {.at = 0};
    char text[1024];

    if (size >= sizeof(text))
        size = sizeof(text) - 1;
    memcpy(text, data, size);
    text[size] = '\0';

    struct world *world = world_new(NOW / 2);
    world_add_source(world, source, false);
    world_facts(world, source, &facts, NOW, NOW);
    sample_set(&sample, FIELD_MEM_USED, UINT64_C(310) << 20);
    world_row(world, source, 1, STATE_RUNNING, NULL, NULL, &sample, NOW, NOW);
    struct query *query = query_new(text, &err);
    if (query)
        check_opposite(text, query, world, world_guest_at(world, 0));
    else
        must(err.at <= strlen(text) && err.message[0], "an error points into the text");
    query_complete(text, check_offer, text);
    query_free(query);
    world_free(world);
    return 0;
}
