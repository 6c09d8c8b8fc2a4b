#include "batch/batch.h"

#include <errno.h>
#include <langinfo.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/confine.h"
#include "base/io.h"
#include "base/text.h"
#include "batch/output.h"
#include "model/part.h"

#define FIRST_ANSWER_NS (5 * NS_PER_S)
#define SETTLE_NS (10 * NS_PER_MS) /* rows of one tick may come in two frames */
#define ROWS_WAIT_NS NS_PER_S      /* after a tick, for a source that is slower than usual */

/* How a run can end before its samples are out. */
enum stop {
    STOP_NOT,
    STOP_SIGNAL,
    STOP_OUTPUT,
    STOP_BROKEN
};

struct batch {
    struct engine *engine;
    const struct options *options;
    struct query *filter; /* NULL: all */
    struct listing listing;
    struct pollfd *fds;
    size_t fds_max;
    bool header_written, matched, failed;
    bool *complained; /* a source each */
    enum stop stop;
};

static volatile sig_atomic_t caught;

static void on_signal(int number)
{
    caught = number;
}

static const int ending[] = {SIGINT, SIGTERM, SIGHUP};

static void catch_signals(void)
{
    /* The second one ends us the hard way: a reader may never take the line under way. */
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND};
    struct sigaction old;

    caught = 0;
    for (size_t i = 0; i < ARRAY_SIZE(ending); i++) {
        /* nohup ignores some for us: so be it. */
        if (sigaction(ending[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN)
            sigaction(ending[i], &action, NULL);
    }
    signal(SIGPIPE, SIG_IGN); /* EPIPE says it too, and between two lines */
}

/* What errno says ends this run. */
static void give_up(struct batch *batch, const char *what)
{
    fprintf(stderr, "vctop: %s: %s\n", what, strerror(errno));
    batch->failed = true;
    batch->stop = STOP_OUTPUT;
}

/* Waits for the engine or until DEADLINE and lets it work. */
static void turn(struct batch *batch, int64_t deadline)
{
    sigset_t blocked, old;
    size_t count;
    int64_t now = clock_mono_ns(), wait = deadline > now ? deadline - now : 0;
    int ms = engine_timeout_ms(batch->engine, now);
    struct timespec timeout;

    if (ms >= 0 && ms * NS_PER_MS < wait)
        wait = ms * NS_PER_MS;
    timeout = (struct timespec){.tv_sec = wait / NS_PER_S, .tv_nsec = wait % NS_PER_S};
    /* Standard output too: a reader that left shows as POLLERR though nothing is written. */
    batch->fds[0] = (struct pollfd){.fd = STDOUT_FILENO};
    count = engine_poll_fds(batch->engine, batch->fds + 1, batch->fds_max - 1);

    /* A signal between the look at CAUGHT and the wait must not be lost. */
    sigemptyset(&blocked);
    for (size_t i = 0; i < ARRAY_SIZE(ending); i++)
        sigaddset(&blocked, ending[i]);
    sigprocmask(SIG_BLOCK, &blocked, &old);
    if (!caught && ppoll(batch->fds, count + 1, &timeout, &old) < 0) {
        if (io_cannot_wait())
            give_up(batch, "cannot wait");
        for (size_t i = 0; i < count + 1; i++)
            batch->fds[i].revents = 0;
    }
    sigprocmask(SIG_SETMASK, &old, NULL);
    if (caught)
        batch->stop = STOP_SIGNAL;
    else if (batch->fds[0].revents & POLLERR)
        batch->stop = STOP_OUTPUT;
    else if (engine_dispatch(batch->engine, batch->fds + 1, count, clock_mono_ns()) & ENGINE_BROKEN)
        batch->stop = STOP_BROKEN;
}

static bool is_good(const struct source *source)
{
    return source->state == SOURCE_UP && source->answered;
}

/* Nothing more will come soon: it answered, or says that it cannot. */
static bool is_settled(const struct source *source)
{
    return is_good(source) || source->state == SOURCE_DENIED || source->state == SOURCE_ABSENT ||
           source->state == SOURCE_FAILED;
}

static void wait_for_sources(struct batch *batch)
{
    const struct world *world = engine_world(batch->engine);
    int64_t deadline = clock_mono_ns() + FIRST_ANSWER_NS;

    while (!batch->stop && clock_mono_ns() < deadline) {
        size_t settled = 0;

        for (size_t i = 0; i < world_source_count(world); i++)
            settled += is_settled(world_source_at(world, i));
        if (settled == world_source_count(world))
            return;
        turn(batch, deadline);
    }
}

static void complain(const struct source *source)
{
    fprintf(stderr, "vctop: %s: %s%s%s%s\n", source->name,
            source->error                        ? source->error
            : source->state == SOURCE_CONNECTING ? "no answer within 5 s"
                                                 : source_state_name(source->state),
            source->remedy ? " (" : "", source->remedy ? source->remedy : "",
            source->remedy ? ")" : "");
}

/* Says of each source once that it does not work; one that was named costs the exit status. */
static void look_at_sources(struct batch *batch)
{
    const struct world *world = engine_world(batch->engine);

    for (size_t i = 0; i < world_source_count(world); i++) {
        const struct source *source = world_source_at(world, i);

        if (is_good(source))
            continue;
        batch->failed |= source->explicit_;
        /* What is not installed and was not asked for is no news. */
        if (batch->complained[i] || (source->state == SOURCE_ABSENT && !source->explicit_))
            continue;
        complain(source);
        batch->complained[i] = true;
    }
}

static bool any_good(const struct batch *batch)
{
    const struct world *world = engine_world(batch->engine);

    for (size_t i = 0; i < world_source_count(world); i++) {
        if (is_good(world_source_at(world, i)))
            return true;
    }
    return false;
}

static void list_guests(struct batch *batch)
{
    const struct options *options = batch->options;
    /* A table for people is as on the screen; data come in the order that was asked for. */
    struct listing_order order = {.key = METRIC_CPU,
                                  .inverted = options->inverted,
                                  .problems_first = options->format == OUTPUT_TEXT};
    CLEANUP_FREE struct guest_id *visible = NULL;

    if (options->sort)
        order.key = sort_key_from_name(options->sort);
    listing_build(&batch->listing, engine_world(batch->engine), LIST_BOTH, batch->filter, order,
                  clock_mono_ns());
    visible = xcalloc(batch->listing.count + 1, sizeof(*visible));
    for (size_t i = 0; i < batch->listing.count; i++)
        visible[i] = batch->listing.rows[i]->id; /* borrowed: the engine copies */
    /* Of one guest that was asked for, all of its parts; only JSON has room for them. */
    bool alone = options->filter && options->format == OUTPUT_JSON && batch->listing.count == 1;
    engine_want(batch->engine, visible, batch->listing.count, alone ? &visible[0] : NULL);
    unsigned times = options->format == OUTPUT_JSON ? PARTS_DISK_TIMES : 0;
    engine_want_parts(batch->engine, times | (alone ? PARTS_ALL : 0));
    batch->matched |= batch->listing.count > 0;
}

/* All of a sample or nothing, so that lines are whole; a signal between two writes waits. */
static void write_out(struct batch *batch, const char *text, size_t len)
{
    while (len > 0) {
        ssize_t done = write(STDOUT_FILENO, text, len);

        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0 && errno == EAGAIN) { /* somebody else made our pipe nonblocking */
            struct pollfd out = {.fd = STDOUT_FILENO, .events = POLLOUT};
            if (poll(&out, 1, -1) >= 0 || !io_cannot_wait())
                continue;
        }
        if (done < 0) {
            if (errno != EPIPE)
                give_up(batch, "standard output");
            batch->stop = STOP_OUTPUT;
            return;
        }
        text += done;
        len -= (size_t)done;
    }
}

static int terminal_width(void)
{
    struct winsize size;

    return isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

static void write_sample(struct batch *batch, double interval_s)
{
    enum output_format format = batch->options->format;
    bool ascii = batch->options->ascii ||
                 (format == OUTPUT_TEXT && strcmp(nl_langinfo(CODESET), "UTF-8") != 0);
    struct batch_sample sample = {.world = engine_world(batch->engine),
                                  .listing = &batch->listing,
                                  .now_ns = clock_mono_ns(),
                                  .wall_ns = clock_wall_ns(),
                                  .interval_s = interval_s,
                                  .ascii = ascii,
                                  .width = terminal_width()};
    CLEANUP_FREE char *text = NULL;
    size_t len = 0;
    FILE *out;

    list_guests(batch);
    out = open_memstream(&text, &len);
    if (!out) {
        batch->stop = STOP_BROKEN;
        return;
    }
    if (format == OUTPUT_JSON) {
        batch_json_line(&sample, out);
    } else if (format == OUTPUT_CSV) {
        if (!batch->header_written)
            batch_csv_header(out);
        batch->header_written = true;
        batch_csv_lines(&sample, out);
    } else {
        batch_text(&sample, out);
    }
    fclose(out);
    if (ascii && format != OUTPUT_JSON)
        text_to_ascii(text);
    write_out(batch, text, strlen(text));
}

/* Until every source has given the rows of TICK, or is too slow for it: the LAST one keeps no other
 * waiting. */
static void wait_for_tick(struct batch *batch, int64_t tick, bool last)
{
    int64_t half = batch->options->period_ns / 2;
    int64_t deadline = tick + (last || half > ROWS_WAIT_NS ? ROWS_WAIT_NS : half);

    while (!batch->stop && clock_mono_ns() < tick)
        turn(batch, tick);
    while (!batch->stop && clock_mono_ns() < deadline && !engine_sampled_since(batch->engine, tick))
        turn(batch, deadline);
    deadline = clock_mono_ns() + SETTLE_NS;
    while (!batch->stop && clock_mono_ns() < deadline)
        turn(batch, deadline);
}

/* The first sample of each worker is the baseline; what is printed falls on ticks of the period. */
static void sample_loop(struct batch *batch)
{
    int64_t period = batch->options->period_ns;
    int64_t start = clock_mono_ns();
    /* Half a period at least, so that the first rates are no noise. */
    int64_t tick = clock_next_tick(start + period / 2, period);
    int64_t interval = tick - start < period ? tick - start : period;

    for (long i = 0; !batch->options->iterations || i < batch->options->iterations; i++) {
        wait_for_tick(batch, tick, i + 1 == batch->options->iterations);
        if (batch->stop)
            return;
        look_at_sources(batch);
        write_sample(batch, (double)interval / NS_PER_S);
        interval = period;
        tick = clock_next_tick(clock_mono_ns(), period);
    }
}

static int status(const struct batch *batch)
{
    if (batch->stop == STOP_BROKEN) {
        fputs("vctop: own spawner died (start vctop again)\n", stderr);
        return 1;
    }
    if (batch->failed)
        return 1;
    if (batch->stop == STOP_SIGNAL)
        return 128 + caught;
    if (batch->stop == STOP_OUTPUT)
        return 0;
    return batch->options->filter && !batch->matched ? 3 : 0;
}

int batch_run(struct engine *engine, const struct options *options)
{
    size_t sources = world_source_count(engine_world(engine));
    struct batch batch = {.engine = engine, .options = options, .fds_max = sources * 2 + 16};
    int ret;

    catch_signals();
    confine_front();
    if (options->filter)
        batch.filter = query_new(options->filter, NULL); /* it was tried before */
    batch.fds = xcalloc(batch.fds_max, sizeof(*batch.fds));
    batch.complained = xcalloc(sources + 1, sizeof(*batch.complained));
    wait_for_sources(&batch);
    if (!batch.stop) {
        look_at_sources(&batch);
        if (any_good(&batch)) {
            list_guests(&batch);
            sample_loop(&batch);
        } else {
            fputs("vctop: nothing could be sampled\n", stderr);
            batch.failed = true;
        }
    }
    ret = status(&batch);
    listing_clear(&batch.listing);
    query_free(batch.filter);
    free(batch.fds);
    free(batch.complained);
    return ret;
}
