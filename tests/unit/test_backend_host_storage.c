/* The host's storage with calls that hang when the test wants it: stand-ins for statvfs() and
 * stat(), a table of mounts in a file. */
#include "backend/host/storage.h"

#include <check.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "base/clock.h"
#include "test_kernel_tree.h"

#define NAMES_MAX 16

/* What was said last. */
struct sink {
    int calls;
    size_t places, paths;
    struct storage_place place[NAMES_MAX];
    char name[NAMES_MAX][64];
    struct storage_path path[NAMES_MAX];
    char path_name[NAMES_MAX][64];
};

void sink_storage(struct sink *sink, const struct storage_report *report)
{
    sink->calls++;
    ck_assert_uint_le(report->places, NAMES_MAX);
    ck_assert_uint_le(report->paths, NAMES_MAX);
    sink->places = report->places;
    sink->paths = report->paths;
    for (size_t i = 0; i < report->places; i++) {
        sink->place[i] = report->place[i];
        snprintf(sink->name[i], sizeof(sink->name[i]), "%s", report->place[i].name);
    }
    for (size_t i = 0; i < report->paths; i++) {
        sink->path[i] = report->path[i];
        snprintf(sink->path_name[i], sizeof(sink->path_name[i]), "%s", report->path[i].path);
    }
}

static struct sink sink;
static struct storage *storage;
static int64_t clock_ns; /* of the ticks */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static const char *dead[8]; /* what begins so hangs */
static int hanging, asked;
static bool read_only;

static void maybe_hang(const char *path)
{
    pthread_mutex_lock(&lock);
    asked++;
    for (;;) {
        bool hangs = false;
        for (size_t i = 0; i < 8; i++)
            hangs |= dead[i] && strncmp(path, dead[i], strlen(dead[i])) == 0;
        if (!hangs)
            break;
        hanging++;
        pthread_cond_wait(&changed, &lock);
        hanging--;
    }
    pthread_mutex_unlock(&lock);
}

static int hanging_now(void)
{
    pthread_mutex_lock(&lock);
    int now = hanging;
    pthread_mutex_unlock(&lock);
    return now;
}

static void kill_mount(size_t index, const char *path)
{
    pthread_mutex_lock(&lock);
    dead[index] = path;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&lock);
}

static int stand_in_statvfs(const char *path, struct statvfs *ret)
{
    maybe_hang(path);
    if (strcmp(path, "/stale") == 0) {
        errno = ESTALE;
        return -1;
    }
    if (strcmp(path, "/private") == 0) {
        errno = EACCES;
        return -1;
    }
    *ret = (struct statvfs){.f_frsize = 4096,
                            .f_blocks = 1000,
                            .f_bfree = 600,
                            .f_bavail = 500,
                            .f_files = 100,
                            .f_ffree = 90,
                            .f_favail = 80};
    if (read_only && strcmp(path, "/") == 0)
        ret->f_flag = ST_RDONLY;
    return 0;
}

static int stand_in_stat(const char *path, struct stat *ret)
{
    maybe_hang(path);
    *ret = (struct stat){.st_mode = S_IFREG | 0600, .st_blocks = 16, .st_dev = makedev(8, 1)};
    if (strstr(path, "missing")) {
        errno = ENOENT;
        return -1;
    }
    if (strstr(path, "secret")) {
        errno = EACCES;
        return -1;
    }
    if (strstr(path, "link-to-nfs") || strncmp(path, "/nfs", 4) == 0)
        ret->st_dev = makedev(0, 30);
    if (strstr(path, "tmpfs"))
        ret->st_dev = makedev(0, 44);
    if (strstr(path, "rootfs"))
        ret->st_mode = S_IFDIR | 0755;
    if (strstr(path, "/dev/vg/")) {
        ret->st_mode = S_IFBLK | 0600;
        ret->st_rdev = makedev(253, 3);
    }
    return 0;
}

static int stand_in_thin(const char *path, struct thin_list *ret)
{
    maybe_hang(path);
    ret->pool = calloc(1, sizeof(*ret->pool));
    ret->volume = calloc(1, sizeof(*ret->volume));
    ret->pools = ret->volumes = 1;
    *ret->pool = (struct thin_pool){.major = 253,
                                    .minor = 1,
                                    .name = "vg/thin",
                                    .total = 1000,
                                    .used = 900,
                                    .metadata_total = 10,
                                    .metadata_used = 9};
    *ret->volume = (struct thin_volume){.major = 253,
                                        .minor = 3,
                                        .pool_major = 253,
                                        .pool_minor = 1,
                                        .has_mapped = true,
                                        .mapped = 77};
    return 0;
}

static const struct prober_calls calls = {stand_in_statvfs, stand_in_stat, stand_in_thin,
                                          NS_PER_S / 2};

#define MOUNTS \
    "1 1 8:1 / / rw - ext4 /dev/sda1 rw\n" \
    "2 1 0:30 / /nfs rw - nfs4 nas:/a rw\n" \
    "3 1 0:31 / /nfs2 rw - nfs4 nas:/b rw\n" \
    "4 1 0:44 / /tmpfs rw - tmpfs tmpfs rw\n" \
    "5 1 0:45 / /auto rw - autofs auto rw\n" \
    "6 1 253:3 / /on-thin rw - ext4 /dev/vg/lv rw\n"

static void begin(const char *mounts)
{
    tree_make();
    tree_put("/proc/self/mountinfo", mounts);
    sink = (struct sink){0};
    memset(dead, 0, sizeof(dead));
    read_only = false;
    clock_ns = 1000 * NS_PER_S;
    storage = storage_new(tree_root, &calls);
    ck_assert_ptr_nonnull(storage);
}

static void end(void)
{
    for (size_t i = 0; i < 8; i++)
        kill_mount(i, NULL);
    storage_free(storage);
    storage_free(NULL);
    tree_remove();
}

/* One round, however long it takes. */
static void round_with(char **paths, size_t count)
{
    struct want want = {.period_ns = NS_PER_S, .paths = paths, .path_count = count};
    int before = sink.calls;
    clock_ns += 10 * NS_PER_S;
    storage_tick(storage, &want, clock_ns);
    for (int i = 0; i < 600 && sink.calls == before; i++) {
        struct pollfd pfd = {.fd = storage_fd(storage), .events = POLLIN};
        if (poll(&pfd, 1, 100) > 0)
            storage_ready(storage, &sink);
    }
    ck_assert_int_eq(sink.calls, before + 1);
}

static const struct storage_place *place(const char *name)
{
    for (size_t i = 0; i < sink.places; i++) {
        if (strcmp(sink.name[i], name) == 0)
            return &sink.place[i];
    }
    return NULL;
}

static const char *lies_on(const char *path)
{
    for (size_t i = 0; i < sink.paths; i++) {
        if (strcmp(sink.path_name[i], path) == 0)
            return sink.path[i].place < 0 ? "-" : sink.name[sink.path[i].place];
    }
    return "?";
}

START_TEST(places_and_paths_are_told)
{
    char *paths[] = {(char *)"/auto/x",         (char *)"/dev/vg/lv",
                     (char *)"/images/a",       (char *)"/images/link-to-nfs",
                     (char *)"/images/missing", (char *)"/images/secret",
                     (char *)"/lxc/rootfs"};
    begin(MOUNTS);
    tree_put("/dev/mapper/control", "");
    round_with(paths, 7);
    ck_assert_uint_eq(sink.places, 5); /* no tmpfs, no autofs */
    ck_assert_uint_eq(place("/")->total, 1000 * 4096);
    ck_assert_uint_eq(place("/")->avail, 500 * 4096); /* f_bavail */
    ck_assert_uint_eq(place("/")->inodes_avail, 80);
    ck_assert_int_eq(place("/")->below, -1);
    ck_assert_uint_eq(place("vg/thin")->avail, 100);
    ck_assert_uint_eq(place("vg/thin")->inodes_avail, 1);
    ck_assert_str_eq(sink.name[place("/on-thin")->below], "vg/thin");

    ck_assert_str_eq(lies_on("/images/a"), "/");
    ck_assert_str_eq(lies_on("/images/link-to-nfs"), "/nfs");
    ck_assert_str_eq(lies_on("/images/missing"), "?");
    ck_assert_str_eq(lies_on("/images/secret"), "/"); /* by its name, for we may not look */
    ck_assert_str_eq(lies_on("/auto/x"), "-");        /* not asked: that would mount it */
    ck_assert_str_eq(lies_on("/dev/vg/lv"), "vg/thin");
    ck_assert(sink.path[1].has_allocated && sink.path[1].allocated == 77);
    ck_assert(sink.path[2].has_allocated && sink.path[2].allocated == 16 * 512);
    ck_assert(!sink.path[5].has_allocated); /* a directory */

    /* Rounds are seconds apart, unless there are other paths. */
    struct want same = {.paths = paths, .path_count = 7}, other = {.paths = paths, .path_count = 6};
    int before = asked;
    storage_tick(storage, &same, clock_ns + NS_PER_S);
    ck_assert(poll(&(struct pollfd){.fd = storage_fd(storage), .events = POLLIN}, 1, 0) == 0);
    ck_assert_int_eq(asked, before);
    storage_tick(storage, &other, clock_ns + NS_PER_S);
    ck_assert(poll(&(struct pollfd){.fd = storage_fd(storage), .events = POLLIN}, 1, 5000) == 1);
    end();
}
END_TEST

START_TEST(memory_counts_when_a_guest_stands_on_it)
{
    char *paths[] = {(char *)"/tmpfs/a.img"};
    begin(MOUNTS);
    round_with(paths, 1);
    ck_assert_ptr_nonnull(place("/tmpfs"));
    ck_assert_str_eq(lies_on("/tmpfs/a.img"), "/tmpfs");
    round_with(NULL, 0);
    ck_assert_ptr_null(place("/tmpfs"));
    end();
}
END_TEST

START_TEST(a_dead_mount_is_silent_and_nobody_waits)
{
    char *paths[] = {(char *)"/images/a", (char *)"/nfs/b"};
    begin(MOUNTS);
    round_with(paths, 2);
    ck_assert(place("/nfs")->silent_since_ns == 0);
    int64_t known = place("/nfs")->at_ns;
    kill_mount(0, "/nfs");
    int64_t start = clock_mono_ns();
    round_with(paths, 2);
    int64_t since = place("/nfs")->silent_since_ns;
    ck_assert(since >= start && since <= clock_mono_ns());
    ck_assert(place("/nfs")->at_ns == known); /* what was known, as old as it is */
    ck_assert(place("/")->silent_since_ns == 0 && place("/")->at_ns >= start);
    ck_assert_str_eq(lies_on("/nfs/b"), "/nfs");
    /* "/nfs2" begins with "/nfs", too: two threads are stuck, and no third one. */
    ck_assert_int_eq(hanging_now(), 2);
    int before = asked;
    round_with(paths, 2);
    ck_assert_int_eq(hanging_now(), 2);
    ck_assert_int_eq(asked, before + 3); /* /, /on-thin and the image on it */
    ck_assert(place("/nfs")->silent_since_ns == since);

    kill_mount(0, NULL);
    for (int i = 0; i < 600 && place("/nfs")->silent_since_ns; i++)
        round_with(paths, 2);
    ck_assert(place("/nfs")->silent_since_ns == 0 && place("/nfs")->at_ns > known);
    end();
}
END_TEST

START_TEST(a_link_into_a_dead_mount_does_not_silence_its_own)
{
    char *paths[] = {(char *)"/images/a", (char *)"/images/link-to-nfs"};
    begin(MOUNTS);
    kill_mount(0, "/images/link");
    round_with(paths, 2);
    ck_assert(place("/")->silent_since_ns == 0);
    ck_assert_int_eq(hanging_now(), 1);
    round_with(paths, 2);
    ck_assert(place("/")->silent_since_ns == 0);
    ck_assert_int_eq(hanging_now(), 1);
    end();
}
END_TEST

START_TEST(at_most_four_threads_are_stuck)
{
    begin("1 1 8:1 / / rw - ext4 /dev/sda1 rw\n"
          "2 1 0:31 / /n1 rw - nfs4 nas:/1 rw\n3 1 0:32 / /n2 rw - nfs4 nas:/2 rw\n"
          "4 1 0:33 / /n3 rw - nfs4 nas:/3 rw\n5 1 0:34 / /n4 rw - nfs4 nas:/4 rw\n"
          "6 1 0:35 / /n5 rw - nfs4 nas:/5 rw\n7 1 0:36 / /n6 rw - nfs4 nas:/6 rw\n");
    kill_mount(0, "/n");
    round_with(NULL, 0);
    ck_assert_int_eq(hanging_now(), PROBES_STUCK_MAX);
    round_with(NULL, 0);
    ck_assert_int_eq(hanging_now(), PROBES_STUCK_MAX);
    int64_t seen = place("/")->at_ns;
    round_with(NULL, 0); /* what is here goes on */
    ck_assert(place("/")->at_ns > seen);
    kill_mount(1, "/"); /* even that: no more than one more */
    round_with(NULL, 0);
    ck_assert_int_eq(hanging_now(), PROBES_STUCK_MAX + 1);
    ck_assert(place("/")->silent_since_ns != 0);
    storage_tick(storage, &(struct want){0}, clock_ns += 10 * NS_PER_S);
    ck_assert_int_eq(hanging_now(), PROBES_STUCK_MAX + 1);
    kill_mount(1, NULL);
    kill_mount(0, NULL);
    for (int i = 0; i < 600 && hanging_now(); i++)
        poll(NULL, 0, 10);
    storage_ready(storage, &sink); /* the threads that came back */
    for (int i = 0; i < 10 && (place("/n1")->silent_since_ns || place("/n6")->at_ns == 0); i++)
        round_with(NULL, 0);
    ck_assert(place("/n1")->silent_since_ns == 0 && place("/n6")->silent_since_ns == 0);
    end();
}
END_TEST

START_TEST(errors_are_silence_but_permission_is_not)
{
    begin("1 1 8:1 / / rw - ext4 /dev/sda1 rw\n2 1 0:31 / /stale rw - nfs4 nas:/1 rw\n"
          "3 1 0:32 / /private rw - fuse.sshfs x: rw\n");
    round_with(NULL, 0);
    ck_assert(place("/stale")->silent_since_ns != 0);
    ck_assert(place("/private")->silent_since_ns == 0);
    ck_assert(!place("/private")->has_bytes && place("/private")->at_ns == 0);
    end();
}
END_TEST

START_TEST(a_remount_is_seen_though_no_mount_changed)
{
    begin(MOUNTS);
    round_with(NULL, 0);
    ck_assert(!place("/")->read_only);
    tree_put("/proc/self/mountinfo", "1 1 8:1 / / rw - ext4 /dev/sda1 ro,errors=remount-ro\n");
    round_with(NULL, 0);
    ck_assert(!place("/")->read_only); /* the table is not read for nothing */
    read_only = true;
    round_with(NULL, 0);
    round_with(NULL, 0);
    ck_assert(place("/")->read_only && place("/")->read_only_fault);
    end();
}
END_TEST

START_TEST(it_can_be_left_while_it_hangs)
{
    begin(MOUNTS);
    kill_mount(0, "/nfs");
    struct want want = {.period_ns = NS_PER_S};
    storage_tick(storage, &want, clock_ns);
    for (int i = 0; i < 600 && !hanging_now(); i++)
        poll(NULL, 0, 10);
    storage_free(storage);
    storage = NULL;
    kill_mount(0, NULL);
    for (int i = 0; i < 600 && hanging_now(); i++)
        poll(NULL, 0, 10);
    tree_remove();
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("backend/host/storage");
    TCase *tests = tcase_create("all");
    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, places_and_paths_are_told);
    tcase_add_test(tests, memory_counts_when_a_guest_stands_on_it);
    tcase_add_test(tests, a_dead_mount_is_silent_and_nobody_waits);
    tcase_add_test(tests, a_link_into_a_dead_mount_does_not_silence_its_own);
    tcase_add_test(tests, at_most_four_threads_are_stuck);
    tcase_add_test(tests, errors_are_silence_but_permission_is_not);
    tcase_add_test(tests, a_remount_is_seen_though_no_mount_changed);
    tcase_add_test(tests, it_can_be_left_while_it_hangs);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
