#include <math.h>
#include <string.h>

#include "base/cleanup.h"
#include "batch/output.h"
#include "model/problem.h"

/* The line end of RFC 4180 is CR LF; tools on this system want LF, and readers of the former take
 * the latter. */
void batch_csv_header(FILE *out)
{
    fputs("time,name,kind,state,state_reason,source,id", out);
    for (int i = 0; i < METRIC_COUNT; i++)
        fprintf(out, ",%s", metric_info((enum metric)i)->json);
    fputs(",title,type,manager,autostart,persistent,vcpus,addresses,stale,problem,isolation\n",
          out);
}

static void put_field(const char *text, FILE *out)
{
    bool quoted = text && strpbrk(text, ",\"\r\n");

    if (quoted)
        fputc('"', out);
    for (; text && *text; text++) {
        if (*text == '"')
            fputc('"', out);
        fputc(*text, out);
    }
    if (quoted)
        fputc('"', out);
}

static void next_field(const char *text, FILE *out)
{
    fputc(',', out);
    put_field(text, out);
}

static void put_metrics(const struct guest *guest, int64_t now_ns, FILE *out)
{
    for (int i = 0; i < METRIC_COUNT; i++) {
        enum metric metric = (enum metric)i;
        char number[NUMBER_MAX] = "";
        double value;

        if (guest_metric(guest, metric, now_ns, &value) && isfinite(value))
            batch_number(number, batch_is_whole(metric) ? round(value) : value);
        next_field(number, out);
    }
}

static const char *flag(int value)
{
    return value < 0 ? "" : value ? "true" : "false";
}

static void put_guest(const struct batch_sample *sample, const struct guest *guest,
                      const char *time, FILE *out)
{
    const struct facts *facts = &guest->facts;
    CLEANUP_FREE char *id = guest_id_text(&guest->id);
    char vcpus[NUMBER_MAX] = "", why[200] = "";
    struct problem problem;
    int64_t since;

    put_field(time, out);
    next_field(facts->name, out);
    next_field(kind_name(facts->kind), out);
    next_field(state_name(guest->state), out);
    next_field(guest->reason, out);
    next_field(guest->id.source, out);
    next_field(id, out);
    put_metrics(guest, sample->now_ns, out);
    next_field(facts->title, out);
    next_field(facts->type, out);
    next_field(facts->manager, out);
    next_field(flag(facts->autostart), out);
    next_field(flag(facts->persistent), out);
    if (facts->vcpus)
        batch_number(vcpus, facts->vcpus);
    next_field(vcpus, out);
    fputc(',', out);
    for (size_t i = 0; i < FACTS_ADDRESSES_MAX && facts->addresses[i]; i++)
        fprintf(out, "%s%s", i ? " " : "", facts->addresses[i]);
    if (!world_stale(sample->world, guest, sample->now_ns, why, sizeof(why), &since))
        why[0] = '\0';
    next_field(why, out);
    next_field(problem_now(sample->world, guest, sample->now_ns, &problem) ? problem.cause : "",
               out);
    next_field(guest_isolation(guest), out);
    fputc('\n', out);
}

void batch_csv_lines(const struct batch_sample *sample, FILE *out)
{
    char time[TIME_MAX];

    batch_time(time, sample->wall_ns);
    for (size_t i = 0; i < sample->listing->count; i++)
        put_guest(sample, sample->listing->rows[i], time, out);
}
