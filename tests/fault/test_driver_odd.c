/* Faults 24 and 25 on libvirt's test driver: guests that are neither KVM's nor QEMU's, and what a
 * driver does not have is asked for once. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "fault/manners.h"
#include "screen/steps.h"

#define ROUNDS_MS 10000 /* the driver is asked every 3 s, for some things every 6 s */
#define TABS 8
#define TOLD_MAX 32

/* The URI of a driver with DOMAINS; valid until the next call. */
static const char *driver_of(const char *domains)
{
    static char uri[256];
    const char *folder = steps_folder();

    snprintf(uri, sizeof(uri), "test://%s/node.xml", folder);
    CLEANUP_FCLOSE FILE *file = fopen(uri + strlen("test://"), "we");
    ck_assert_ptr_nonnull(file);
    fprintf(file, "<node>%s</node>\n", domains);
    return uri;
}

static struct screen *watch(const char *uri, const char *const *env)
{
    const char *const args[] = {"--no-config", "--backend", "libvirt", "-c",  uri,
                                "-s",          "name",      "-d",      "0.2", NULL};

    return screen_start(24, 80, args, env);
}

static void expect(struct screen *screen, const char *text)
{
    ck_assert_msg(screen_wait(screen, text, PATIENCE_MS), "no '%s':\n%s", text,
                  screen_text(screen));
}

/* ---- row 24 */

static const char others[] =
    "<domain type='xen'><name>para</name><memory unit='KiB'>1048576</memory>"
    "<currentMemory unit='KiB'>524288</currentMemory><vcpu>2</vcpu>"
    "<bootloader>pygrub</bootloader><os><type machine='xenpv'>linux</type></os><devices>"
    "<disk type='block' device='disk'><source dev='/dev/vg0/para'/>"
    "<target dev='xvda' bus='xen'/></disk><interface type='bridge'><source bridge='xenbr0'/>"
    "<mac address='00:16:3e:00:00:01'/><target dev='vif1.0'/></interface>"
    "<memballoon model='xen'/></devices></domain>"

    "<domain type='xen'><name>full</name><memory unit='KiB'>2097152</memory>"
    "<os><type machine='xenfv'>hvm</type>"
    "<loader type='rom'>/usr/lib/xen/boot/hvmloader</loader></os><devices>"
    "<emulator>/usr/lib/xen/bin/qemu-system-i386</emulator>"
    "<disk type='file' device='disk'><source file='/xen/full.img'/>"
    "<target dev='hda' bus='ide'/></disk><interface type='bridge'><source bridge='xenbr0'/>"
    "<mac address='00:16:3e:00:00:02'/><target dev='vif2.0'/><model type='netfront'/>"
    "</interface></devices></domain>"

    "<domain type='lxc'><name>box</name><memory unit='KiB'>262144</memory>"
    "<os><type>exe</type><init>/sbin/init</init></os><devices><filesystem type='mount'>"
    "<source dir='/srv/box'/><target dir='/'/></filesystem></devices></domain>";

static void open_one(struct screen *screen, const char *name, const char *who)
{
    steps_select(screen, name);
    screen_send(screen, "\r");
    expect(screen, who);
}

/* No QEMU is behind them: libvirt's own figures, and nothing made up. */
START_TEST(row_24_types_of_others)
{
    struct screen *screen = watch(driver_of(others), NULL);

    ck_assert(steps_row_says(screen, "para", "V para", PATIENCE_MS));
    ck_assert(steps_row_says(screen, "para", "-/512M", PATIENCE_MS));
    ck_assert(steps_row_says(screen, "full", "V full", PATIENCE_MS));
    ck_assert(steps_row_says(screen, "box", "C box", PATIENCE_MS));
    open_one(screen, "para", "para  xen machine  running");
    steps_shows(screen, "]]]", "[Disks]");
    expect(screen, " xvda ");
    expect(screen, "/dev/vg0/para");
    steps_shows(screen, "]", "nothing is known of its links");
    steps_shows(screen, "]", "nothing is known of its threads");
    steps_hides(screen, "[[q", "[Disks]");
    open_one(screen, "full", "full  xen machine  running");
    expect(screen, " hda ");
    steps_shows(screen, "[[[", "[Overview]");
    ck_assert_int_eq(screen_find(screen, "Advice"), -1); /* no virtio: Xen has none */
    steps_hides(screen, "]]]q", "[Disks]");
    open_one(screen, "box", "box  lxc container  running");
    expect(screen, " rootfs ");
    expect(screen, "/srv/box");
    steps_hides(screen, "q", "[Disks]");
    manners_alive(screen);
    steps_quit(screen);
}
END_TEST

/* ---- row 25 */

static const char *const few[] = {"one", "two", "three"};

/* What tests/rig/unsupported.c has written to FILE tells of no call twice: by the same thread, as
 * for what each connection is asked, or at all, as for CALLS. */
static void check_told(const char *file, const char *const *calls, size_t count)
{
    char lines[TOLD_MAX][100];
    size_t told = 0;
    CLEANUP_FCLOSE FILE *from = fopen(file, "re");

    ck_assert_ptr_nonnull(from);
    while (told < TOLD_MAX && fgets(lines[told], sizeof(lines[0]), from)) {
        for (size_t i = 0; i < told; i++)
            ck_assert_msg(strcmp(lines[i], lines[told]) != 0, "asked again: %s", lines[i]);
        told++;
    }
    ck_assert_uint_gt(told, 0);
    ck_assert_uint_lt(told, TOLD_MAX);
    for (size_t i = 0; i < count; i++) {
        int times = 0;
        for (size_t at = 0; at < told; at++)
            times += strstr(lines[at], calls[i]) != NULL;
        ck_assert_msg(times == 1, "%s was asked %d times", calls[i], times);
    }
}

static void expect_few(struct screen *screen)
{
    for (size_t i = 0; i < ARRAY_SIZE(few); i++)
        ck_assert(steps_row_says(screen, few[i], " run ", PATIENCE_MS));
}

/* Watches the few for a while, and one of them in each of its tabs, on a driver that does not have
 * CALLS. */
static void check_asked_once(const char *uri, const char *const *calls, size_t count)
{
    const char *tools = getenv("TOOLS");
    char preload[300], file[256], refused[256];
    const char *const env[] = {preload, file, refused, NULL};

    snprintf(preload, sizeof(preload), "LD_PRELOAD=%s/unsupported.so",
             tools ? tools : "build/tests");
    snprintf(file, sizeof(file), "VCTOP_UNSUPPORTED=%s/told", steps_folder());
    size_t len = (size_t)snprintf(refused, sizeof(refused), "VCTOP_REFUSED=");
    for (size_t i = 0; i < count; i++)
        len += (size_t)snprintf(refused + len, sizeof(refused) - len, " %s", calls[i]);
    struct screen *screen = watch(uri, env);
    expect_few(screen);
    screen_pump(screen, ROUNDS_MS);
    steps_shows(screen, "\r", "[Overview]");
    for (int i = 0; i < TABS; i++) {
        screen_send(screen, "]");
        screen_pump(screen, ROUNDS_MS / TABS);
    }
    steps_hides(screen, "q", "[Events]");
    expect_few(screen);
    steps_quit(screen);
    check_told(strchr(file, '/'), calls, count);
}

/* Not at each refresh, nor for what is opened, nor for the next guest. */
START_TEST(row_25_asked_once)
{
    static const char *const calls[] = {"virConnectGetAllDomainStats", "virDomainGetMessages",
                                        "virDomainGetControlInfo", "virConnectListAllStoragePools"};
    char domains[1024] = "";
    size_t len = 0;

    for (size_t i = 0; i < ARRAY_SIZE(few); i++)
        len += (size_t)snprintf(domains + len, sizeof(domains) - len,
                                "<domain type='test'><name>%s</name><memory>65536</memory>"
                                "<os><type>hvm</type></os></domain>",
                                few[i]);
    const char *uri = driver_of(domains);
    check_asked_once(uri, NULL, 0); /* as it is: it has no keepalive */
    check_asked_once(uri, calls, ARRAY_SIZE(calls));
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {row_24_types_of_others, row_25_asked_once};

    return steps_main("odd drivers", tests, ARRAY_SIZE(tests));
}
