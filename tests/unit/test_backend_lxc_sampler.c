// clang-format off
// sources: tests/unit/quiet_sink.c src/backend/lxc/lxc.c src/backend/lxc/sampler.c src/backend/lxc/roster.c src/backend/lxc/hints.c src/backend/lxc/hurry.c src/backend/lxc/known.c src/backend/lxc/guest.c src/backend/lxc/figures.c src/backend/lxc/parts.c src/backend/lxc/monitor.c src/backend/lxc/owner.c src/backend/lxc/config.c src/backend/lxc/autostart.c src/backend/lxc/act.c src/backend/lxc/act_check.c src/backend/lxc/ask.c src/backend/lxc/call.c src/backend/lxc/console.c src/backend/lxc/attach.c src/backend/lxc/pty.c
// clang-format on
// libraries: LXC
#include "backend/lxc/lxc.h"

#include <check.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"

/* What the backend said, by name. */
struct said {
    char name[64], shown[128], manager[32];
    uint32_t handle;
    enum guest_state state;
    char reason[200];
    uint32_t can;
    int autostart, facts, rows;
    bool gone;
};

struct sink {
    struct said guest[32];
    size_t count;
    enum source_state source;
    char error[320], remedy[200];
    int answered;
    int flushed;    /* how often */
    char first[64]; /* who alone had a row at the first time, "" nobody or several */
};

static struct said *by_handle(struct sink *sink, uint32_t handle)
{
    for (size_t i = 0; i < sink->count; i++)
        if (sink->guest[i].handle == handle)
            return &sink->guest[i];
    ck_abort_msg("no facts for handle %u", handle);
    return NULL;
}

void sink_source(struct sink *sink, enum source_state state, const struct error *why,
                 const char *note)
{
    (void)note;
    sink->source = state;
    snprintf(sink->error, sizeof(sink->error), "%s", why ? why->message : "");
    snprintf(sink->remedy, sizeof(sink->remedy), "%s", why ? why->remedy : "");
}

void sink_facts(struct sink *sink, const struct facts *facts)
{
    struct said *said = NULL;
    for (size_t i = 0; i < sink->count; i++)
        if (sink->guest[i].handle == facts->handle)
            said = &sink->guest[i];
    if (!said) {
        ck_assert_uint_lt(sink->count, 32);
        said = &sink->guest[sink->count++];
    }
    snprintf(said->name, sizeof(said->name), "%s", facts->key);
    snprintf(said->shown, sizeof(said->shown), "%s", facts->name);
    snprintf(said->manager, sizeof(said->manager), "%s", facts->manager ? facts->manager : "");
    said->handle = facts->handle;
    said->can = facts->can;
    said->autostart = facts->autostart;
    said->facts++;
    ck_assert_str_eq(facts->type, "lxc");
    ck_assert_int_eq(facts->kind, KIND_CONTAINER);
}

void sink_row(struct sink *sink, uint32_t handle, enum guest_state state, const char *reason,
              const char *blame, const struct sample *sample)
{
    struct said *said = by_handle(sink, handle);
    ck_assert_ptr_null(blame);
    ck_assert_int_eq(sample->at_ns, 0);
    said->state = state;
    said->rows++;
    snprintf(said->reason, sizeof(said->reason), "%s", reason ? reason : "");
}

void sink_gone(struct sink *sink, uint32_t handle)
{
    by_handle(sink, handle)->gone = true;
}

void sink_flush(struct sink *sink)
{
    ck_assert_int_eq(sink->answered, 0);
    if (sink->flushed++ == 0 && sink->count == 1)
        snprintf(sink->first, sizeof(sink->first), "%s", sink->guest[0].name);
}

void sink_answered(struct sink *sink)
{
    sink->answered++;
}

static char top[64];
static int dir;
static struct backend *backend;
static struct sink sink;

static void run(const char *what)
{
    pid_t pid = fork();
    if (pid == 0) {
        execlp("rm", "rm", "-rf", "--", what, (char *)NULL);
        _exit(127);
    }
    waitpid(pid, NULL, 0);
}

static void make_top(void)
{
    snprintf(top, sizeof(top), "/tmp/vctop-lxc-sampler.XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(top));
    ck_assert_int_eq(chmod(top, 0755), 0);
    dir = open(top, O_RDONLY | O_DIRECTORY);
    memset(&sink, 0, sizeof(sink));
    ck_assert_int_eq(backend_lxc_ops.open(&backend, top, NULL), 0);
}

static void remove_top(void)
{
    backend_lxc_ops.close(backend);
    close(dir);
    run(top);
}

static void define(const char *name, const char *text)
{
    char path[300];
    mkdirat(dir, name, 0755);
    snprintf(path, sizeof(path), "%s/config", name);
    int fd = openat(dir, path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
}

static void tick(void)
{
    struct want want = {.period_ns = NS_PER_S};
    backend_lxc_ops.tick(backend, &want, &sink, clock_mono_ns());
}

static bool ready(void)
{
    struct want want = {.period_ns = NS_PER_S};
    struct pollfd fds[BACKEND_POLL_MAX];
    size_t count = backend_lxc_ops.poll_fds(backend, fds);
    poll(fds, count, 1000);
    return backend_lxc_ops.ready(backend, &want, &sink, fds, count);
}

static struct said *guest(const char *name)
{
    for (size_t i = 0; i < sink.count; i++)
        if (strcmp(sink.guest[i].name, name) == 0 && !sink.guest[i].gone)
            return &sink.guest[i];
    return NULL;
}

START_TEST(hostile_names_stay_raw)
{
    static const char *const names[] = {"plain",       "-rf",      "two words", "new\nline",
                                        "\033[31mred", "\xff\xfe", "%s%n",      "..."};
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
        define(names[i], "lxc.start.auto = 1\n");
    mkdirat(dir, "no container", 0755);
    tick();
    ck_assert_int_eq(sink.source, SOURCE_UP);
    ck_assert_int_eq(sink.answered, 1);
    ck_assert_uint_eq(sink.count, sizeof(names) / sizeof(*names));
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        ck_assert_ptr_nonnull(guest(names[i]));
        ck_assert_int_eq(guest(names[i])->state, STATE_OFF);
        ck_assert_int_eq(guest(names[i])->autostart, 1);
        ck_assert_uint_ne(guest(names[i])->can & ACTION_BIT(ACTION_START), 0);
    }
}
END_TEST

START_TEST(one_bad_configuration_is_one_row)
{
    define("good", "");
    define("bad", "a = 1\nlxc.bogus = 1\n");
    mkdirat(dir, "fifo", 0755);
    ck_assert_int_eq(mkfifoat(dir, "fifo/config", 0600), 0);
    tick();
    ck_assert_int_eq(guest("good")->state, STATE_OFF);
    ck_assert_int_eq(guest("bad")->state, STATE_BROKEN);
    ck_assert_str_eq(guest("bad")->reason,
                     "bad configuration: line 2 has the unknown key lxc.bogus");
    ck_assert_uint_eq(guest("bad")->can, 0);
    ck_assert_int_eq(guest("bad")->autostart, -1);
    ck_assert_int_eq(guest("fifo")->state, STATE_BROKEN);
    define("bad", "a = 1\n");
    tick(); /* all is visible to a front end without a screen: looked at every tick */
    ck_assert_int_eq(guest("bad")->state, STATE_OFF);
    ck_assert_uint_ne(guest("bad")->can, 0);
}
END_TEST

START_TEST(proxmox_numbers_its_containers_and_names_them)
{
    define("105", "lxc.cgroup.dir.monitor = lxc.monitor/105\nlxc.uts.name = web\n");
    define("106", "lxc.cgroup.dir.monitor = lxc.monitor/105\nlxc.uts.name = copy\n");
    define("plain", "lxc.uts.name = web\n");
    tick();
    ck_assert_str_eq(guest("105")->shown, "105 web");
    ck_assert_str_eq(guest("105")->manager, "Proxmox");
    ck_assert_int_eq(guest("105")->autostart, -1); /* Proxmox knows, not this file */
    ck_assert_uint_ne(guest("105")->can & ACTION_BIT(ACTION_START), 0);
    ck_assert_uint_eq(guest("105")->can & ACTION_BIT(ACTION_AUTOSTART_ON), 0);
    ck_assert_str_eq(guest("106")->shown, "106");
    ck_assert_str_eq(guest("106")->manager, "");
    ck_assert_str_eq(guest("plain")->shown, "plain");
    ck_assert_str_eq(guest("plain")->manager, "");
}
END_TEST

START_TEST(facts_are_said_once)
{
    define("a", "");
    tick();
    tick();
    tick();
    ck_assert_int_eq(guest("a")->facts, 1);
    ck_assert_int_eq(guest("a")->rows, 4); /* the first tick has one for the state alone */
}
END_TEST

START_TEST(containers_come_and_go_between_ticks)
{
    define("a", "");
    tick();
    define("b", "");
    ck_assert(ready());
    tick();
    ck_assert_ptr_nonnull(guest("b"));
    unlinkat(dir, "a/config", 0);
    unlinkat(dir, "a", AT_REMOVEDIR);
    ck_assert(ready());
    tick();
    ck_assert_ptr_null(guest("a"));
    /* A configuration that comes after its folder. */
    mkdirat(dir, "c", 0755);
    ck_assert(ready());
    tick();
    ck_assert_ptr_null(guest("c"));
    define("c", "");
    tick();
    ck_assert_ptr_nonnull(guest("c"));
    /* A name that comes again is another guest. */
    define("a", "");
    ck_assert(ready());
    tick();
    ck_assert_uint_gt(guest("a")->handle, guest("c")->handle);
}
END_TEST

/* A process that wears the title of NAME's monitor, in the group that LXC would make for it; 0: we
 * may make none here. */
static pid_t start_monitor(const char *name, char group[128])
{
    static const char *const tops[] = {"/sys/fs/cgroup", "/sys/fs/cgroup/unified"};
    char title[256], procs[160];
    bool made = false;

    for (int i = 0; i < 2 && !made; i++) {
        snprintf(procs, sizeof(procs), "%s/cgroup.procs", tops[i]);
        snprintf(group, 128, "%s/lxc.monitor.%s", tops[i], name);
        made = access(procs, W_OK) == 0 && mkdir(group, 0755) == 0;
    }
    if (!made)
        return 0;
    snprintf(title, sizeof(title), "[lxc monitor] %s %s", top, name);
    snprintf(procs, sizeof(procs), "%s/cgroup.procs", group);
    int begun[2];
    ck_assert_int_eq(pipe2(begun, O_CLOEXEC), 0);
    pid_t pid = fork();
    if (pid == 0) {
        int fd = open(procs, O_WRONLY);
        if (fd >= 0 && write(fd, "0", 1) == 1)
            execl("/bin/sleep", title, "60", (char *)NULL);
        _exit(127);
    }
    close(begun[1]);
    ck_assert_int_eq(read(begun[0], procs, 1), 0); /* until it is exec'ed */
    close(begun[0]);
    return pid;
}

START_TEST(who_has_a_monitors_group_comes_first)
{
    char name[64], group[128];

    snprintf(name, sizeof(name), "vctop-test-%d", (int)getpid());
    define("another", "");
    define(name, "");
    pid_t monitor = start_monitor(name, group);
    if (!monitor)
        return;
    tick();
    ck_assert_str_eq(sink.first, name);
    ck_assert_int_eq(sink.flushed, 2);
    ck_assert_int_eq(sink.answered, 1);
    ck_assert_int_eq(guest(name)->state, STATE_STARTING);
    ck_assert_int_eq(guest("another")->state, STATE_OFF);
    kill(monitor, SIGKILL);
    waitpid(monitor, NULL, 0);
    ck_assert_int_eq(rmdir(group), 0);
}
END_TEST

START_TEST(a_folder_that_goes_takes_its_guests)
{
    define("a", "");
    tick();
    run(top);
    tick();
    ck_assert_int_eq(sink.source, SOURCE_ABSENT);
    ck_assert_uint_gt(strlen(sink.remedy), 0);
    ck_assert_ptr_null(guest("a"));
    ck_assert_int_eq(mkdir(top, 0755), 0);
    tick();
    ck_assert_int_eq(sink.source, SOURCE_UP);
    ck_assert_str_eq(sink.error, "");
}
END_TEST

START_TEST(another_users_are_denied_not_off)
{
    if (geteuid() != 0)
        return; /* needs two users */
    define("open", "");
    define("closed", "");
    ck_assert_int_eq(fchmodat(dir, "closed", 0700, 0), 0);
    define("mine", "");
    ck_assert_int_eq(fchownat(dir, "mine/config", 65534, 65534, 0), 0);
    ck_assert_int_eq(seteuid(65534), 0);
    tick();
    ck_assert_int_eq(guest("open")->state, STATE_DENIED);
    ck_assert_int_eq(guest("closed")->state, STATE_DENIED);
    ck_assert_str_eq(guest("closed")->reason, "no permission");
    ck_assert_uint_eq(guest("closed")->can, 0);
    ck_assert_int_eq(guest("mine")->state, STATE_OFF);
    ck_assert_int_eq(seteuid(0), 0);
}
END_TEST

START_TEST(a_closed_lxcpath_is_denied)
{
    if (geteuid() != 0)
        return;
    define("a", "");
    ck_assert_int_eq(chmod(top, 0700), 0);
    ck_assert_int_eq(seteuid(65534), 0);
    tick();
    ck_assert_int_eq(seteuid(0), 0);
    ck_assert_int_eq(sink.source, SOURCE_DENIED);
    ck_assert_ptr_nonnull(strstr(sink.remedy, "-P"));
    ck_assert_uint_eq(sink.count, 0);
}
END_TEST

START_TEST(a_relative_path_is_refused)
{
    struct backend *none = NULL;
    struct error err = {0};
    ck_assert_int_eq(backend_lxc_ops.open(&none, "lxc", &err), ERR_USAGE);
    ck_assert_ptr_null(none);
}
END_TEST

static void say_nothing(struct progress *progress, const char *text, int percent)
{
    (void)progress;
    (void)text;
    (void)percent;
}

static int act(enum action action, const char *key, const char *life, struct error *err)
{
    struct frame_do request = {
        .action = action, .key = (char *)key, .life = (char *)life, .timeout_s = 1};
    struct progress progress = {say_nothing};
    return backend_lxc_ops.act(backend, &request, &progress, err);
}

START_TEST(actions_check_who_is_meant)
{
    struct error err = {0};
    define("off", "");
    define("bad", "lxc.bogus = 1\n");
    ck_assert_int_eq(act(ACTION_START, "gone", "", &err), ERR_GONE);
    ck_assert_int_eq(act(ACTION_START, "bad", "", &err), ERR_SYNTAX);
    ck_assert_int_eq(act(ACTION_SHUTDOWN, "off", "", &err), ERR_CHANGED);
    ck_assert_int_eq(act(ACTION_FORCE_OFF, "off", "12:34", &err), ERR_CHANGED);
    ck_assert_int_eq(act(ACTION_FORCE_OFF, "off", "nonsense", &err), ERR_CHANGED);
    ck_assert_int_eq(act(ACTION_FORCE_OFF, "off", "1:0", &err), ERR_CHANGED);
    ck_assert_int_eq(act(ACTION_START, "../etc", "", &err), ERR_USAGE);
    ck_assert_int_eq(act(ACTION_START, "..", "", &err), ERR_USAGE);
    ck_assert_int_eq(act(ACTION_START, "", "", &err), ERR_USAGE);
    ck_assert_int_eq(act(ACTION_AUTOSTART_ON, "a/b", "", &err), ERR_USAGE);
    ck_assert_int_eq(act(ACTION_AUTOSTART_ON, "off", "", &err), 0);
    tick();
    ck_assert_int_eq(guest("off")->autostart, 1);
}
END_TEST

static int ask_for(const char *name, char **ret)
{
    struct frame_ask ask = {.question = (char *)"configuration", .key = (char *)name};
    struct frame_answer answer = {0};
    struct error err = {0};

    int rc = backend_lxc_ops.ask(backend, &ask, &answer, &err);
    *ret = answer.text;
    return rc;
}

/* Running or not; and only a file, for whoever may write there can put anything in its place. */
START_TEST(a_configuration_is_read_as_it_stands)
{
    char path[128], *text;

    define("off", "lxc.include = /x\nlxc.uts.name = a\n");
    ck_assert_int_eq(ask_for("off", &text), 0);
    ck_assert_str_eq(text, "lxc.include = /x\nlxc.uts.name = a\n");
    free(text);
    ck_assert_int_eq(ask_for("none", &text), ERR_GONE);
    ck_assert_int_eq(ask_for("../off", &text), ERR_USAGE);
    snprintf(path, sizeof(path), "%s/off/config", top);
    ck_assert_int_eq(unlink(path), 0);
    ck_assert_int_eq(mkfifo(path, 0600), 0);
    ck_assert_int_lt(ask_for("off", &text), 0);
    ck_assert_ptr_null(text);
    ck_assert_int_eq(unlink(path), 0);
    ck_assert_int_eq(mkdir(path, 0700), 0);
    ck_assert_int_lt(ask_for("off", &text), 0);
}
END_TEST

START_TEST(a_question_wants_a_running_container)
{
    struct frame_answer answer = {0};
    struct error err = {0};
    struct frame_ask ask = {.question = (char *)"addresses", .key = (char *)"off"};
    define("off", "");
    ck_assert_int_eq(backend_lxc_ops.ask(backend, &ask, &answer, &err), ERR_GONE);
    ask.question = (char *)"weather";
    ck_assert_int_eq(backend_lxc_ops.ask(backend, &ask, &answer, &err), ERR_UNSUPPORTED);
    ask.question = (char *)"addresses";
    ask.key = (char *)"../x";
    ck_assert_int_eq(backend_lxc_ops.ask(backend, &ask, &answer, &err), ERR_USAGE);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("lxc sampler");
    TCase *all = tcase_create("all");
    tcase_add_checked_fixture(all, make_top, remove_top);
    tcase_set_timeout(all, 30);
    tcase_add_test(all, hostile_names_stay_raw);
    tcase_add_test(all, one_bad_configuration_is_one_row);
    tcase_add_test(all, proxmox_numbers_its_containers_and_names_them);
    tcase_add_test(all, facts_are_said_once);
    tcase_add_test(all, containers_come_and_go_between_ticks);
    tcase_add_test(all, who_has_a_monitors_group_comes_first);
    tcase_add_test(all, a_folder_that_goes_takes_its_guests);
    tcase_add_test(all, another_users_are_denied_not_off);
    tcase_add_test(all, a_closed_lxcpath_is_denied);
    tcase_add_test(all, a_relative_path_is_refused);
    tcase_add_test(all, actions_check_who_is_meant);
    tcase_add_test(all, a_configuration_is_read_as_it_stands);
    tcase_add_test(all, a_question_wants_a_running_container);
    suite_add_tcase(suite, all);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
