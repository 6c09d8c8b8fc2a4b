#include "fault/libvirt_record.h"

#include <check.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "fault/daemon.h"
#include "screen/driver.h"

#define START_MS 20000

struct record {
    pid_t pid;
    json_t *samples;
};

static _Noreturn void exec_vctop(const char *seconds)
{
    const char *const *env = daemon_environment();
    int out = open(daemon_path("record.json"), O_WRONLY | O_CREAT | O_TRUNC, 0600);

    dup2(out, STDOUT_FILENO);
    for (size_t i = 0; env[i]; i++)
        putenv((char *)env[i]);
    execl(screen_program(), "vctop", "-b", "-o", "json", "-d", seconds, "-c", DAEMON_URI, "-P",
          daemon_path("lxc"), (char *)NULL);
    _exit(127);
}

struct record *record_start(const char *seconds)
{
    struct record *record = calloc(1, sizeof(*record));
    long long end = screen_now_ms() + START_MS;
    struct timespec rest = {.tv_nsec = 50000000};
    struct stat info = {0};

    unlink(daemon_path("record.json"));
    record->pid = fork();
    if (record->pid == 0)
        exec_vctop(seconds);
    while (stat(daemon_path("record.json"), &info) != 0 || info.st_size == 0) {
        ck_assert_msg(screen_now_ms() < end, "no sample in %d ms", START_MS);
        nanosleep(&rest, NULL);
    }
    return record;
}

void record_end(struct record *record)
{
    json_error_t why;
    int status;

    kill(record->pid, SIGTERM);
    ck_assert_int_eq(waitpid(record->pid, &status, 0), record->pid);
    ck_assert_msg(WIFEXITED(status), "batch mode died of signal %d", WTERMSIG(status));
    ck_assert_int_eq(WEXITSTATUS(status), 128 + SIGTERM);

    FILE *file = fopen(daemon_path("record.json"), "r");
    ck_assert_ptr_nonnull(file);
    record->samples = json_array();
    for (json_t *sample; (sample = json_loadf(file, JSON_DISABLE_EOF_CHECK, &why));)
        json_array_append_new(record->samples, sample);
    ck_assert_msg(feof(file), "sample %zu: %s", record_samples(record), why.text);
    fclose(file);
}

size_t record_samples(const struct record *record)
{
    return json_array_size(record->samples);
}

const json_t *record_sample(const struct record *record, size_t at)
{
    return json_array_get(record->samples, at);
}

const json_t *record_guest(const struct record *record, size_t at, const char *name)
{
    const json_t *guests = json_object_get(record_sample(record, at), "guests"), *guest;
    size_t i;

    json_array_foreach(guests, i, guest)
    {
        if (!strcmp(json_string_value(json_object_get(guest, "name")), name))
            return guest;
    }
    return NULL;
}

const char *record_text(const struct record *record, size_t at)
{
    static char *text;

    free(text);
    text = json_dumps(record_sample(record, at), JSON_INDENT(1));
    return text ? text : "";
}

void record_free(struct record *record)
{
    json_decref(record->samples);
    free(record);
}
