/* The backend against libvirt's in-memory test driver: no daemon, nothing real. */
// clang-format off
// sources: tests/unit/quiet_sink.c src/backend/libvirt/libvirt.c src/backend/libvirt/act.c src/backend/libvirt/identity.c src/backend/libvirt/console.c src/backend/libvirt/screen.c src/backend/libvirt/stream.c src/backend/libvirt/chardev.c src/backend/libvirt/ask.c src/backend/libvirt/agent.c src/backend/libvirt/balloons.c src/backend/libvirt/daemon.c src/backend/libvirt/definition.c src/backend/libvirt/isolation.c src/backend/libvirt/event_words.c src/backend/libvirt/events.c src/backend/libvirt/find.c src/backend/libvirt/guests.c src/backend/libvirt/inbox.c src/backend/libvirt/list.c src/backend/libvirt/local.c src/backend/libvirt/loop.c src/backend/libvirt/monitor.c src/backend/libvirt/parts.c src/backend/libvirt/statistics.c src/backend/libvirt/owner.c src/backend/libvirt/pools.c src/backend/libvirt/question.c src/backend/libvirt/remarks.c src/backend/libvirt/restart.c src/backend/libvirt/round.c src/backend/libvirt/row.c src/backend/libvirt/snapshot.c src/backend/libvirt/uri.c src/backend/libvirt/wait.c src/backend/libvirt/words.c
// libraries: LIBXML LIBVIRT
// clang-format on
#include "backend/libvirt/libvirt.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "backend/libvirt/find.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/watched.h"

#define GUESTS_MAX 16
#define PLACES_MAX 4
#define DEFAULT_UUID "6695eb01-f6a4-8304-79aa-97f2502e193f"

/* What was said last. */
struct sink {
    enum source_state state;
    struct error why;
    struct facts facts[GUESTS_MAX]; /* by handle */
    enum guest_state guest_state[GUESTS_MAX];
    char reason[GUESTS_MAX][64];
    struct sample sample[GUESTS_MAX];
    bool gone[GUESTS_MAX];
    int answered, orphans, facts_said;
    size_t places;
    char place[PLACES_MAX][128];
    uint32_t parts_of; /* 0: none were said */
    struct parts parts;
};

void sink_source(struct sink *sink, enum source_state state, const struct error *why,
                 const char *note)
{
    (void)note;
    sink->state = state;
    if (why)
        sink->why = *why;
}

void sink_daemon(struct sink *sink, int64_t restarted_ns)
{
    (void)sink;
    ck_assert_int_eq(restarted_ns, 0);
}

void sink_facts(struct sink *sink, const struct facts *facts)
{
    ck_assert_uint_lt(facts->handle, GUESTS_MAX);
    facts_clear(&sink->facts[facts->handle]);
    facts_copy(&sink->facts[facts->handle], facts);
    sink->facts_said++;
}

void sink_row(struct sink *sink, uint32_t handle, enum guest_state state, const char *reason,
              const char *blame, const struct sample *sample)
{
    ck_assert_ptr_null(blame);
    ck_assert_uint_lt(handle, GUESTS_MAX);
    if (!sink->facts[handle].key)
        sink->orphans++;
    sink->guest_state[handle] = state;
    snprintf(sink->reason[handle], sizeof(sink->reason[handle]), "%s", reason ? reason : "");
    sink->sample[handle] = *sample;
}

void sink_gone(struct sink *sink, uint32_t handle)
{
    sink->gone[handle] = true;
}

void sink_answered(struct sink *sink)
{
    sink->answered++;
}

void sink_storage(struct sink *sink, const struct storage_report *report)
{
    ck_assert_uint_le(report->places, PLACES_MAX);
    sink->places = report->places;
    for (size_t i = 0; i < report->places; i++)
        snprintf(sink->place[i], sizeof(sink->place[i]), "%s %s %llu %llu", report->place[i].name,
                 report->place[i].path ? report->place[i].path : "-",
                 (unsigned long long)report->place[i].total,
                 (unsigned long long)report->place[i].avail);
}

void sink_parts(struct sink *sink, uint32_t handle, const struct parts *parts)
{
    sink->parts_of = handle;
    parts_clear(&sink->parts);
    parts_copy(&sink->parts, parts);
}

void sink_stuck(struct sink *sink, int calls)
{
    (void)sink;
    ck_assert_int_eq(calls, 0);
}

static struct sink sink;
static struct backend *backend;
static const struct want want = {.period_ns = 100 * NS_PER_MS};

/* As a role of the program does: what a thread is still busy with is not torn down below it. */
static void leave(int status, void *user)
{
    (void)user;
    fflush(NULL);
    watched_look_for_leaks();
    _exit(status);
}

static void setup(void)
{
    on_exit(leave, NULL);
    sink = (struct sink){0};
    backend = NULL;
}

static void teardown(void)
{
    if (backend)
        backend_libvirt_ops.close(backend);
    for (size_t i = 0; i < GUESTS_MAX; i++)
        facts_clear(&sink.facts[i]);
    parts_clear(&sink.parts);
}

static void open_uri(const char *uri)
{
    ck_assert_int_eq(backend_libvirt_ops.open(&backend, uri, NULL), 0);
}

/* Ticks and waits as the sampling loop does, until DONE or for 5 s. */
static bool sample_until(bool (*done)(void))
{
    int64_t end = clock_mono_ns() + 5 * NS_PER_S;

    while (clock_mono_ns() < end) {
        struct pollfd fds[BACKEND_POLL_MAX];
        backend_libvirt_ops.tick(backend, &want, &sink, clock_mono_ns());
        size_t count = backend_libvirt_ops.poll_fds(backend, fds);
        if (poll(fds, count, 20) > 0)
            backend_libvirt_ops.ready(backend, &want, &sink, fds, count);
        if (done())
            return true;
    }
    return false;
}

static bool is_settled(void)
{
    return sink.answered || sink.state == SOURCE_FAILED;
}

static bool has_cpu(void)
{
    return sample_has(&sink.sample[1], FIELD_CPU);
}

static bool has_pools(void)
{
    return sink.places > 0;
}

static bool is_paused(void)
{
    return sink.guest_state[1] == STATE_PAUSED;
}

static bool is_off(void)
{
    return sink.guest_state[1] == STATE_OFF;
}

static bool is_running(void)
{
    return sink.guest_state[1] == STATE_RUNNING;
}

START_TEST(a_running_guest_has_facts_and_figures)
{
    open_uri("test:///default");
    ck_assert(sample_until(is_settled));
    ck_assert(sample_until(has_cpu));
    ck_assert_int_eq(sink.state, SOURCE_UP);
    ck_assert_int_eq(sink.answered, 1);
    ck_assert_int_eq(sink.orphans, 0);
    ck_assert_str_eq(sink.facts[1].key, DEFAULT_UUID);
    ck_assert_str_eq(sink.facts[1].name, "test");
    ck_assert_str_eq(sink.facts[1].type, "test");
    ck_assert_str_eq(sink.facts[1].life, "1");
    ck_assert_int_eq(sink.facts[1].kind, KIND_MACHINE);
    ck_assert_uint_eq(sink.facts[1].vcpus, 2);
    ck_assert_uint_eq(sink.facts[1].memory, UINT64_C(8) << 30);
    ck_assert_int_eq(sink.facts[1].persistent, 1);
    ck_assert_int_eq(sink.facts[1].autostart, 0);
    ck_assert(is_running());
    ck_assert_str_eq(sink.reason[1], "");
    ck_assert_uint_eq(sink.sample[1].value[FIELD_MEM_LIMIT], UINT64_C(2) << 30);
    ck_assert(!sample_has(&sink.sample[1], FIELD_MEM_USED));
    ck_assert(!sample_has(&sink.sample[1], FIELD_NET_RX));
    ck_assert(!sample_has(&sink.sample[1], FIELD_DISK_READ));
    /* Facts that did not change are not said again. */
    int said = sink.facts_said;
    for (int i = 0; i < 5; i++)
        backend_libvirt_ops.tick(backend, &want, &sink, clock_mono_ns());
    ck_assert_int_eq(sink.facts_said, said);
}
END_TEST

START_TEST(pools_are_told)
{
    open_uri("test:///default");
    ck_assert(sample_until(has_pools));
    ck_assert_uint_eq(sink.places, 1);
    /* No path: what the test driver makes up lies nowhere on this host. */
    ck_assert_str_eq(sink.place[0], "default-pool - 107374182400 107374182400");
}
END_TEST

static char file[] = "/tmp/test-libvirt-XXXXXX";

static void write_file(const char *text)
{
    strcpy(strrchr(file, '-') + 1, "XXXXXX");
    int fd = mkstemp(file);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
}

static void read_parts(uint32_t handle)
{
    const struct want parts = {.period_ns = want.period_ns,
                               .selected = handle,
                               .parts = PART_BIT(PART_DISK) | PART_BIT(PART_VCPU)};

    sink.parts_of = 0;
    backend_parts(backend, &parts, &sink);
}

/* Disks are known by name before a monitor has said anything of them. */
START_TEST(disks_of_the_selected_guest_are_parts)
{
    char path[64];

    write_file("<node><domain type='test'><name>d</name><memory>1024</memory>"
               "<os><type>hvm</type></os><devices><disk type='file'><driver type='qcow2'/>"
               "<source file='/i/a'/><target dev='vda'/></disk><disk type='volume'>"
               "<source pool='p' volume='v'/><target dev='vdb'/></disk></devices></domain></node>");
    snprintf(path, sizeof(path), "test://%s", file);
    open_uri(path);
    read_parts(1); /* before the first tick */
    ck_assert_uint_eq(sink.parts_of, 0);
    ck_assert(sample_until(is_settled));
    unlink(file);
    read_parts(9); /* nobody's handle */
    ck_assert_uint_eq(sink.parts_of, 0);
    read_parts(1);
    ck_assert_uint_eq(sink.parts_of, 1);
    ck_assert_uint_eq(sink.parts.count, 2);
    ck_assert_str_eq(sink.parts.part[0].name, "vda");
    ck_assert_str_eq(sink.parts.part[0].words[0], "/i/a");
    ck_assert_str_eq(sink.parts.part[0].words[1], "qcow2");
    ck_assert_str_eq(sink.parts.part[1].words[0], "v");
    ck_assert_str_eq(sink.parts.part[1].words[2], "p");
    ck_assert_uint_eq(sink.parts.part[0].valid, 0);
}
END_TEST

static const struct lv_file_guest {
    const char *name;
    int runstate;
    enum guest_state wanted;
} file_guests[] = {{"one", 1, STATE_RUNNING},
                   {"three <&> \xc2\x9b", 3, STATE_PAUSED},
                   {"five", 5, STATE_OFF},
                   {"six", 6, STATE_CRASHED}};

START_TEST(states_of_a_file)
{
    char text[4096] = "<node>", path[64];
    size_t len = strlen(text);

    for (size_t i = 0; i < 4; i++)
        len += (size_t)snprintf(
            text + len, sizeof(text) - len,
            "<domain type='test' xmlns:test='http://libvirt.org/schemas/domain/test/1.0'>"
            "<name>%s</name><title>t</title><memory>1024</memory><os><type>hvm</type></os>"
            "<test:runstate>%d</test:runstate></domain>",
            i == 1 ? "three &lt;&amp;&gt; \xc2\x9b" : file_guests[i].name, file_guests[i].runstate);
    snprintf(text + len, sizeof(text) - len, "</node>");
    write_file(text);
    snprintf(path, sizeof(path), "test://%s", file);
    open_uri(path);
    ck_assert(sample_until(is_settled));
    unlink(file);
    ck_assert_int_eq(sink.state, SOURCE_UP);
    int found = 0;
    for (size_t h = 1; h < GUESTS_MAX && sink.facts[h].name; h++) {
        for (size_t i = 0; i < 4; i++) {
            if (strcmp(sink.facts[h].name, file_guests[i].name) != 0)
                continue;
            found++;
            ck_assert_int_eq(sink.guest_state[h], file_guests[i].wanted);
            /* A crashed one may be kept for a look at it. */
            if (sink.guest_state[h] != STATE_CRASHED)
                ck_assert_int_eq(sink.facts[h].life[0] != '\0', sink.guest_state[h] != STATE_OFF);
            if (sink.guest_state[h] == STATE_OFF)
                ck_assert_int_eq(sink.sample[h].at_ns, 0);
        }
    }
    ck_assert_int_eq(found, 4);
}
END_TEST

START_TEST(a_bad_file_cannot_work)
{
    open_uri("test:///nonexistent/vctop-test.xml");
    ck_assert(sample_until(is_settled));
    ck_assert_int_eq(sink.state, SOURCE_FAILED);
    ck_assert_int_eq(sink.answered, 0);
    ck_assert_str_ne(sink.why.message, "");
    ck_assert_str_ne(sink.why.remedy, "");
}
END_TEST

static int said;

static void say(struct progress *progress, const char *text, int percent)
{
    (void)progress;
    ck_assert_ptr_nonnull(text);
    ck_assert_int_le(percent, 100);
    said++;
}

static int act(enum action action, const char *key, const char *life, const char *name,
               struct error *err)
{
    struct progress progress = {say};
    struct frame_do request = {.action = action,
                               .key = (char *)key,
                               .life = (char *)life,
                               .name = (char *)name,
                               .timeout_s = 3};

    *err = (struct error){0};
    return backend_libvirt_ops.act(backend, &request, &progress, err);
}

START_TEST(actions_show_in_the_rows)
{
    struct error err;

    open_uri("test:///default");
    ck_assert(sample_until(is_settled));
    ck_assert_int_eq(act(ACTION_PAUSE, DEFAULT_UUID, "1", "test", &err), 0);
    ck_assert(sample_until(is_paused));
    ck_assert_str_eq(sink.reason[1], "by the user");
    ck_assert_int_eq(act(ACTION_RESUME, DEFAULT_UUID, "1", "test", &err), 0);
    ck_assert(sample_until(is_running));
    ck_assert_int_eq(act(ACTION_SHUTDOWN, DEFAULT_UUID, "1", "test", &err), 0);
    ck_assert(sample_until(is_off));
    ck_assert_str_eq(sink.reason[1], "shut down");
    ck_assert_str_eq(sink.facts[1].life, "");
    ck_assert_int_eq(act(ACTION_START, DEFAULT_UUID, "", "test", &err), 0);
    ck_assert(sample_until(is_running));
    ck_assert_str_ne(sink.facts[1].life, "1");
    ck_assert_int_gt(said, 0);
}
END_TEST

START_TEST(identity_is_checked_before_anything_is_done)
{
    struct error err;
    const char *other = "6695eb01-f6a4-8304-79aa-97f2502e1930";

    open_uri("test:///default");
    ck_assert_int_eq(act(ACTION_FORCE_OFF, other, "1", "no-such", &err), ERR_GONE);
    ck_assert_int_eq(act(ACTION_FORCE_OFF, other, "1", "test", &err), ERR_CHANGED);
    ck_assert_ptr_nonnull(strstr(err.message, "test"));
    ck_assert_int_eq(act(ACTION_FORCE_OFF, DEFAULT_UUID, "77", "test", &err), ERR_CHANGED);
    ck_assert_int_lt(act(ACTION_FORCE_OFF, "", "", "", &err), 0);
    ck_assert_int_lt(act(ACTION_FORCE_OFF, NULL, NULL, NULL, &err), 0);
    ck_assert_int_eq(act(ACTION_COUNT, DEFAULT_UUID, "1", "test", &err), ERR_UNSUPPORTED);
    ck_assert_int_lt(act(ACTION_START, DEFAULT_UUID, "", "test", &err), 0);
    ck_assert_ptr_nonnull(strstr(err.message, "cannot start"));
    ck_assert(sample_until(is_settled));
    ck_assert(is_running());
}
END_TEST

START_TEST(a_question_is_answered_or_refused)
{
    struct frame_answer answer = {0};
    struct frame_ask ask = {.question = (char *)"weather", .key = (char *)DEFAULT_UUID};
    struct error err;

    open_uri("test:///default");
    ck_assert_int_eq(backend_libvirt_ops.ask(backend, &ask, &answer, &err), ERR_UNSUPPORTED);
    ask.question = (char *)"addresses";
    ck_assert_int_eq(backend_libvirt_ops.ask(backend, &ask, &answer, &err), 0);
    for (size_t i = 0; i < FACTS_ADDRESSES_MAX; i++)
        free(answer.values[i]);
    ask.question = (char *)"configuration";
    ck_assert_int_eq(backend_libvirt_ops.ask(backend, &ask, &answer, &err), 0);
    ck_assert_ptr_nonnull(strstr(answer.text, "<domain type='test'"));
    free(answer.text);
    ask.key = (char *)"00000000-0000-0000-0000-000000000009";
    ck_assert_int_eq(backend_libvirt_ops.ask(backend, &ask, &answer, &err), ERR_GONE);
}
END_TEST

START_TEST(closing_before_the_first_tick_is_fine)
{
    open_uri("test:///default");
    backend_libvirt_ops.close(backend);
    backend = NULL;
}
END_TEST

static void put(const char *dir, const char *name, const char *bytes, size_t len)
{
    char path[256];

    snprintf(path, sizeof(path), "%s/%s", dir, name);
    FILE *out = fopen(path, "w");
    ck_assert_ptr_nonnull(out);
    fwrite(bytes, 1, len, out);
    fclose(out);
}

START_TEST(a_pid_file_is_believed_only_with_the_uuid)
{
    static const char cmdline[] =
        "/usr/bin/qemu-system-x86_64\0-name\0guest=x\0-uuid\0" DEFAULT_UUID;
    static const char stat[] =
        "77 (qemu-system-x86) S 1 77 77 0 -1 0 0 0 0 0 5 6 0 0 20 0 3 0 4711 "
        "0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n";
    char root[] = "/tmp/test-libvirt-XXXXXX", dir[64];
    struct proc_identity id = {0};

    ck_assert_ptr_nonnull(mkdtemp(root));
    snprintf(dir, sizeof(dir), "%s/run", root);
    ck_assert_int_eq(mkdir(dir, 0700), 0);
    put(dir, "good.pid", "77", 2);
    put(dir, "other.pid", "78\n", 3);
    put(dir, "bad.pid", "-1", 2);
    put(dir, "empty.pid", "", 0);
    snprintf(dir, sizeof(dir), "%s/proc", root);
    ck_assert_int_eq(mkdir(dir, 0700), 0);
    snprintf(dir, sizeof(dir), "%s/proc/77", root);
    ck_assert_int_eq(mkdir(dir, 0700), 0);
    put(dir, "cmdline", cmdline, sizeof(cmdline));
    put(dir, "stat", stat, sizeof(stat) - 1);

    ck_assert_int_eq(lv_find_by_file(root, "/run", "good", DEFAULT_UUID, &id), 0);
    ck_assert_int_eq(id.pid, 77);
    ck_assert_uint_eq(id.start_ticks, 4711);
    ck_assert_int_eq(
        lv_find_by_file(root, "/run", "good", "00000000-0000-0000-0000-000000000009", &id),
        ERR_GONE);
    ck_assert_int_eq(lv_find_by_file(root, "/run", "other", DEFAULT_UUID, &id), ERR_GONE);
    ck_assert_int_eq(lv_find_by_file(root, "/run", "bad", DEFAULT_UUID, &id), ERR_GONE);
    ck_assert_int_eq(lv_find_by_file(root, "/run", "empty", DEFAULT_UUID, &id), ERR_GONE);
    ck_assert_int_eq(lv_find_by_file(root, "/run", "none", DEFAULT_UUID, &id), ERR_GONE);
    id = (struct proc_identity){0};
    ck_assert_int_eq(lv_find_by_scan(root, DEFAULT_UUID, &id), 0);
    ck_assert_int_eq(id.pid, 77);
    ck_assert_int_eq(lv_find_by_scan(root, "x", &id), ERR_GONE);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("libvirt sampler");
    TCase *tcase = tcase_create("sampler");

    tcase_set_timeout(tcase, 60);
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, a_running_guest_has_facts_and_figures);
    tcase_add_test(tcase, pools_are_told);
    tcase_add_test(tcase, disks_of_the_selected_guest_are_parts);
    tcase_add_test(tcase, states_of_a_file);
    tcase_add_test(tcase, a_bad_file_cannot_work);
    tcase_add_test(tcase, actions_show_in_the_rows);
    tcase_add_test(tcase, identity_is_checked_before_anything_is_done);
    tcase_add_test(tcase, a_question_is_answered_or_refused);
    tcase_add_test(tcase, closing_before_the_first_tick_is_fine);
    tcase_add_test(tcase, a_pid_file_is_believed_only_with_the_uuid);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
