/* The simulated host through the backend contract, with a sink of the test's own. */
// sources: tests/unit/quiet_sink.c
#include <check.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "backend/backend.h"
#include "base/alloc.h"
#include "base/clock.h"

#define GUESTS_MAX 10001
#define PLACES_MAX 16
#define PERIOD (2 * NS_PER_S)

struct seen {
    struct facts facts;
    enum guest_state state;
    char reason[64], blame[64];
    struct sample sample, before;
};

struct sink {
    struct seen *guest; /* by handle */
    uint32_t count;
    enum source_state source;
    int source_calls, answered, storage_calls;
    struct storage_place place[PLACES_MAX]; /* its texts are not ours */
    char place_name[PLACES_MAX][32];
    size_t places;
    int64_t restarted_ns;
    struct host_sample host, host_before;
    uint32_t parts_of; /* 0: none were said */
    struct parts parts;
};

void sink_source(struct sink *sink, enum source_state state, const struct error *why,
                 const char *note)
{
    (void)why, (void)note;
    sink->source = state;
    sink->source_calls++;
}

void sink_daemon(struct sink *sink, int64_t restarted_ns)
{
    sink->restarted_ns = restarted_ns;
}

void sink_facts(struct sink *sink, const struct facts *facts)
{
    ck_assert_uint_gt(facts->handle, 0);
    ck_assert_uint_lt(facts->handle, GUESTS_MAX);
    struct seen *seen = &sink->guest[facts->handle];
    facts_clear(&seen->facts);
    facts_copy(&seen->facts, facts);
    if (facts->handle > sink->count)
        sink->count = facts->handle;
}

void sink_row(struct sink *sink, uint32_t handle, enum guest_state state, const char *reason,
              const char *blame, const struct sample *sample)
{
    ck_assert_uint_le(handle, sink->count);
    struct seen *seen = &sink->guest[handle];
    seen->state = state;
    snprintf(seen->reason, sizeof(seen->reason), "%s", reason ? reason : "");
    snprintf(seen->blame, sizeof(seen->blame), "%s", blame ? blame : "");
    seen->before = seen->sample;
    seen->sample = *sample;
}

void sink_gone(struct sink *sink, uint32_t handle)
{
    (void)sink, (void)handle;
    ck_abort_msg("simulated guests do not leave");
}

void sink_answered(struct sink *sink)
{
    sink->answered++;
}

void sink_host(struct sink *sink, const struct host_sample *sample)
{
    sink->host_before = sink->host;
    sink->host = *sample;
}

void sink_storage(struct sink *sink, const struct storage_report *report)
{
    sink->storage_calls++;
    for (size_t i = 0; i < report->places && i < PLACES_MAX; i++) {
        sink->place[i] = report->place[i];
        snprintf(sink->place_name[i], sizeof(sink->place_name[i]), "%s", report->place[i].name);
    }
    sink->places = report->places;
}

void sink_parts(struct sink *sink, uint32_t handle, const struct parts *parts)
{
    sink->parts_of = handle;
    parts_clear(&sink->parts);
    parts_copy(&sink->parts, parts);
}

struct world_of_test {
    struct backend *backend;
    struct sink sink;
    int64_t at;
};

static void setup(struct world_of_test *t, const char *spec)
{
    struct error err = {0};

    memset(t, 0, sizeof(*t));
    t->sink.guest = xcalloc(GUESTS_MAX, sizeof(*t->sink.guest));
    t->sink.source = SOURCE_CONNECTING;
    ck_assert_int_eq(backend_sim_ops.open(&t->backend, spec, &err), 0);
    t->at = 1000 * PERIOD;
}

static void tick(struct world_of_test *t)
{
    const struct want want = {.period_ns = PERIOD};

    backend_sim_ops.tick(t->backend, &want, &t->sink, t->at);
    t->at += PERIOD;
}

static void read_parts(struct world_of_test *t, uint32_t handle, unsigned kinds)
{
    const struct want want = {.period_ns = PERIOD, .selected = handle, .parts = kinds};

    t->sink.parts_of = 0;
    backend_parts(t->backend, &want, &t->sink);
}

static void teardown(struct world_of_test *t)
{
    parts_clear(&t->sink.parts);
    for (uint32_t i = 0; i < GUESTS_MAX; i++)
        facts_clear(&t->sink.guest[i].facts);
    free(t->sink.guest);
    backend_sim_ops.close(t->backend);
}

static struct seen *by_name(struct world_of_test *t, const char *name)
{
    for (uint32_t i = 1; i <= t->sink.count; i++)
        if (!strcmp(t->sink.guest[i].facts.name, name))
            return &t->sink.guest[i];
    ck_abort_msg("no guest %s", name);
}

static void refused(const char *spec, const char *word)
{
    struct backend *backend = NULL;
    struct error err = {0};

    ck_assert_int_eq(backend_sim_ops.open(&backend, spec, &err), ERR_USAGE);
    ck_assert_ptr_null(backend);
    ck_assert_msg(strstr(err.message, word), "'%s' does not name '%s'", err.message, word);
    ck_assert_ptr_null(strchr(err.message, '\n'));
}

START_TEST(bad_specs_name_the_word)
{
    refused("guests=ten", "guests=ten");
    refused("guests=10001", "guests=10001");
    refused("guests=-1", "guests=-1");
    refused("guests=", "guests=");
    refused("guests=5,machines=6", "machines=6");
    refused("machines=99999999999999999999", "machines");
    refused("seed=0x10", "seed=0x10");
    refused("clock=sundial", "clock=sundial");
    refused("colour=red", "colour=red");
    refused("seed=1,oops", "oops");
    refused("die@soon", "die@soon");
    refused("die@", "die@");
    refused("die@nan", "die@nan");
    refused("die@-1", "die@-1");
    refused("die@1e9", "die@1e9");
    refused("late@1x", "late@1x");
    refused("lost@5", "lost@5");
    refused("lost@5+", "lost@5+");
    refused("hang=db01", "hang=db01");
    refused("hang=@3", "hang=@3");
    refused("hang=nobody@3", "nobody");
    refused("crash=nobody@3", "nobody");
    refused("oom=@3", "oom=@3");
    refused("off=db01", "off=db01");
    refused("restarted=now", "restarted=now");
    refused("calm=1", "calm=1");
    refused("crash=a@1,crash=a@1,crash=a@1,crash=a@1,crash=a@1,crash=a@1,crash=a@1,crash=a@1,"
            "crash=a@1,crash=a@1,crash=a@1,crash=a@1,crash=a@1,crash=a@1,crash=a@1,crash=a@1,"
            "crash=a@9",
            "crash=a@9");
    refused("stubborn=", "stubborn=");
    refused("stubborn=nobody", "nobody");
    refused("%s%n", "%s%n");
}
END_TEST

START_TEST(counts_kinds_and_unique_names)
{
    struct world_of_test t;

    setup(&t, "guests=2000,machines=400,seed=3");
    tick(&t);
    ck_assert_uint_eq(t.sink.count, 2000);
    ck_assert_int_eq(t.sink.source, SOURCE_UP);
    ck_assert_int_eq(t.sink.answered, 1);
    uint32_t machines = 0;
    for (uint32_t i = 1; i <= 2000; i++) {
        const struct facts *facts = &t.sink.guest[i].facts;
        machines += facts->kind == KIND_MACHINE;
        for (uint32_t j = 1; j < i; j++) {
            const struct facts *other = &t.sink.guest[j].facts;
            if (!strcmp(facts->name, other->name) || !strcmp(facts->key, other->key))
                ck_abort_msg("two are called %s, %s", facts->name, facts->key);
        }
    }
    ck_assert_uint_eq(machines, 400);
    teardown(&t);

    setup(&t, "guests=0");
    tick(&t);
    ck_assert_uint_eq(t.sink.count, 0);
    ck_assert_int_eq(t.sink.answered, 1);
    teardown(&t);

    setup(&t, "guests=10000");
    tick(&t);
    tick(&t);
    ck_assert_uint_eq(t.sink.count, 10000);
    teardown(&t);
}
END_TEST

START_TEST(states_are_mixed)
{
    struct world_of_test t;
    int count[STATE_COUNT] = {0};

    setup(&t, "");
    tick(&t);
    for (uint32_t i = 1; i <= t.sink.count; i++) {
        const struct seen *seen = &t.sink.guest[i];
        count[seen->state]++;
        ck_assert_int_eq(seen->sample.at_ns != 0, state_is_live(seen->state));
        ck_assert_int_eq(*seen->facts.life != '\0',
                         state_is_live(seen->state) || seen->state == STATE_CRASHED);
    }
    ck_assert_int_gt(count[STATE_RUNNING], (int)t.sink.count / 2);
    ck_assert_int_ge(count[STATE_OFF], 1);
    ck_assert_int_eq(count[STATE_PAUSED], 2);
    ck_assert_int_eq(count[STATE_CRASHED], 1);
    ck_assert_int_eq(count[STATE_DENIED], 1);
    ck_assert_int_eq(count[STATE_BROKEN], 1);
    ck_assert_str_eq(by_name(&t, "backup")->reason, "no space left on vda");
    ck_assert_str_eq(by_name(&t, "backup")->facts.io_error_disk, "vda");
    ck_assert_str_eq(by_name(&t, "legacy")->reason, "frozen");
    ck_assert_uint_eq(by_name(&t, "guest-c1")->facts.can, 0);
    teardown(&t);
}
END_TEST

START_TEST(same_seed_same_figures)
{
    struct world_of_test a, b, other;
    bool differs = false;

    setup(&a, "guests=200,machines=20,seed=7");
    setup(&b, "guests=200,machines=20,seed=7");
    setup(&other, "guests=200,machines=20,seed=8");
    b.at += 77 * PERIOD; /* another real time */
    for (int i = 0; i < 5; i++) {
        tick(&a);
        tick(&b);
        tick(&other);
    }
    for (uint32_t i = 1; i <= 200; i++) {
        const struct sample *x = &a.sink.guest[i].sample, *y = &b.sink.guest[i].sample;
        ck_assert_uint_eq(x->valid, y->valid);
        ck_assert_mem_eq(x->value, y->value, sizeof(x->value));
        differs |= memcmp(x->value, other.sink.guest[i].sample.value, sizeof(x->value)) != 0;
    }
    ck_assert(differs);
    ck_assert_uint_eq(a.sink.host.total.user_ns, b.sink.host.total.user_ns);
    teardown(&a);
    teardown(&b);
    teardown(&other);
}
END_TEST

START_TEST(counters_grow_and_the_host_carries_them)
{
    enum {
        GAUGE,
        COUNTER
    };
#define FIELD_KIND(id, name, kind, unit) [FIELD_##id] = (kind),
    static const bool grows[FIELD_COUNT] = {FIELD_LIST(FIELD_KIND)};
#undef FIELD_KIND
    struct world_of_test t;

    setup(&t, "guests=500,machines=100");
    tick(&t);
    for (int i = 0; i < 200; i++) {
        tick(&t);
        uint64_t guests = 0, memory = 0;
        for (uint32_t g = 1; g <= t.sink.count; g++) {
            const struct sample *now = &t.sink.guest[g].sample, *then = &t.sink.guest[g].before;
            for (int f = 0; f < FIELD_COUNT; f++)
                if (grows[f] &&
                    now->value[f] < then->value[f]) /* a check writes a file each time */
                    ck_abort_msg("%s went back", field_name((enum field)f));
            guests += now->value[FIELD_CPU] - then->value[FIELD_CPU];
            memory += now->value[FIELD_MEM_HOST];
            if (sample_has(now, FIELD_MEM_LIMIT))
                ck_assert_uint_le(now->value[FIELD_MEM_USED], now->value[FIELD_MEM_LIMIT]);
        }
        const struct host_cpu *cpu = &t.sink.host.total, *old = &t.sink.host_before.total;
        uint64_t busy = cpu->user_ns + cpu->system_ns - old->user_ns - old->system_ns;
        uint64_t idle = cpu->idle_ns + cpu->iowait_ns - old->idle_ns - old->iowait_ns;
        ck_assert_uint_le(guests, busy + 1000);
        ck_assert_uint_gt(guests, 0);
        /* Eight CPUs for a period, to the microsecond. */
        ck_assert_int_lt(llabs((long long)(busy + idle) - 8 * PERIOD), 10000);
        ck_assert_uint_le(memory, t.sink.host.mem_total - t.sink.host.mem_available);
        for (int c = 0; c < t.sink.host.cpus; c++) {
            ck_assert_uint_ge(t.sink.host.cpu[c].user_ns, t.sink.host_before.cpu[c].user_ns);
            ck_assert_uint_ge(t.sink.host.cpu[c].idle_ns, t.sink.host_before.cpu[c].idle_ns);
        }
    }
    teardown(&t);
}
END_TEST

static double rate(const struct seen *seen, enum field field)
{
    return (double)(seen->sample.value[field] - seen->before.value[field]) /
           ((double)(seen->sample.at_ns - seen->before.at_ns) / 1e9);
}

START_TEST(a_fixed_clock_forgives_missed_ticks_and_holds)
{
    struct world_of_test a, b;

    setup(&a, "clock=fixed,hold=3");
    setup(&b, "clock=fixed,hold=3");
    for (int i = 0; i < 12; i++) {
        tick(&a);
        b.at += (i % 3) * PERIOD; /* a loaded machine */
        tick(&b);
    }
    struct seen *x = by_name(&a, "db01"), *y = by_name(&b, "db01");
    ck_assert_double_eq_tol(rate(x, FIELD_CPU), rate(y, FIELD_CPU), 10);
    ck_assert_double_gt(rate(x, FIELD_CPU), 0);
    ck_assert_uint_eq(x->sample.value[FIELD_UPTIME], y->sample.value[FIELD_UPTIME]);
    ck_assert_uint_eq(a.sink.host.uptime_s, b.sink.host.uptime_s);
    ck_assert_str_eq(a.sink.host.name, "sim");
    double held = rate(x, FIELD_DISK_WRITE);
    tick(&a);
    ck_assert_double_eq_tol(rate(x, FIELD_DISK_WRITE), held, 1);
    teardown(&a);
    teardown(&b);
}
END_TEST

START_TEST(a_hung_guest_is_blamed_and_others_go_on)
{
    struct world_of_test t;

    setup(&t, "hang=db01@4");
    tick(&t);
    tick(&t);
    ck_assert_str_eq(by_name(&t, "db01")->blame, "");
    tick(&t);
    ck_assert_str_eq(by_name(&t, "db01")->blame, "QEMU stopped");
    ck_assert_int_eq(by_name(&t, "db01")->sample.at_ns, 0);
    ck_assert_int_ne(by_name(&t, "web1")->sample.at_ns, 0);
    ck_assert_str_eq(by_name(&t, "web1")->blame, "");
    teardown(&t);
}
END_TEST

START_TEST(faults_strike_when_they_are_due)
{
    struct world_of_test t;

    setup(&t, "calm,clock=fixed,restarted=58,crash=db01@2,nospace=web1@2,"
              "oom=mail@0,oom=mail@2,tasks=mail@2,off=cache1@2");
    tick(&t);
    ck_assert_int_eq(t.sink.restarted_ns, 1000 * PERIOD - 58 * NS_PER_S);
    for (uint32_t i = 1; i <= t.sink.count; i++)
        ck_assert_int_eq(t.sink.guest[i].state, STATE_RUNNING);
    ck_assert_uint_eq(by_name(&t, "mail")->sample.value[FIELD_OOM_KILLS], 1);
    tick(&t);
    ck_assert_int_eq(by_name(&t, "db01")->state, STATE_CRASHED);
    ck_assert_int_eq(by_name(&t, "web1")->state, STATE_PAUSED);
    ck_assert_str_eq(by_name(&t, "web1")->reason, "no space left on vda");
    ck_assert_str_eq(by_name(&t, "web1")->facts.io_error_disk, "vda");
    ck_assert(by_name(&t, "web1")->facts.io_error_no_space);
    ck_assert_uint_eq(by_name(&t, "mail")->sample.value[FIELD_OOM_KILLS], 2);
    ck_assert_uint_eq(by_name(&t, "mail")->sample.value[FIELD_PIDS_LIMIT_HITS], 1);
    ck_assert_int_eq(by_name(&t, "cache1")->state, STATE_OFF);
    ck_assert_int_eq(by_name(&t, "cache1")->facts.autostart, 1);
    ck_assert_str_eq(by_name(&t, "cache1")->facts.life, "");
    tick(&t);
    ck_assert_uint_eq(by_name(&t, "mail")->sample.value[FIELD_OOM_KILLS], 2);
    teardown(&t);
}
END_TEST

static const struct storage_place *place(struct world_of_test *t, const char *name)
{
    for (size_t i = 0; i < t->sink.places; i++)
        if (!strcmp(t->sink.place_name[i], name))
            return &t->sink.place[i];
    ck_abort_msg("no place %s", name);
}

START_TEST(a_place_is_filled_and_freed)
{
    struct world_of_test t;

    setup(&t, "guests=60,fill=images@4,free=images@40");
    tick(&t);
    uint64_t before = place(&t, "/srv/images")->avail;
    ck_assert_str_eq(by_name(&t, "db01")->facts.disks[0].target, "vda");
    ck_assert_ptr_nonnull(strstr(by_name(&t, "db01")->facts.disks[0].source, "/srv/images/"));
    for (int i = 0; i < 7; i++)
        tick(&t);
    ck_assert_uint_lt(place(&t, "/srv/images")->avail, before);
    ck_assert_uint_gt(place(&t, "/srv/images")->avail, 0);
    ck_assert_int_eq(by_name(&t, "db01")->state, STATE_RUNNING);
    for (int i = 0; i < 8; i++)
        tick(&t);
    ck_assert_uint_eq(place(&t, "images")->avail, 0);
    ck_assert_int_eq(by_name(&t, "db01")->state, STATE_PAUSED);
    ck_assert_str_eq(by_name(&t, "db01")->reason, "no space left on vda");
    for (int i = 0; i < 6; i++)
        tick(&t);
    ck_assert_uint_eq(place(&t, "images")->avail, before);
    ck_assert_int_eq(by_name(&t, "db01")->state, STATE_PAUSED); /* nobody resumed it */
    teardown(&t);
}
END_TEST

START_TEST(a_place_becomes_read_only_or_dead)
{
    struct world_of_test t;

    setup(&t, "guests=60,readonly=/srv/images@4,deadmount=/mnt/nfs@4");
    tick(&t);
    ck_assert(!place(&t, "images")->read_only && place(&t, "/mnt/nfs")->silent_since_ns == 0);
    for (int i = 0; i < 4; i++)
        tick(&t);
    ck_assert(place(&t, "images")->read_only_fault);
    ck_assert_str_eq(by_name(&t, "db01")->reason, "I/O error on vda");
    ck_assert(place(&t, "/mnt/nfs")->silent_since_ns > 0);
    ck_assert(place(&t, "/mnt/nfs")->at_ns < place(&t, "/")->at_ns);
    int hanging = 0;
    for (uint32_t i = 1; i <= t.sink.count; i++)
        hanging += !strcmp(t.sink.guest[i].blame, "QEMU in D state");
    ck_assert_int_gt(hanging, 0);
    teardown(&t);
}
END_TEST

START_TEST(a_lost_source_comes_back)
{
    struct world_of_test t;

    setup(&t, "lost@4+4");
    tick(&t);
    tick(&t);
    ck_assert_int_eq(t.sink.source, SOURCE_UP);
    int64_t before = by_name(&t, "web1")->sample.at_ns;
    tick(&t);
    ck_assert_int_eq(t.sink.source, SOURCE_LOST);
    ck_assert_int_eq(by_name(&t, "web1")->sample.at_ns, before);
    tick(&t);
    tick(&t);
    ck_assert_int_eq(t.sink.source, SOURCE_UP);
    ck_assert_int_gt(by_name(&t, "web1")->sample.at_ns, before);
    teardown(&t);
}
END_TEST

START_TEST(the_worker_dies_and_writes_garbage_on_time)
{
    int pipe_fds[2], status = 0;
    unsigned char garbage[512];

    ck_assert_int_eq(pipe(pipe_fds), 0);
    pid_t pid = fork();
    if (pid == 0) {
        struct world_of_test t;
        setup(&t, "garbage@2,die@6");
        if (pipe_fds[1] != 3)
            dup2(pipe_fds[1], 3);
        for (int i = 0; i < 3; i++)
            tick(&t);
        tick(&t);
        _exit(0); /* not reached: it died in the tick before */
    }
    close(pipe_fds[1]);
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert(WIFEXITED(status));
    ck_assert_int_eq(WEXITSTATUS(status), 9);
    /* The test library may write to its own descriptor 3 as well. */
    int count = 0;
    for (ssize_t len; (len = read(pipe_fds[0], garbage, sizeof(garbage))) > 0;)
        for (ssize_t i = 0; i < len; i++)
            count += garbage[i] == 0xff;
    ck_assert_int_eq(count, 256);
    close(pipe_fds[0]);
}
END_TEST

START_TEST(long_names_are_there)
{
    struct world_of_test t;
    size_t longer = 0;

    setup(&t, "guests=20,machines=6,long");
    tick(&t);
    for (uint32_t i = 1; i <= t.sink.count; i++)
        longer += strstr(t.sink.guest[i].facts.name, ".production") != NULL;
    ck_assert_uint_eq(longer, 10);
    teardown(&t);
}
END_TEST

START_TEST(hostile_names_are_there)
{
    struct world_of_test t;
    bool escape = false, newline = false, longest = false, dash = false, c1 = false;

    setup(&t, "guests=100,hostile");
    tick(&t);
    for (uint32_t i = 1; i <= t.sink.count; i++) {
        const char *name = t.sink.guest[i].facts.name;
        escape |= strchr(name, '\033') != NULL;
        newline |= strchr(name, '\n') != NULL;
        longest |= strlen(name) > 5000;
        dash |= name[0] == '-';
        c1 |= strstr(name, "\302\233") != NULL;
    }
    ck_assert(escape && newline && longest && dash && c1);
    teardown(&t);

    setup(&t, "guests=3,hostile"); /* fewer guests than names */
    tick(&t);
    teardown(&t);
}
END_TEST

/* A job beside its worker: both need one parent, whose pid is in the socket's name, so it is a
 * thread of this process. */
struct job {
    struct backend *backend;
    struct frame_do request;
    struct error err;
    int code, done_fd;
};

static void quiet_say(struct progress *progress, const char *text, int percent)
{
    (void)progress, (void)text, (void)percent;
}

static void *run_job(void *arg)
{
    struct job *job = arg;
    struct progress progress = {.say = quiet_say};

    job->code = backend_sim_ops.act(job->backend, &job->request, &progress, &job->err);
    close(job->done_fd);
    return NULL;
}

static int job(struct world_of_test *t, enum action action, const char *name, const char *life,
               int timeout_s, struct error *ret)
{
    const struct want want = {.period_ns = PERIOD};
    struct seen *guest = by_name(t, name);
    struct job job = {.backend = t->backend};
    pthread_t thread;
    int fds[2];

    /* Copies: the guest's facts change under the job. */
    job.request = (struct frame_do){.action = action,
                                    .key = xstrdup(guest->facts.key),
                                    .life = xstrdup(life ? life : guest->facts.life),
                                    .timeout_s = timeout_s};
    ck_assert_int_eq(pipe(fds), 0);
    job.done_fd = fds[1];
    ck_assert_int_eq(pthread_create(&thread, NULL, run_job, &job), 0);
    for (;;) {
        struct pollfd poll_fds[BACKEND_POLL_MAX + 1];
        size_t count = backend_sim_ops.poll_fds(t->backend, poll_fds);
        ck_assert_uint_eq(count, 1);
        poll_fds[count] = (struct pollfd){.fd = fds[0], .events = POLLIN};
        ck_assert_int_gt(poll(poll_fds, (nfds_t)count + 1, 20000), 0);
        if (poll_fds[0].revents)
            backend_sim_ops.ready(t->backend, &want, &t->sink, poll_fds, 1);
        if (poll_fds[count].revents)
            break;
    }
    close(fds[0]);
    pthread_join(thread, NULL);
    free(job.request.key);
    free(job.request.life);
    *ret = job.err;
    return job.code;
}

START_TEST(jobs_change_the_simulated_guests)
{
    struct world_of_test t;
    struct error err;

    setup(&t, "stubborn=web1");
    tick(&t);
    struct seen *db = by_name(&t, "db01");
    ck_assert_int_eq(job(&t, ACTION_SHUTDOWN, "db01", NULL, 10, &err), 0);
    ck_assert_int_eq(db->state, STATE_OFF);
    ck_assert_str_eq(db->facts.life, "");
    ck_assert_int_eq(job(&t, ACTION_SHUTDOWN, "db01", NULL, 10, &err), ERR_BUSY);
    ck_assert(strstr(err.message, "off"));
    ck_assert_int_eq(job(&t, ACTION_START, "db01", NULL, 10, &err), 0);
    ck_assert_int_eq(db->state, STATE_RUNNING);
    ck_assert_str_eq(db->facts.life, "2");
    ck_assert_int_eq(job(&t, ACTION_FORCE_OFF, "db01", "1", 10, &err), ERR_CHANGED);
    ck_assert_int_eq(db->state, STATE_RUNNING);

    ck_assert_int_eq(job(&t, ACTION_PAUSE, "db01", NULL, 10, &err), 0);
    ck_assert_int_eq(db->state, STATE_PAUSED);
    ck_assert_int_eq(job(&t, ACTION_RESUME, "db01", NULL, 10, &err), 0);
    ck_assert_int_eq(db->state, STATE_RUNNING);
    int autostart = db->facts.autostart;
    ck_assert_int_eq(
        job(&t, autostart ? ACTION_AUTOSTART_OFF : ACTION_AUTOSTART_ON, "db01", NULL, 10, &err), 0);
    ck_assert_int_eq(db->facts.autostart, !autostart);

    ck_assert_int_eq(job(&t, ACTION_SHUTDOWN, "web1", NULL, 1, &err), ERR_TIMEOUT);
    ck_assert_int_eq(by_name(&t, "web1")->state, STATE_RUNNING);
    ck_assert_int_eq(job(&t, ACTION_FORCE_OFF, "web1", NULL, 1, &err), 0);
    ck_assert_int_eq(by_name(&t, "web1")->state, STATE_OFF);
    ck_assert_int_eq(job(&t, ACTION_START, "test-vm1", NULL, 10, &err), ERR_BUSY);
    ck_assert_int_eq(job(&t, ACTION_RESET, "test-vm1", NULL, 10, &err), 0);
    ck_assert_int_eq(by_name(&t, "test-vm1")->state, STATE_RUNNING);
    ck_assert_int_eq(job(&t, ACTION_FORCE_OFF, "guest-c1", NULL, 1, &err), ERR_DENIED);
    tick(&t);
    teardown(&t);
}
END_TEST

START_TEST(a_job_without_a_worker_says_so)
{
    struct world_of_test t;
    struct error err = {0};
    struct frame_do request = {.action = ACTION_START, .key = "vm-00001", .life = "", .name = "x"};
    struct progress progress = {.say = quiet_say};

    setup(&t, "");
    ck_assert_int_eq(backend_sim_ops.act(t.backend, &request, &progress, &err), ERR_LOST);
    ck_assert_str_ne(err.message, "");
    teardown(&t);
}
END_TEST

static uint64_t sum(const struct parts *parts, unsigned kinds, enum part_field field)
{
    uint64_t total = 0;

    for (size_t i = 0; i < parts->count; i++)
        if (kinds & PART_BIT(parts->part[i].kind) && part_has(&parts->part[i], field))
            total += parts->part[i].value[field];
    return total;
}

/* Whatever kind of guest, at any time: what its parts have is what its row has. */
START_TEST(parts_add_up_to_the_row)
{
    const unsigned all = PART_BIT(PART_KINDS) - 1;
    const unsigned threads =
        PART_BIT(PART_VCPU) | PART_BIT(PART_EMULATOR) | PART_BIT(PART_IOTHREAD);
    struct world_of_test t;

    setup(&t, "guests=40,machines=20,calm");
    for (int turn = 0; turn < 5; turn++) {
        tick(&t);
        for (uint32_t i = 1; i <= t.sink.count; i++) {
            const struct sample *row = &t.sink.guest[i].sample;
            bool machine = t.sink.guest[i].facts.kind == KIND_MACHINE;
            read_parts(&t, i, all);
            ck_assert_uint_eq(t.sink.parts_of, i);
            const struct parts *parts = &t.sink.parts;
            unsigned cpu = machine ? threads : PART_BIT(PART_PROCESS);
            ck_assert_uint_eq(sum(parts, cpu, PART_FIELD_CPU), row->value[FIELD_CPU]);
            ck_assert_uint_eq(sum(parts, all, PART_FIELD_READ), row->value[FIELD_DISK_READ]);
            ck_assert_uint_eq(sum(parts, all, PART_FIELD_WRITE_OPS),
                              row->value[FIELD_DISK_WRITE_OPS]);
            ck_assert_uint_eq(sum(parts, all, PART_FIELD_RX), row->value[FIELD_NET_RX]);
            ck_assert_uint_eq(sum(parts, PART_BIT(PART_MEMORY), PART_FIELD_USED),
                              row->value[FIELD_MEM_USED]);
            if (machine)
                ck_assert_uint_eq(sum(parts, threads, PART_FIELD_WAIT), row->value[FIELD_CPU_WAIT]);
            for (size_t k = 1; k < parts->count; k++)
                ck_assert_int_ge(parts->part[k].kind, parts->part[k - 1].kind);
            ck_assert_int_eq(parts->part[0].at_ns, row->at_ns);
        }
    }
    teardown(&t);
}
END_TEST

START_TEST(guests_have_configurations)
{
    struct frame_ask ask = {.question = (char *)"configuration", .key = (char *)"vm-00001"};
    struct frame_answer answer = {0};
    struct error err = {0};
    struct world_of_test t;

    setup(&t, "guests=2,machines=1");
    tick(&t);
    ask.key = t.sink.guest[1].facts.key;
    ck_assert_int_eq(backend_sim_ops.ask(t.backend, &ask, &answer, &err), 0);
    ck_assert_ptr_nonnull(strstr(answer.text, "<domain "));
    free(answer.text);
    ask.key = t.sink.guest[2].facts.key;
    ck_assert_int_eq(backend_sim_ops.ask(t.backend, &ask, &answer, &err), 0);
    ck_assert_ptr_nonnull(strstr(answer.text, "lxc.uts.name = "));
    free(answer.text);
    ask.key = (char *)"nobody";
    ck_assert_int_eq(backend_sim_ops.ask(t.backend, &ask, &answer, &err), ERR_GONE);
    ask.question = (char *)"weather";
    ck_assert_int_eq(backend_sim_ops.ask(t.backend, &ask, &answer, &err), ERR_UNSUPPORTED);
    teardown(&t);
}
END_TEST

START_TEST(parts_are_read_when_wanted)
{
    struct world_of_test t;

    setup(&t, "guests=4,machines=2,calm");
    read_parts(&t, 1, PART_BIT(PART_DISK)); /* before the first tick */
    ck_assert_uint_eq(t.sink.parts_of, 0);
    tick(&t);
    read_parts(&t, 1, 0);
    ck_assert_uint_eq(t.sink.parts_of, 0);
    read_parts(&t, 0, PART_BIT(PART_DISK));
    ck_assert_uint_eq(t.sink.parts_of, 0);
    read_parts(&t, 5, PART_BIT(PART_DISK)); /* nobody's handle */
    ck_assert_uint_eq(t.sink.parts_of, 0);
    read_parts(&t, 3, PART_BIT(PART_DISK) | PART_BIT(PART_MEMORY));
    ck_assert_uint_eq(t.sink.parts_of, 3);
    for (size_t i = 0; i < t.sink.parts.count; i++)
        ck_assert(t.sink.parts.part[i].kind == PART_DISK ||
                  t.sink.parts.part[i].kind == PART_MEMORY);
    teardown(&t);

    setup(&t, "");
    tick(&t);
    struct seen *off = by_name(&t, "old1");
    read_parts(&t, (uint32_t)(off - t.sink.guest), PART_BIT(PART_DISK));
    ck_assert_uint_eq(t.sink.parts_of, 0);
    teardown(&t);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("backend/sim");
    TCase *tests = tcase_create("sim");

    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, bad_specs_name_the_word);
    tcase_add_test(tests, parts_add_up_to_the_row);
    tcase_add_test(tests, parts_are_read_when_wanted);
    tcase_add_test(tests, guests_have_configurations);
    tcase_add_test(tests, counts_kinds_and_unique_names);
    tcase_add_test(tests, states_are_mixed);
    tcase_add_test(tests, same_seed_same_figures);
    tcase_add_test(tests, counters_grow_and_the_host_carries_them);
    tcase_add_test(tests, a_fixed_clock_forgives_missed_ticks_and_holds);
    tcase_add_test(tests, a_hung_guest_is_blamed_and_others_go_on);
    tcase_add_test(tests, a_place_is_filled_and_freed);
    tcase_add_test(tests, a_place_becomes_read_only_or_dead);
    tcase_add_test(tests, a_lost_source_comes_back);
    tcase_add_test(tests, the_worker_dies_and_writes_garbage_on_time);
    tcase_add_test(tests, long_names_are_there);
    tcase_add_test(tests, hostile_names_are_there);
    tcase_add_test(tests, faults_strike_when_they_are_due);
    tcase_add_test(tests, jobs_change_the_simulated_guests);
    tcase_add_test(tests, a_job_without_a_worker_says_so);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
