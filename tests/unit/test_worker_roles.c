/* What a worker, a job and a probe do and say: in real processes. */
#include <check.h>
#include <signal.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "test_worker_kid.h"

START_TEST(worker_samples_as_wanted)
{
    struct kid kid = start(ROLE_WORKER, 1, "fake:ok");
    struct frame frame;

    expect(&kid, FRAME_HELLO, &frame);
    ck_assert_int_eq(frame.u.hello.protocol, FRAME_PROTOCOL);
    ck_assert_str_eq(frame.u.hello.role, "worker");
    ck_assert_str_eq(frame.u.hello.source, "fake:ok");
    frame_clear(&frame);
    want(&kid, NS_PER_S / 5, 77);
    expect(&kid, FRAME_SOURCE, &frame);
    ck_assert_int_eq(frame.u.source.state, SOURCE_UP);
    frame_clear(&frame);
    expect(&kid, FRAME_FACTS, &frame);
    ck_assert_str_eq(frame.u.facts.key, "1");
    frame_clear(&frame);
    expect(&kid, FRAME_FACTS, &frame);
    frame_clear(&frame);
    expect(&kid, FRAME_ROWS, &frame);
    ck_assert_uint_eq(frame.u.rows.row[0].sample.value[FIELD_CPU], NS_PER_S / 5);
    ck_assert_uint_eq(frame.u.rows.row[0].sample.value[FIELD_PIDS], 77);
    frame_clear(&frame);
    expect(&kid, FRAME_ANSWERED, &frame);
    expect(&kid, FRAME_BEAT, &frame);
    forget(&kid);
    ck_assert_int_eq(exit_of(1), 0); /* it leaves by itself when nobody listens */
}
END_TEST

START_TEST(ticks_fall_on_multiples_of_the_period)
{
    struct kid kid = start(ROLE_WORKER, 1, "fake:ok");
    int64_t period = NS_PER_S / 5, last = 0, first = 0;
    struct frame frame;

    want(&kid, period, 0);
    for (int i = 0; i < 8; i++) {
        /* The first tick comes in two frames, for a column more. */
        expect(&kid, FRAME_ROWS, &frame);
        int64_t at = frame.u.rows.row[0].sample.at_ns;
        if (i == 0)
            first = at;
        else if (at != first)
            ck_assert_int_eq(at % period, 0);
        if (at != first && last != first)
            ck_assert_int_eq(at - last, period);
        last = at;
        frame_clear(&frame);
    }
    /* A new period holds from the next multiple on. */
    want(&kid, NS_PER_S, 0);
    expect(&kid, FRAME_ROWS, &frame);
    while (frame.u.rows.row[0].sample.value[FIELD_CPU] != (uint64_t)NS_PER_S) {
        frame_clear(&frame);
        expect(&kid, FRAME_ROWS, &frame);
    }
    ck_assert_int_eq(frame.u.rows.row[0].sample.at_ns % NS_PER_S, 0);
    frame_clear(&frame);
    forget(&kid);
    exit_of(1);
}
END_TEST

static void want_parts(struct kid *kid, int64_t period_ns, unsigned parts)
{
    struct frame frame = {.type = FRAME_WANT,
                          .u.want = {.period_ns = period_ns, .selected = 2, .parts = parts}};

    ck_assert_int_eq(channel_send(&kid->channel, &frame, NULL), 0);
}

/* Whoever opens a tab does not wait for the next tick, and nobody else notices. */
START_TEST(parts_come_at_once_and_with_each_tick)
{
    struct kid kid = start(ROLE_WORKER, 1, "fake:ok");
    struct frame frame;

    want_parts(&kid, 3600 * NS_PER_S, 0);
    expect(&kid, FRAME_ANSWERED, &frame);
    want_parts(&kid, 3600 * NS_PER_S, PART_BIT(PART_LINK) | PART_BIT(PART_DISK));
    expect(&kid, FRAME_PARTS, &frame);
    ck_assert_uint_eq(frame.u.parts.handle, 2);
    ck_assert_uint_eq(frame.u.parts.parts.count, 2);
    ck_assert_int_eq(frame.u.parts.parts.part[1].kind, PART_LINK);
    frame_clear(&frame);
    want_parts(&kid, 3600 * NS_PER_S, PART_BIT(PART_VCPU));
    expect(&kid, FRAME_PARTS, &frame);
    ck_assert_uint_eq(frame.u.parts.parts.count, 1);
    frame_clear(&frame);

    want_parts(&kid, NS_PER_S / 5, PART_BIT(PART_VCPU));
    for (int ticks = 0; ticks < 3; ticks++) {
        expect(&kid, FRAME_PARTS, &frame);
        frame_clear(&frame);
        expect(&kid, FRAME_ROWS, &frame);
        frame_clear(&frame);
    }
    forget(&kid);
    exit_of(1);
}
END_TEST

START_TEST(worker_does_not_wait_for_ever_to_be_asked)
{
    int64_t start_ns = clock_mono_ns();
    struct kid kid = start(ROLE_WORKER, 1, "fake:ok");
    struct frame frame;

    expect(&kid, FRAME_ROWS, &frame);
    ck_assert_int_lt(clock_mono_ns() - start_ns, 2 * NS_PER_S);
    ck_assert_uint_eq(frame.u.rows.row[0].sample.value[FIELD_CPU], 2 * NS_PER_S);
    frame_clear(&frame);
    forget(&kid);
    exit_of(1);
}
END_TEST

START_TEST(ready_backend_gets_a_tick_out_of_turn)
{
    struct kid kid = start(ROLE_WORKER, 1, "fake:ready");
    int64_t before = clock_mono_ns(), at = 0;
    struct frame frame;

    want(&kid, 3600 * NS_PER_S, 0);
    expect(&kid, FRAME_EVENT, &frame);
    ck_assert_str_eq(frame.u.event.text, "woken");
    frame_clear(&frame);
    while (at == 0) {
        expect(&kid, FRAME_ROWS, &frame);
        for (size_t i = 0; i < frame.u.rows.count; i++)
            if (frame.u.rows.row[i].sample.value[FIELD_BOOT])
                at = frame.u.rows.row[i].sample.at_ns;
        frame_clear(&frame);
    }
    ck_assert_int_lt(at - before, 3 * NS_PER_S);
    forget(&kid);
    exit_of(1);
}
END_TEST

START_TEST(what_cannot_be_opened_says_why_and_beats)
{
    static const struct {
        const char *source;
        enum source_state state;
        const char *error, *remedy;
    } cases[] = {{"fake:denied", SOURCE_DENIED, "not for you", "join the group"},
                 {"nonsense", SOURCE_FAILED, "there is no source \"nonsense\"",
                  "a source is libvirt:URI, lxc:PATH, host, proc or sim"}};
    struct kid kid = start(ROLE_WORKER, 1, cases[_i].source);
    struct frame frame;

    expect(&kid, FRAME_SOURCE, &frame);
    ck_assert_int_eq(frame.u.source.state, cases[_i].state);
    ck_assert_str_eq(frame.u.source.error, cases[_i].error);
    ck_assert_str_eq(frame.u.source.remedy, cases[_i].remedy);
    frame_clear(&frame);
    expect(&kid, FRAME_ANSWERED, &frame);
    want(&kid, NS_PER_S / 5, 0);
    expect(&kid, FRAME_BEAT, &frame);
    expect(&kid, FRAME_BEAT, &frame);
    forget(&kid);
    ck_assert_int_eq(exit_of(1), 0);
}
END_TEST

START_TEST(a_screen_that_does_not_read_costs_rows_only)
{
    struct kid kid = start(ROLE_WORKER, 1, "fake:flood");
    struct frame frame;
    size_t facts = 0;
    uint32_t rows = 0;

    want(&kid, NS_PER_S / 20, 0);
    usleep(1500000);
    /* All facts, in order, and of thirty ticks the two or three that fitted the socket. */
    while (facts < 5000) {
        expect(&kid, FRAME_FACTS, &frame);
        ck_assert_uint_eq(frame.u.facts.handle, ++facts);
        frame_clear(&frame);
    }
    for (int64_t at = 0; at < clock_mono_ns() - NS_PER_S; rows++) {
        expect(&kid, FRAME_ROWS, &frame);
        at = frame.u.rows.row[0].sample.at_ns;
        frame_clear(&frame);
        ck_assert_uint_lt(rows, 8);
    }
    /* It is as lively as before. */
    for (int i = 0; i < 10; i++) {
        expect(&kid, FRAME_ROWS, &frame);
        frame_clear(&frame);
    }
    forget(&kid);
    ck_assert_int_eq(exit_of(1), 0);
}
END_TEST

START_TEST(garbage_ends_a_worker)
{
    struct kid kid = start(ROLE_WORKER, 1, "fake:ok");
    struct frame frame;

    expect(&kid, FRAME_HELLO, &frame);
    frame_clear(&frame);
    ck_assert_int_eq(send(kid.channel.fd, "\x02\0\0\0\x91\x63", 6, 0), 6);
    ck_assert(WIFEXITED(exit_of(1)));
    forget(&kid);
}
END_TEST

START_TEST(a_thread_that_hangs_does_not_keep_a_worker)
{
    struct kid kid = start(ROLE_WORKER, 1, "fake:thread");
    struct frame frame;

    expect(&kid, FRAME_ROWS, &frame);
    frame_clear(&frame);
    forget(&kid);
    ck_assert_int_eq(exit_of(1), 0);
}
END_TEST

START_TEST(death_is_told)
{
    struct kid kid = start(ROLE_WORKER, 1, "fake:die");
    int status = exit_of(1);

    ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
    forget(&kid);
    kid = start(ROLE_WORKER, 1, "fake:hang"); /* its number is free again */
    ask_spawner(SPAWN_KILL, 0, 1, "");
    status = exit_of(1);
    ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    forget(&kid);
}
END_TEST

START_TEST(job_reports_progress_and_result)
{
    char path[] = "/tmp/test-worker-XXXXXX";
    struct kid kid = start(ROLE_JOB, 9, "fake:");
    struct frame frame;
    int steps = 0;

    ck_assert_ptr_nonnull(mkdtemp(path));
    CLEANUP_FREE char *proof = xasprintf("%s/done", path);
    act(&kid, ACTION_START, proof);
    for (bool done = false; !done;) {
        expect(&kid, FRAME_PROGRESS, &frame);
        done = frame.u.progress.done;
        steps++;
        if (!done)
            ck_assert_str_eq(frame.u.progress.text, "working");
        else
            ck_assert(!frame.u.progress.failed && frame.u.progress.percent == 100);
        frame_clear(&frame);
    }
    ck_assert_int_eq(steps, 21);
    ck_assert_int_eq(exit_of(9), 0);
    ck_assert_int_eq(unlink(proof), 0);
    rmdir(path);
    forget(&kid);
}
END_TEST

START_TEST(job_says_why_it_failed)
{
    struct kid kid = start(ROLE_JOB, 1, "fake:");
    struct frame frame;

    act(&kid, ACTION_SHUTDOWN, "k");
    expect(&kid, FRAME_PROGRESS, &frame);
    ck_assert(frame.u.progress.done && frame.u.progress.failed && frame.u.progress.timed_out);
    ck_assert_str_eq(frame.u.progress.text, "it did not stop in 3 s");
    ck_assert_str_eq(frame.u.progress.remedy, "force it off");
    frame_clear(&frame);
    ck_assert_int_ne(exit_of(1), 0);
    forget(&kid);

    kid = start(ROLE_JOB, 2, "fake:");
    act(&kid, ACTION_RESET, "k");
    expect(&kid, FRAME_PROGRESS, &frame);
    ck_assert(frame.u.progress.failed && !frame.u.progress.timed_out && !frame.u.progress.denied);
    ck_assert_ptr_null(frame.u.progress.remedy);
    frame_clear(&frame);
    ck_assert_int_ne(exit_of(2), 0);
    forget(&kid);

    kid = start(ROLE_JOB, 3, "fake:denied");
    act(&kid, ACTION_RESET, "k");
    expect(&kid, FRAME_PROGRESS, &frame);
    ck_assert_str_eq(frame.u.progress.text, "not for you");
    ck_assert(frame.u.progress.denied && !frame.u.progress.barred);
    frame_clear(&frame);
    exit_of(3);
    forget(&kid);
}
END_TEST

START_TEST(job_without_a_task_does_nothing)
{
    struct kid kid = start(ROLE_JOB, 1, "fake:");

    forget(&kid);
    ck_assert_int_ne(exit_of(1), 0);
}
END_TEST

START_TEST(probe_answers)
{
    struct kid kid = start(ROLE_PROBE, 1, "fake:");
    struct frame frame;

    ask(&kid, "addresses", "k");
    expect(&kid, FRAME_ANSWER, &frame);
    ck_assert_ptr_null(frame.u.answer.error);
    ck_assert_str_eq(frame.u.answer.values[0], "10.0.0.7");
    ck_assert_str_eq(frame.u.answer.values[1], "10.0.0.8");
    frame_clear(&frame);
    ck_assert_int_eq(exit_of(1), 0);
    forget(&kid);

    kid = start(ROLE_PROBE, 1, "fake:");
    ask(&kid, "weather", "k");
    expect(&kid, FRAME_ANSWER, &frame);
    ck_assert_str_eq(frame.u.answer.error, "what?");
    frame_clear(&frame);
    exit_of(1);
    forget(&kid);
}
END_TEST

START_TEST(readonly_refuses_jobs_and_agents)
{
    struct frame frame;
    struct spawn_answer answer;
    struct kid kid;
    int fds[2];

    close(spawner);
    spawner = spawner_start(true, -1);
    ask_spawner(SPAWN_START, ROLE_JOB, 1, "fake:");
    answer = hear_spawner(fds);
    ck_assert_uint_eq(answer.kind, SPAWN_REFUSED);
    ck_assert_uint_eq(answer.token, 1);
    ck_assert_int_eq(answer.errnum, EROFS);
    ck_assert_int_eq(fds[0], -1);
    kid = start(ROLE_WORKER, 2, "fake:ok");
    forget(&kid);
    exit_of(2);
    kid = start(ROLE_PROBE, 3, "fake:");
    ask(&kid, "addresses", "k"); /* the agent too, whatever the screen may say */
    expect(&kid, FRAME_ANSWER, &frame);
    ck_assert_str_eq(frame.u.answer.values[0], "10.0.0.7");
    ck_assert_ptr_null(frame.u.answer.values[1]);
    frame_clear(&frame);
    exit_of(3);
    forget(&kid);
}
END_TEST

int main(int argc, char **argv)
{
    int status;

    if (is_kid(argc, argv, &status))
        return status;
    TCase *tc = kid_tests();
    tcase_add_test(tc, worker_samples_as_wanted);
    tcase_add_test(tc, ticks_fall_on_multiples_of_the_period);
    tcase_add_test(tc, parts_come_at_once_and_with_each_tick);
    tcase_add_test(tc, worker_does_not_wait_for_ever_to_be_asked);
    tcase_add_test(tc, ready_backend_gets_a_tick_out_of_turn);
    tcase_add_loop_test(tc, what_cannot_be_opened_says_why_and_beats, 0, 2);
    tcase_add_test(tc, a_screen_that_does_not_read_costs_rows_only);
    tcase_add_test(tc, garbage_ends_a_worker);
    tcase_add_test(tc, a_thread_that_hangs_does_not_keep_a_worker);
    tcase_add_test(tc, death_is_told);
    tcase_add_test(tc, job_reports_progress_and_result);
    tcase_add_test(tc, job_says_why_it_failed);
    tcase_add_test(tc, job_without_a_task_does_nothing);
    tcase_add_test(tc, probe_answers);
    tcase_add_test(tc, readonly_refuses_jobs_and_agents);
    return run_kid_tests("worker roles", tc);
}
