#include <errno.h>
#include <signal.h>

#include "engine_rig.h"

#define LXC "lxc:/x"
#define OTHER "lxc:/y"
#define HOSTILE "b\xff\x1b[31m"

static const char *const one[] = {LXC};

/* A worker with GUESTS running guests "g1", "g2", ... of life "L". */
static struct rig open_rig(bool readonly, uint32_t guests)
{
    struct rig rig = rig_new(readonly, one, 1);
    struct rig_child *child;

    rig_turn(&rig, 0);
    child = rig_child(&rig, ROLE_WORKER, LXC);
    rig_hello(child);
    rig_source(child, SOURCE_UP, NULL);
    for (uint32_t i = 1; i <= guests; i++) {
        char key[16];
        snprintf(key, sizeof(key), "g%u", i);
        rig_guest(child, i, key, "L");
        rig_row(child, i, STATE_RUNNING, rig.now, 0);
    }
    rig_turn(&rig, NS_PER_MS);
    return rig;
}

static int act(struct rig *rig, enum action action, const char *key, struct error *err)
{
    struct guest_id id = {(char *)LXC, (char *)key};
    int ret = engine_act(rig->engine, action, &id, 30, err);

    rig_turn(rig, NS_PER_MS);
    return ret;
}

static void progress(struct rig *rig, struct rig_child *child, const char *text, bool done,
                     bool failed)
{
    struct frame frame = {.type = FRAME_PROGRESS,
                          .u.progress = {.text = (char *)text,
                                         .remedy = failed ? (char *)"try \x1b[1mharder" : NULL,
                                         .percent = -1,
                                         .done = done,
                                         .failed = failed}};

    rig_send(child, &frame);
    rig_turn(rig, NS_PER_MS);
}

/* Nothing is forgotten in between, so that numbers have no gap. */
static const struct job *job_numbered(const struct rig *rig, size_t number)
{
    return engine_job_at(rig->engine, engine_job_count(rig->engine) - number);
}

static const struct event *newest_event(struct rig *rig)
{
    return event_log_get(world_events(engine_world(rig->engine)), 0);
}

START_TEST(a_job_runs_and_is_done)
{
    struct rig rig = open_rig(false, 1);
    struct error err;
    int id = act(&rig, ACTION_REBOOT, "g1", &err);
    struct rig_child *child = rig_child(&rig, ROLE_JOB, LXC);
    const struct job *job = job_numbered(&rig, 1);
    struct frame request;

    ck_assert_int_eq(id, 1);
    ck_assert_ptr_nonnull(child);
    ck_assert_int_eq(job->state, JOB_RUNNING);
    ck_assert_str_eq(newest_event(&rig)->text, "reboot requested");
    ck_assert_int_eq(newest_event(&rig)->kind, EVENT_JOB);
    ck_assert_uint_eq(engine_jobs_live(rig.engine), 1);

    ck_assert(rig_receive(child, FRAME_DO, &request));
    ck_assert_int_eq(request.u.action.action, ACTION_REBOOT);
    ck_assert_str_eq(request.u.action.key, "g1");
    ck_assert_str_eq(request.u.action.life, "L");
    ck_assert_int_eq(request.u.action.timeout_s, 30);
    frame_clear(&request);

    rig_hello(child);
    progress(&rig, child, "asking init", false, false);
    ck_assert_str_eq(job->text, "asking init");
    ck_assert_int_eq(job->state, JOB_RUNNING);
    progress(&rig, child, "done", true, false);
    ck_assert_int_eq(job->state, JOB_DONE);
    ck_assert_ptr_nonnull(strstr(newest_event(&rig)->text, "reboot done in "));
    ck_assert_uint_eq(engine_jobs_live(rig.engine), 0);
    rig_exit(&rig, child, 0);
    rig_turn(&rig, NS_PER_MS);
    ck_assert_int_eq(job->state, JOB_DONE);
    rig_free(&rig);
}
END_TEST

START_TEST(a_failure_says_why_and_is_sanitised)
{
    struct rig rig = open_rig(false, 1);
    const struct job *job;
    struct rig_child *child;

    act(&rig, ACTION_SHUTDOWN, "g1", NULL);
    child = rig_child(&rig, ROLE_JOB, LXC);
    rig_hello(child);
    progress(&rig, child, "no \x1b[2Jspace", true, true);
    job = job_numbered(&rig, 1);
    ck_assert_int_eq(job->state, JOB_FAILED);
    ck_assert_ptr_nonnull(strstr(job->text, "space"));
    ck_assert_ptr_null(strchr(job->text, '\x1b'));
    ck_assert_ptr_null(strchr(job->remedy, '\x1b'));
    ck_assert_ptr_nonnull(strstr(newest_event(&rig)->text, "failed: no "));
    /* One that does not end after its last word is ended. */
    ck_assert(!child->killed);
    for (int i = 0; i < 22; i++) {
        rig_beat(rig_child(&rig, ROLE_WORKER, LXC));
        rig_turn(&rig, NS_PER_S / 2);
    }
    ck_assert(child->killed);
    rig_free(&rig);
}
END_TEST

START_TEST(death_without_a_last_word_is_a_failure)
{
    struct rig rig = open_rig(false, 1);
    struct rig_child *child;

    act(&rig, ACTION_RESET, "g1", NULL);
    child = rig_child(&rig, ROLE_JOB, LXC);
    rig_hello(child);
    rig_exit(&rig, child, SIGKILL);
    rig_turn(&rig, NS_PER_MS);
    ck_assert_int_eq(job_numbered(&rig, 1)->state, JOB_FAILED);
    ck_assert_ptr_nonnull(strstr(job_numbered(&rig, 1)->text, "the job's process died"));
    rig_free(&rig);
}
END_TEST

START_TEST(the_last_word_counts_though_the_exit_came_first)
{
    struct rig rig = open_rig(false, 1);
    struct rig_child *child;
    struct frame frame = {.type = FRAME_PROGRESS,
                          .u.progress = {.text = (char *)"done", .percent = 100, .done = true}};

    act(&rig, ACTION_RESET, "g1", NULL);
    child = rig_child(&rig, ROLE_JOB, LXC);
    rig_hello(child);
    rig_send(child, &frame);
    rig_exit(&rig, child, 0);
    rig_turn(&rig, NS_PER_MS);
    ck_assert_int_eq(job_numbered(&rig, 1)->state, JOB_DONE);
    rig_free(&rig);
}
END_TEST

START_TEST(garbage_of_a_job_is_a_failure)
{
    struct rig rig = open_rig(false, 1);
    struct rig_child *child;

    act(&rig, ACTION_RESET, "g1", NULL);
    child = rig_child(&rig, ROLE_JOB, LXC);
    rig_hello(child);
    rig_send(child, &(struct frame){.type = FRAME_GONE, .u.gone = 1});
    rig_turn(&rig, NS_PER_MS);
    ck_assert_int_eq(job_numbered(&rig, 1)->state, JOB_FAILED);
    ck_assert(child->killed);
    ck_assert_uint_eq(world_guest_count(engine_world(rig.engine)), 1);
    rig_free(&rig);
}
END_TEST

/* SECONDS pass, everybody else well. */
static void pass_beating(struct rig *rig, int seconds)
{
    for (int i = 0; i < seconds; i++) {
        rig_beat(rig_child(rig, ROLE_WORKER, LXC));
        rig_turn(rig, NS_PER_S);
    }
}

START_TEST(who_never_answers_is_given_up)
{
    struct rig rig = open_rig(false, 1);
    const struct job *job;
    struct rig_child *child;

    act(&rig, ACTION_SHUTDOWN, "g1", NULL); /* its own limit is 30 s */
    child = rig_child(&rig, ROLE_JOB, LXC);
    job = job_numbered(&rig, 1);
    rig_hello(child);
    progress(&rig, child, "asking init", false, false);
    pass_beating(&rig, 148);
    ck_assert_int_eq(job->state, JOB_RUNNING);
    ck_assert(!child->killed);
    pass_beating(&rig, 4);
    ck_assert_int_eq(job->state, JOB_FAILED);
    ck_assert(child->killed);
    ck_assert_ptr_nonnull(strstr(job->text, "gave up after 2m"));
    ck_assert_ptr_nonnull(strstr(job->text, "what became of it is unknown"));
    ck_assert_ptr_nonnull(strstr(job->remedy, "look at the guest"));
    ck_assert_int_eq(newest_event(&rig)->grade, EVENT_BAD);
    ck_assert_uint_eq(engine_jobs_live(rig.engine), 0);
    /* Its place is free again, and the guest may be acted on. */
    ck_assert_int_eq(act(&rig, ACTION_SHUTDOWN, "g1", NULL), 2);
    rig_free(&rig);
}
END_TEST

START_TEST(a_start_has_ten_minutes)
{
    struct rig rig = open_rig(false, 1);

    rig_row(rig_child(&rig, ROLE_WORKER, LXC), 1, STATE_OFF, 0, 0);
    rig_turn(&rig, NS_PER_MS);
    ck_assert_int_eq(act(&rig, ACTION_START, "g1", NULL), 1);
    pass_beating(&rig, 598);
    ck_assert_int_eq(job_numbered(&rig, 1)->state, JOB_RUNNING);
    pass_beating(&rig, 4);
    ck_assert_int_eq(job_numbered(&rig, 1)->state, JOB_FAILED);
    ck_assert_ptr_nonnull(strstr(job_numbered(&rig, 1)->text, "gave up after 10m"));
    rig_free(&rig);
}
END_TEST

/* What it says is heard before it is judged. */
START_TEST(progress_counts_and_the_last_word_beats_the_deadline)
{
    struct rig rig = open_rig(false, 1);
    struct rig_child *child;
    struct frame half = {.type = FRAME_PROGRESS,
                         .u.progress = {.text = (char *)"waiting", .percent = 50}};
    struct frame done = {.type = FRAME_PROGRESS,
                         .u.progress = {.text = (char *)"done", .percent = 100, .done = true}};

    act(&rig, ACTION_SHUTDOWN, "g1", NULL);
    child = rig_child(&rig, ROLE_JOB, LXC);
    ck_assert_int_eq(job_numbered(&rig, 1)->percent, -1);
    rig_hello(child);
    rig_send(child, &half);
    rig_turn(&rig, NS_PER_MS);
    ck_assert_int_eq(job_numbered(&rig, 1)->percent, 50);
    pass_beating(&rig, 100);
    rig_beat(rig_child(&rig, ROLE_WORKER, LXC));
    rig_send(child, &done);
    rig_turn(&rig, 100 * NS_PER_S);
    ck_assert_int_eq(job_numbered(&rig, 1)->state, JOB_DONE);
    ck_assert_int_eq(job_numbered(&rig, 1)->percent, 100);
    rig_free(&rig);
}
END_TEST

START_TEST(four_run_the_others_wait)
{
    struct rig rig = open_rig(false, 6);
    struct rig_child *child;

    for (int i = 1; i <= 6; i++) {
        char key[16];
        snprintf(key, sizeof(key), "g%d", i);
        ck_assert_int_eq(act(&rig, ACTION_FORCE_OFF, key, NULL), i);
    }
    ck_assert_uint_eq(rig.count, 1 + 4);
    ck_assert_uint_eq(engine_jobs_live(rig.engine), 6);
    ck_assert_int_eq(job_numbered(&rig, 4)->state, JOB_RUNNING);
    ck_assert_int_eq(job_numbered(&rig, 5)->state, JOB_QUEUED);
    child = &rig.child[1];
    rig_hello(child);
    progress(&rig, child, "done", true, false);
    ck_assert_uint_eq(rig.count, 1 + 5);
    ck_assert_int_eq(job_numbered(&rig, 5)->state, JOB_RUNNING);
    ck_assert_int_eq(job_numbered(&rig, 6)->state, JOB_QUEUED);
    rig_free(&rig);
}
END_TEST

/* A daemon that answers nobody has four jobs hanging: the containers are none of its business. */
START_TEST(a_source_that_hangs_blocks_no_other)
{
    static const char *const two[] = {LXC, OTHER};
    struct rig rig = rig_new(false, two, 2);

    rig_turn(&rig, 0);
    for (int i = 0; i < 2; i++) {
        struct rig_child *child = rig_child(&rig, ROLE_WORKER, two[i]);
        rig_hello(child);
        rig_source(child, SOURCE_UP, NULL);
        for (uint32_t guest = 1; guest <= 6; guest++) {
            char key[16];
            snprintf(key, sizeof(key), "g%u", guest);
            rig_guest(child, guest, key, "L");
            rig_row(child, guest, STATE_RUNNING, rig.now, 0);
        }
    }
    rig_turn(&rig, NS_PER_MS);
    for (int i = 1; i <= 6; i++) {
        char key[16];
        snprintf(key, sizeof(key), "g%d", i);
        ck_assert_int_eq(act(&rig, ACTION_FORCE_OFF, key, NULL), i);
    }
    struct guest_id other = {(char *)OTHER, (char *)"g1"};
    ck_assert_int_eq(engine_act(rig.engine, ACTION_FORCE_OFF, &other, 30, NULL), 7);
    ck_assert_int_eq(job_numbered(&rig, 5)->state, JOB_QUEUED);
    ck_assert_int_eq(job_numbered(&rig, 7)->state, JOB_RUNNING);
    rig_free(&rig);
}
END_TEST

START_TEST(the_same_twice_is_refused)
{
    struct rig rig = open_rig(false, 2);
    struct error err;

    ck_assert_int_eq(act(&rig, ACTION_SHUTDOWN, "g1", &err), 1);
    ck_assert_int_eq(act(&rig, ACTION_SHUTDOWN, "g1", &err), ERR_BUSY);
    ck_assert_int_eq(act(&rig, ACTION_SHUTDOWN, "g2", &err), 2);
    ck_assert_int_eq(act(&rig, ACTION_FORCE_OFF, "g1", &err), 3);
    rig_hello(&rig.child[1]);
    progress(&rig, &rig.child[1], "done", true, false);
    ck_assert_int_eq(act(&rig, ACTION_SHUTDOWN, "g1", &err), 4);
    rig_free(&rig);
}
END_TEST

/* What is not permitted is not offered again for a minute: of that guest, or of its whole source.
 */
START_TEST(what_was_denied_is_not_offered)
{
    struct rig rig = open_rig(false, 2);
    struct error err;

    for (int barred = 0; barred < 2; barred++) {
        struct frame frame = {.type = FRAME_PROGRESS,
                              .u.progress = {.text = (char *)"no",
                                             .remedy = (char *)"run as \x1b[1mroot",
                                             .percent = -1,
                                             .done = true,
                                             .failed = true,
                                             .denied = true,
                                             .barred = barred}};

        ck_assert_int_gt(act(&rig, ACTION_SHUTDOWN, "g1", &err), 0);
        rig_hello(&rig.child[1 + barred]);
        rig_send(&rig.child[1 + barred], &frame);
        rig_turn(&rig, NS_PER_MS);
        ck_assert_int_eq(act(&rig, ACTION_FORCE_OFF, "g1", &err), ERR_UNSUPPORTED);
        ck_assert_str_eq(err.message, "denied: run as \xef\xbf\xbd[1mroot");
        if (barred)
            ck_assert_int_eq(act(&rig, ACTION_SHUTDOWN, "g2", &err), ERR_UNSUPPORTED);
        rig_turn(&rig, 58 * NS_PER_S);
        ck_assert_int_eq(act(&rig, ACTION_FORCE_OFF, "g1", &err), ERR_UNSUPPORTED);
        rig_turn(&rig, 3 * NS_PER_S);
    }
    ck_assert_int_gt(act(&rig, ACTION_FORCE_OFF, "g1", &err), 0);
    ck_assert_int_gt(act(&rig, ACTION_SHUTDOWN, "g2", &err), 0);
    rig_free(&rig);
}
END_TEST

START_TEST(readonly_refuses)
{
    struct rig rig = open_rig(true, 1);
    struct error err;

    ck_assert_int_eq(act(&rig, ACTION_SHUTDOWN, "g1", &err), ERR_DENIED);
    ck_assert_uint_eq(engine_job_count(rig.engine), 0);
    ck_assert_uint_eq(rig.count, 1);
    ck_assert(engine_readonly(rig.engine));
    rig_free(&rig);
}
END_TEST

START_TEST(the_spawners_refusal_fails_the_job)
{
    struct rig rig = open_rig(false, 1);

    rig.refuse = EROFS;
    ck_assert_int_eq(act(&rig, ACTION_SHUTDOWN, "g1", NULL), 1);
    ck_assert_int_eq(job_numbered(&rig, 1)->state, JOB_FAILED);
    ck_assert_str_eq(job_numbered(&rig, 1)->text, "refused: read-only");
    rig_free(&rig);
}
END_TEST

START_TEST(what_makes_no_sense_is_refused)
{
    struct rig rig = open_rig(false, 1);
    struct error err;

    ck_assert_int_eq(act(&rig, ACTION_START, "g1", &err), ERR_UNSUPPORTED);
    ck_assert_str_ne(err.message, "");
    ck_assert_int_eq(act(&rig, ACTION_START, "nobody", &err), ERR_GONE);
    rig_free(&rig);
}
END_TEST

START_TEST(the_life_is_bound_when_it_is_asked_for)
{
    struct rig rig = open_rig(false, 5);
    struct frame request;
    struct rig_child *last;

    for (int i = 1; i <= 5; i++) {
        char key[16];
        snprintf(key, sizeof(key), "g%d", i);
        act(&rig, ACTION_RESET, key, NULL);
    }
    /* The fifth waits; meanwhile its guest begins another life. */
    rig_guest(rig_child(&rig, ROLE_WORKER, LXC), 5, "g5", "another");
    rig_turn(&rig, NS_PER_MS);
    rig_hello(&rig.child[1]);
    progress(&rig, &rig.child[1], "done", true, false);
    last = &rig.child[rig.count - 1];
    ck_assert(rig_receive(last, FRAME_DO, &request));
    ck_assert_str_eq(request.u.action.key, "g5");
    ck_assert_str_eq(request.u.action.life, "L");
    frame_clear(&request);
    rig_free(&rig);
}
END_TEST

START_TEST(hostile_keys_stay_raw_on_the_wire)
{
    struct rig rig = open_rig(false, 0);
    struct rig_child *worker = rig_child(&rig, ROLE_WORKER, LXC);
    struct frame request;

    rig_guest(worker, 1, HOSTILE, "L");
    rig_row(worker, 1, STATE_RUNNING, rig.now, 0);
    rig_turn(&rig, NS_PER_MS);
    ck_assert_int_eq(act(&rig, ACTION_RESET, HOSTILE, NULL), 1);
    ck_assert_ptr_null(strchr(job_numbered(&rig, 1)->name, '\x1b'));
    ck_assert(rig_receive(rig_child(&rig, ROLE_JOB, LXC), FRAME_DO, &request));
    ck_assert_str_eq(request.u.action.key, HOSTILE);
    frame_clear(&request);
    rig_free(&rig);
}
END_TEST

START_TEST(only_the_last_two_hundred_are_kept)
{
    struct rig rig = open_rig(false, 1);

    for (int i = 1; i <= 230; i++) {
        struct rig_child *child;
        ck_assert_int_eq(act(&rig, ACTION_RESET, "g1", NULL), i);
        child = rig_child(&rig, ROLE_JOB, LXC);
        rig_hello(child);
        progress(&rig, child, "done", true, false);
        rig_exit(&rig, child, 0);
        rig_turn(&rig, NS_PER_MS);
        rig.count = 1; /* forget it */
    }
    ck_assert_uint_eq(engine_job_count(rig.engine), 200);
    ck_assert_uint_eq(engine_job_at(rig.engine, 0)->id, 230);
    ck_assert_uint_eq(engine_job_at(rig.engine, 199)->id, 31);
    ck_assert_ptr_null(engine_job_at(rig.engine, 200));
    rig_free(&rig);
}
END_TEST

static void select_guest(struct rig *rig, const char *key)
{
    struct guest_id id = {(char *)LXC, (char *)key};

    engine_want(rig->engine, &id, 1, &id);
}

static int probes_of(const struct rig *rig)
{
    int count = 0;

    for (size_t i = 0; i < rig->count; i++)
        count += rig->child[i].role == ROLE_PROBE;
    return count;
}

START_TEST(the_selected_guests_address_is_asked_for_once)
{
    struct rig rig = open_rig(false, 1);
    struct frame answer = {.type = FRAME_ANSWER, .u.answer = {.values = {(char *)"10.9.8.7"}}};
    struct rig_child *probe;
    struct frame ask;

    select_guest(&rig, "g1");
    ck_assert_int_eq(probes_of(&rig), 0); /* the cursor may be passing by */
    pass_beating(&rig, 2);
    ck_assert_int_eq(probes_of(&rig), 1);
    probe = rig_child(&rig, ROLE_PROBE, LXC);
    ck_assert(rig_receive(probe, FRAME_ASK, &ask));
    ck_assert_str_eq(ask.u.ask.question, "addresses");
    ck_assert_str_eq(ask.u.ask.key, "g1");
    ck_assert_str_eq(ask.u.ask.life, "L");
    frame_clear(&ask);
    rig_hello(probe);
    rig_send(probe, &answer);
    rig_turn(&rig, NS_PER_MS);
    ck_assert_str_eq(rig_find(&rig, LXC, "g1")->facts.addresses[0], "10.9.8.7");
    rig_exit(&rig, probe, 0);

    /* The worker, which knows none, does not wipe it; another life does. */
    rig_guest(rig_child(&rig, ROLE_WORKER, LXC), 1, "g1", "L");
    rig_turn(&rig, NS_PER_MS);
    ck_assert_str_eq(rig_find(&rig, LXC, "g1")->facts.addresses[0], "10.9.8.7");
    pass_beating(&rig, 70);
    ck_assert_int_eq(probes_of(&rig), 1);
    rig_guest(rig_child(&rig, ROLE_WORKER, LXC), 1, "g1", "M");
    rig_turn(&rig, NS_PER_MS);
    ck_assert_ptr_null(rig_find(&rig, LXC, "g1")->facts.addresses[0]);
    rig_free(&rig);
}
END_TEST

START_TEST(a_silent_probe_is_killed_and_rests_a_minute)
{
    struct rig rig = open_rig(false, 1);
    struct rig_child *probe;

    select_guest(&rig, "g1");
    pass_beating(&rig, 2);
    probe = rig_child(&rig, ROLE_PROBE, LXC);
    ck_assert_ptr_nonnull(probe);
    pass_beating(&rig, 5);
    ck_assert(probe->killed);
    pass_beating(&rig, 50);
    ck_assert_int_eq(probes_of(&rig), 1);
    pass_beating(&rig, 10);
    ck_assert_int_eq(probes_of(&rig), 2);
    rig_free(&rig);
}
END_TEST

START_TEST(who_is_off_is_not_asked)
{
    struct rig rig = open_rig(false, 1);

    rig_row(rig_child(&rig, ROLE_WORKER, LXC), 1, STATE_OFF, 0, 0);
    select_guest(&rig, "g1");
    pass_beating(&rig, 5);
    ck_assert_int_eq(probes_of(&rig), 0);
    rig_free(&rig);
}
END_TEST

/* What the probe under way was told of the agent. */
static bool may_ask_agent(struct rig *rig)
{
    struct frame question;

    pass_beating(rig, 2);
    ck_assert(rig_receive(rig_child(rig, ROLE_PROBE, LXC), FRAME_ASK, &question));
    bool may = question.u.ask.agent;
    frame_clear(&question);
    return may;
}

START_TEST(agents_are_asked_by_leave_only)
{
    for (int leave = 0; leave <= 1; leave++) {
        for (int readonly = 0; readonly <= 1; readonly++) {
            struct rig rig = open_rig(readonly, 1);
            if (leave)
                engine_ask_agents(rig.engine);
            select_guest(&rig, "g1");
            ck_assert_int_eq(may_ask_agent(&rig), leave && !readonly);
            rig_free(&rig);
        }
    }
}
END_TEST

/* Each call that never returns holds one of the daemon's few workers. */
START_TEST(agents_that_hang_are_counted)
{
    struct rig rig = open_rig(false, 5);
    const char *const keys[] = {"g1", "g2", "g3", "g4", "g5"};
    struct frame want;

    engine_ask_agents(rig.engine);
    for (int i = 0; i < 5; i++) {
        select_guest(&rig, keys[i]);
        ck_assert_int_eq(may_ask_agent(&rig), i < 4);
        pass_beating(&rig, 5);
        ck_assert(rig_child(&rig, ROLE_PROBE, LXC)->killed);
    }
    ck_assert(rig_receive(rig_child(&rig, ROLE_WORKER, LXC), FRAME_WANT, &want));
    ck_assert_int_eq(want.u.want.stuck, 4);
    frame_clear(&want);
    rig_free(&rig);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("engine/jobs");
    TCase *tc = tcase_create("all");
    SRunner *runner;
    int failed;

    tcase_set_timeout(tc, 30);
    tcase_add_test(tc, a_job_runs_and_is_done);
    tcase_add_test(tc, a_failure_says_why_and_is_sanitised);
    tcase_add_test(tc, death_without_a_last_word_is_a_failure);
    tcase_add_test(tc, the_last_word_counts_though_the_exit_came_first);
    tcase_add_test(tc, garbage_of_a_job_is_a_failure);
    tcase_add_test(tc, who_never_answers_is_given_up);
    tcase_add_test(tc, a_start_has_ten_minutes);
    tcase_add_test(tc, progress_counts_and_the_last_word_beats_the_deadline);
    tcase_add_test(tc, four_run_the_others_wait);
    tcase_add_test(tc, a_source_that_hangs_blocks_no_other);
    tcase_add_test(tc, the_same_twice_is_refused);
    tcase_add_test(tc, what_was_denied_is_not_offered);
    tcase_add_test(tc, readonly_refuses);
    tcase_add_test(tc, the_spawners_refusal_fails_the_job);
    tcase_add_test(tc, what_makes_no_sense_is_refused);
    tcase_add_test(tc, the_life_is_bound_when_it_is_asked_for);
    tcase_add_test(tc, hostile_keys_stay_raw_on_the_wire);
    tcase_add_test(tc, only_the_last_two_hundred_are_kept);
    tcase_add_test(tc, the_selected_guests_address_is_asked_for_once);
    tcase_add_test(tc, a_silent_probe_is_killed_and_rests_a_minute);
    tcase_add_test(tc, agents_are_asked_by_leave_only);
    tcase_add_test(tc, agents_that_hang_are_counted);
    tcase_add_test(tc, who_is_off_is_not_asked);
    suite_add_tcase(suite, tc);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? 1 : 0;
}
