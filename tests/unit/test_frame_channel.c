#include "frame/channel.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/io.h"

static struct channel a, b;
static int raw; /* the descriptor of B */

static void setup(void)
{
    int pair[2];

    ck_assert_int_eq(io_socketpair(pair), 0);
    channel_init(&a, pair[0]);
    channel_init(&b, pair[1]);
    raw = pair[1];
}

static void teardown(void)
{
    channel_clear(&a);
    channel_clear(&b);
}

static struct frame log_frame(const char *text)
{
    return (struct frame){.type = FRAME_LOG, .u.log = (char *)text};
}

START_TEST(frames_arrive_in_order)
{
    struct frame frame;
    char text[16];

    for (int i = 0; i < 100; i++) {
        snprintf(text, sizeof(text), "%d", i);
        struct frame sent = log_frame(text);
        ck_assert_int_eq(channel_send(&a, &sent, NULL), 0);
    }
    ck_assert_uint_eq(channel_pending(&a), 0);
    ck_assert_int_eq(channel_next(&b, &frame, NULL), 0);
    for (int i = 0; i < 100; i++) {
        int rc;
        while ((rc = channel_next(&b, &frame, NULL)) == 0)
            ck_assert_int_eq(channel_fill(&b, NULL), 0);
        ck_assert_int_eq(rc, 1);
        snprintf(text, sizeof(text), "%d", i);
        ck_assert_str_eq(frame.u.log, text);
        frame_clear(&frame);
    }
    ck_assert_int_eq(channel_fill(&b, NULL), 0); /* nothing there is no error */
    ck_assert_int_eq(channel_next(&b, &frame, NULL), 0);
}
END_TEST

START_TEST(a_frame_may_come_byte_by_byte)
{
    struct frame frame, sent = log_frame("hello");
    msgpack_sbuffer buf = {0};

    frame_put(&buf, &sent);
    for (size_t i = 0; i < buf.size; i++) {
        ck_assert_int_eq(channel_next(&a, &frame, NULL), 0);
        ck_assert_int_eq(send(raw, buf.data + i, 1, 0), 1);
        ck_assert_int_eq(channel_fill(&a, NULL), 0);
    }
    ck_assert_int_eq(channel_next(&a, &frame, NULL), 1);
    ck_assert_str_eq(frame.u.log, "hello");
    frame_clear(&frame);
    free(buf.data);
}
END_TEST

/* More than a socket holds: it queues, and arrives whole as the other side reads. */
START_TEST(a_large_frame_crosses_in_pieces)
{
    struct sample sample = {.at_ns = 1};
    struct frame_rows_writer writer;
    msgpack_sbuffer buf = {0};
    struct frame frame;
    int rc;

    for (int field = 0; field < FIELD_COUNT; field++)
        sample_set(&sample, (enum field)field, UINT64_MAX);
    frame_rows_begin(&writer, 1, ~UINT64_C(0));
    for (uint32_t i = 1; i <= 20000; i++)
        frame_rows_add(&writer, i, STATE_RUNNING, NULL, NULL, &sample);
    frame_rows_end(&writer, &buf);
    ck_assert_int_eq(channel_send_bytes(&a, &buf, NULL), 0);
    ck_assert_uint_gt(channel_pending(&a), 0);
    while ((rc = channel_next(&b, &frame, NULL)) == 0) {
        ck_assert_int_eq(channel_fill(&b, NULL), 0);
        ck_assert_int_eq(channel_flush(&a, NULL), 0);
    }
    ck_assert_int_eq(rc, 1);
    ck_assert_uint_eq(frame.u.rows.count, 20000);
    ck_assert_uint_eq(channel_pending(&a), 0);
    frame_clear(&frame);
    free(buf.data);
}
END_TEST

START_TEST(a_peer_that_does_not_read_is_busy)
{
    size_t len = FRAME_MAX_STRING;
    char *text = xmalloc(len + 1);
    struct frame sent, got;
    size_t taken = 0, pending;
    int rc;

    memset(text, 'x', len);
    text[len] = '\0';
    sent = log_frame(text);
    while ((rc = channel_send(&a, &sent, NULL)) == 0)
        taken++;
    ck_assert_int_eq(rc, ERR_BUSY);
    pending = channel_pending(&a);
    ck_assert_uint_le(pending, (size_t)FRAME_MAX_BYTES * 2);
    ck_assert_uint_gt(pending, (size_t)FRAME_MAX_BYTES);
    ck_assert_int_eq(channel_send(&a, &sent, NULL), ERR_BUSY);
    ck_assert_uint_eq(channel_pending(&a), pending); /* nothing of it was queued */
    /* What was taken arrives, whole. */
    while (taken > 0) {
        ck_assert_int_eq(channel_flush(&a, NULL), 0);
        ck_assert_int_eq(channel_fill(&b, NULL), 0);
        while ((rc = channel_next(&b, &got, NULL)) == 1) {
            ck_assert_uint_eq(strlen(got.u.log), len);
            frame_clear(&got);
            taken--;
        }
        ck_assert_int_eq(rc, 0);
    }
    ck_assert_int_eq(channel_send(&a, &sent, NULL), 0);
    free(text);
}
END_TEST

START_TEST(a_lost_peer_is_lost_without_a_signal)
{
    struct frame sent = log_frame("last"), got;
    struct error err;

    ck_assert_int_eq(channel_send(&a, &sent, NULL), 0);
    channel_clear(&a);
    ck_assert_int_eq(channel_send(&a, &sent, NULL), ERR_LOST);
    ck_assert_int_eq(channel_send(&b, &sent, &err), ERR_LOST); /* SIGPIPE would end the test */
    ck_assert_int_eq(channel_fill(&b, NULL), 0);
    ck_assert_int_eq(channel_fill(&b, &err), ERR_LOST);
    ck_assert_int_eq(err.code, ERR_LOST);
    ck_assert_int_eq(channel_next(&b, &got, NULL), 1); /* what came before the end is there */
    ck_assert_str_eq(got.u.log, "last");
    frame_clear(&got);
}
END_TEST

START_TEST(garbage_is_refused)
{
    static const char *const garbage[] = {"\x00\x00\x00\x00 ", "\x01\x00\x80\x00 ",
                                          "\xff\xff\xff\xff ", "\x02\x00\x00\x00\x91\x63",
                                          "GET / HTTP/1.1\r\n"};
    size_t lens[] = {5, 5, 5, 6, 16};
    struct frame frame;

    ck_assert_int_eq(send(raw, garbage[_i], lens[_i], 0), (ssize_t)lens[_i]);
    ck_assert_int_eq(channel_fill(&a, NULL), 0);
    ck_assert_int_eq(channel_next(&a, &frame, NULL), ERR_SYNTAX);
    ck_assert_int_eq(channel_next(&a, &frame, NULL), ERR_SYNTAX);
}
END_TEST

/* A length of 8 MB costs nothing until the bytes come. */
START_TEST(a_claimed_length_allocates_nothing)
{
    struct frame frame;

    ck_assert_int_eq(send(raw, "\x00\x00\x80\x00", 4, 0), 4);
    ck_assert_int_eq(channel_fill(&a, NULL), 0);
    ck_assert_int_eq(channel_next(&a, &frame, NULL), 0);
    ck_assert_uint_le(a.in_size, 1 << 17);
}
END_TEST

/* Filling without taking stops at a bound. */
START_TEST(input_is_bounded)
{
    char *chunk = xcalloc(1, 1 << 16);

    memcpy(chunk, "\x00\x00\x80\x00", 4);
    for (int i = 0; i < 2000; i++) {
        if (send(raw, chunk, 1 << 16, MSG_DONTWAIT) < 0 && i > 1000)
            break;
        ck_assert_int_eq(channel_fill(&a, NULL), 0);
    }
    ck_assert_uint_le(a.in_size, FRAME_MAX_BYTES + (1 << 17));
    free(chunk);
}
END_TEST

START_TEST(cleared_is_harmless)
{
    channel_clear(&a);
    channel_clear(&a);
    ck_assert_int_eq(a.fd, -1);
    ck_assert_int_eq(channel_fill(&a, NULL), ERR_LOST);
    ck_assert_int_eq(channel_flush(&a, NULL), ERR_LOST);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("frame channel");
    TCase *tc = tcase_create("channel");
    SRunner *runner;
    int failed;

    tcase_set_timeout(tc, 60);
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, frames_arrive_in_order);
    tcase_add_test(tc, a_frame_may_come_byte_by_byte);
    tcase_add_test(tc, a_large_frame_crosses_in_pieces);
    tcase_add_test(tc, a_peer_that_does_not_read_is_busy);
    tcase_add_test(tc, a_lost_peer_is_lost_without_a_signal);
    tcase_add_loop_test(tc, garbage_is_refused, 0, 5);
    tcase_add_test(tc, a_claimed_length_allocates_nothing);
    tcase_add_test(tc, input_is_bounded);
    tcase_add_test(tc, cleared_is_harmless);
    suite_add_tcase(suite, tc);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? 1 : 0;
}
