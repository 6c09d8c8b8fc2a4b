/* Asks for the text that one guest is made from: a probe of its own, when somebody wants to read
 * it. */
#include "engine/internal.h"

#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/text.h"

#define ANSWER_S 5 /* what the probe is given */
#define KILL_NS ((ANSWER_S + 1) * NS_PER_S)
#define LINE_CELLS 1000
#define LINES_MAX 20000
#define ERROR_CELLS 400

static void forget_answer(struct configuration *configuration)
{
    free(configuration->text);
    free(configuration->error);
    configuration->text = configuration->error = NULL;
    configuration->at_ns = 0;
}

void configuration_clear(struct configuration *configuration)
{
    forget_answer(configuration);
    guest_id_clear(&configuration->id);
}

/* TEXT fit for the screen, line by line; a tab is one blank. */
static char *clean_text(const char *text)
{
    CLEANUP_FREE char *copy = xstrdup(text);
    char *ret = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&ret, &size);
    int lines = 0;

    if (!out)
        return NULL;
    for (char *at = copy, *line; (line = strsep(&at, "\n")) && (at || *line);) {
        if (lines++ == LINES_MAX) {
            fputs("(more was left out)\n", out);
            break;
        }
        for (char *tab = line; (tab = strchr(tab, '\t'));)
            *tab = ' ';
        CLEANUP_FREE char *clean = text_sanitise(line, strlen(line), LINE_CELLS);
        fprintf(out, "%s\n", clean);
    }
    fclose(out);
    return ret;
}

static void answer(struct engine *engine, const char *text, const char *error, int64_t now_ns)
{
    struct configuration *configuration = &engine->configuration;

    forget_answer(configuration);
    configuration->at_ns = now_ns;
    configuration->answered = true;
    configuration->text = text ? clean_text(text) : NULL;
    if (!configuration->text)
        configuration->error = text_sanitise(error, strlen(error), ERROR_CELLS);
    engine->changes |= ENGINE_ANSWER;
}

static void drop_child(struct engine *engine)
{
    if (engine->configuration.child)
        child_drop(engine, engine->configuration.child);
    engine->configuration.child = NULL;
}

void engine_ask_configuration(struct engine *engine, const struct guest_id *guest)
{
    struct configuration *configuration = &engine->configuration;
    const struct worker *worker = engine_worker(engine, guest->source);
    int64_t now = clock_mono_ns();
    bool other = !guest_id_is_set(&configuration->id) || !guest_id_equal(&configuration->id, guest);

    if (!other && configuration->child)
        return; /* it is being asked for */
    drop_child(engine);
    if (other) { /* of the same guest the old text stays until there is a new one */
        struct guest_id id;
        guest_id_copy(&id, guest);
        configuration_clear(configuration);
        configuration->id = id;
    }
    if (!worker || engine->broken) {
        answer(engine, NULL, "nobody can be asked", now);
        return;
    }
    configuration->asked_ns = now;
    configuration->answered = false;
    configuration->child = child_start(engine, ROLE_PROBE, worker->spec, configuration, now);
}

const char *engine_configuration(const struct engine *engine, const struct guest_id *guest,
                                 int64_t *at_ns, const char **error)
{
    const struct configuration *configuration = &engine->configuration;
    bool known = guest_id_is_set(&configuration->id) && guest_id_is_set(guest) &&
                 guest_id_equal(&configuration->id, guest);

    *at_ns = known ? configuration->at_ns : 0;
    *error = known ? configuration->error : NULL;
    return known ? configuration->text : NULL;
}

void configuration_started(struct engine *engine, struct child *child)
{
    struct frame frame = {.type = FRAME_ASK,
                          .u.ask = {.question = (char *)"configuration",
                                    .key = engine->configuration.id.key,
                                    .life = (char *)"",
                                    .timeout_s = ANSWER_S}};

    channel_send(&child->channel, &frame, NULL);
}

int configuration_frame(struct engine *engine, struct frame *frame, int64_t now_ns)
{
    const struct frame_answer *said = &frame->u.answer;

    if (frame->type == FRAME_HELLO || frame->type == FRAME_BEAT)
        return 0;
    if (frame->type != FRAME_ANSWER)
        return ERR_SYNTAX;
    answer(engine, said->error ? NULL : said->text, said->error ? said->error : "no answer",
           now_ns);
    return 0;
}

void configuration_ended(struct engine *engine, const char *why, int64_t now_ns)
{
    if (!engine->configuration.answered)
        answer(engine, NULL, why, now_ns);
    drop_child(engine);
}

void configuration_turn(struct engine *engine, int64_t now_ns)
{
    if (now_ns >= configuration_due(&engine->configuration))
        configuration_ended(engine, "no answer in time", now_ns);
}

int64_t configuration_due(const struct configuration *configuration)
{
    return configuration->child ? configuration->asked_ns + KILL_NS : INT64_MAX;
}
