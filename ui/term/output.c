#include "ui/term/output.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"

/* The slowest link that is worth a thought, and how far ahead of it one may be unasked. */
#define LINK_BYTES_S 9600
#define AHEAD_BYTES 1500
/* An answer that takes longer will not come. */
#define ANSWER_NS (3 * NS_PER_S)
/* n_tty calls a serial line writable below this (WAKEUP_CHARS). */
#define LINE_FILL 256

#define SHEET_BYTES (64 << 10)

static const char QUESTION[] = "\033[5n";

/* Of the one terminal; a handler of fatal signals reads tty and nonblocking. */
static struct {
    FILE *stream;
    int sheet; /* what was drawn: bytes before SENT have gone out */
    off_t sent;
    uint64_t bytes; /* that the terminal has taken */
    int tty;
    bool nonblocking;
    bool gone; /* the terminal is: nothing is sent any more */

    bool may_ask, answers; /* it has answered the last time */
    bool asked;
    int64_t asked_ns;
    int64_t ahead; /* bytes that a slow link would not have carried yet, at AHEAD_NS */
    int64_t ahead_ns;
} out = {.sheet = -1, .tty = -1};

/* The terminal once more, as an open file of our own: O_NONBLOCK on standard output would be
 * O_NONBLOCK for the shell as well. */
static int reopen(void)
{
    unsigned ours, other;
    int fd = open("/proc/self/fd/1", O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

    if (fd >= 0)
        return fd;
    /* After su the device is another user's, but the controlling terminal is always open. */
    fd = open("/dev/tty", O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (fd >= 0 && ioctl(fd, TIOCGDEV, &other) == 0 && ioctl(STDOUT_FILENO, TIOCGDEV, &ours) == 0 &&
        ours == other)
        return fd;
    cleanup_close(&fd);
    return -1;
}

FILE *output_open(struct error *err)
{
    CLEANUP_CLOSE int fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0);

    out.stream = fd < 0 ? NULL : fdopen(fd, "w");
    if (!out.stream) {
        error_errno(err, errno, "cannot draw");
        return NULL;
    }
    out.sheet = move_fd(&fd);
    out.tty = reopen();
    out.nonblocking = out.tty >= 0;
    if (!out.nonblocking)
        out.tty = STDOUT_FILENO;
    out.gone = out.answers = out.asked = false;
    out.sent = 0;
    out.asked_ns = out.ahead = 0;
    return out.stream;
}

int output_catch(struct error *err)
{
    CLEANUP_CLOSE int sheet = memfd_create("vctop-screen", MFD_CLOEXEC);

    if (sheet < 0 || dup3(sheet, out.sheet, O_CLOEXEC) < 0)
        return error_errno(err, errno, "cannot draw");
    return 0;
}

void output_close(void)
{
    if (out.stream)
        fclose(out.stream);
    out.stream = NULL;
    out.sheet = -1;
    if (out.nonblocking)
        cleanup_close(&out.tty);
    out.tty = -1;
    out.nonblocking = false;
}

void output_may_ask(bool may)
{
    out.may_ask = may;
}

/* ---- sending ---- */

static off_t drawn(void)
{
    off_t size = lseek(out.sheet, 0, SEEK_CUR);

    return size < 0 ? 0 : size;
}

static bool all_sent(void)
{
    return out.sent >= drawn();
}

uint64_t output_bytes(void)
{
    return out.bytes;
}

void output_drop(void)
{
    /* The question stands at the end of a frame: it was not put. */
    if (!all_sent())
        out.asked = false;
    out.sent = 0;
    /* Its pages serve the next frame too; one that was long gives them back. */
    if (drawn() <= SHEET_BYTES || ftruncate(out.sheet, 0) == 0)
        lseek(out.sheet, 0, SEEK_SET);
}

void output_add(const char *bytes, size_t len)
{
    /* Memory: it takes all of it or, when there is none left, as little as it did of the frame. */
    if (write(out.sheet, bytes, len) < 0)
        return;
}

static bool is_writable(int timeout_ms)
{
    struct pollfd fd = {.fd = out.tty, .events = POLLOUT};

    return poll(&fd, 1, timeout_ms) > 0 && (fd.revents & POLLOUT);
}

/* write(), but never blocking: as many as were taken, 0 for none, -1 when the terminal is gone. */
static ssize_t offer(const char *bytes, size_t len)
{
    /* A blocking descriptor that can be written to takes one byte for certain, not two. */
    if (!out.nonblocking) {
        if (!is_writable(0))
            return 0;
        len = 1;
    }
    ssize_t done = write(out.tty, bytes, len);
    if (done < 0 && (errno == EAGAIN || errno == EINTR))
        return 0;
    return done;
}

void output_send(void)
{
    char bytes[4096];
    ssize_t got, done;
    off_t end = drawn();

    while (!out.gone && out.sent < end) {
        size_t most =
            end - out.sent < (off_t)sizeof(bytes) ? (size_t)(end - out.sent) : sizeof(bytes);
        got = pread(out.sheet, bytes, most, out.sent);
        if (got <= 0)
            break;
        for (ssize_t at = 0; at < got; at += done) {
            done = offer(bytes + at, (size_t)(got - at));
            if (done <= 0) {
                out.gone = done < 0;
                break;
            }
            out.sent += done;
            out.bytes += (uint64_t)done;
        }
        if (done <= 0)
            break;
    }
    if (out.gone || out.sent >= end)
        output_drop();
}

void output_write_now(const char *bytes, size_t len, int timeout_ms)
{
    struct timespec now;

    if (out.tty < 0 || out.gone)
        return;
    clock_gettime(CLOCK_MONOTONIC, &now);
    int64_t end_ms = now.tv_sec * 1000LL + now.tv_nsec / 1000000 + timeout_ms, left;
    while (len > 0) {
        ssize_t done = offer(bytes, len);
        if (done < 0)
            return;
        bytes += done;
        len -= (size_t)done;
        clock_gettime(CLOCK_MONOTONIC, &now);
        left = end_ms - (now.tv_sec * 1000LL + now.tv_nsec / 1000000);
        if (len > 0 && (left <= 0 || (done == 0 && !is_writable((int)left))))
            return;
    }
}

/* ---- asking ---- */

void output_frame(int64_t now_ns)
{
    off_t bytes = drawn() - out.sent;
    int64_t carried = (now_ns - out.ahead_ns) / NS_PER_MS * LINK_BYTES_S / 1000;

    out.ahead = (out.ahead > carried ? out.ahead - carried : 0) + bytes;
    out.ahead_ns = now_ns;
    /* One that did not answer the first time is not asked again. */
    if (out.may_ask && bytes > 0 && out.ahead > AHEAD_BYTES && !out.asked &&
        (out.answers || !out.asked_ns)) {
        output_add(QUESTION, sizeof(QUESTION) - 1);
        out.asked = true;
        out.asked_ns = now_ns;
    }
    output_send();
}

void output_answered(void)
{
    out.answers = true;
    out.asked = false;
}

void output_forget_answer(void)
{
    out.asked = false;
}

bool output_awaits_answer(void)
{
    return out.asked && !out.gone;
}

bool output_is_proven(void)
{
    return out.answers;
}

bool output_is_clear(int64_t now_ns)
{
    int filled = 0;

    if (out.gone)
        return true;
    if (out.asked && now_ns - out.asked_ns >= ANSWER_NS && all_sent())
        out.asked = out.answers = false;
    /* Only a serial line tells what it holds: of a pty it is always 0. */
    return all_sent() && !(out.asked && out.answers) &&
           (ioctl(out.tty, TIOCOUTQ, &filled) != 0 || filled < LINE_FILL);
}

int output_poll_fd(void)
{
    int filled = 0;

    if (out.gone || out.tty < 0)
        return -1;
    bool full = ioctl(out.tty, TIOCOUTQ, &filled) == 0 && filled >= LINE_FILL;
    return full || !all_sent() ? out.tty : -1;
}

int output_timeout_ms(int64_t now_ns)
{
    if (!out.asked || !out.answers || out.gone || !all_sent())
        return -1;
    int64_t left = out.asked_ns + ANSWER_NS - now_ns;
    return left <= 0 ? 0 : (int)(left / NS_PER_MS) + 1;
}
