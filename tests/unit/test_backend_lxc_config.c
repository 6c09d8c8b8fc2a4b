// sources: src/backend/lxc/config.c src/backend/lxc/owner.c src/backend/lxc/autostart.c
#include "backend/lxc/config.h"

#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "backend/lxc/owner.h"

static char top[64];
static int dir;

static void make_top(void)
{
    snprintf(top, sizeof(top), "/tmp/vctop-lxc-config.XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(top));
    dir = open(top, O_RDONLY | O_DIRECTORY);
    ck_assert_int_ge(dir, 0);
    ck_assert_int_eq(mkdirat(dir, "c", 0755), 0);
}

static void remove_top(void)
{
    unlinkat(dir, "c/config", 0);
    unlinkat(dir, "c/config", AT_REMOVEDIR);
    unlinkat(dir, "c/other", 0);
    unlinkat(dir, "c", AT_REMOVEDIR);
    close(dir);
    rmdir(top);
}

static void put(const char *path, const char *text)
{
    int fd = openat(dir, path, O_WRONLY | O_CREAT | O_TRUNC, 0640);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
}

static void expect_text(const char *path, const char *text)
{
    char buf[512];
    int fd = openat(dir, path, O_RDONLY);
    ssize_t len = read(fd, buf, sizeof(buf) - 1);
    close(fd);
    ck_assert_int_ge(len, 0);
    buf[len] = '\0';
    ck_assert_str_eq(buf, text);
}

static struct lxc_config parsed(const char *text)
{
    struct lxc_config config = {0};
    lxc_config_parse(&config, text, strlen(text));
    return config;
}

START_TEST(what_liblxc_takes_is_fine)
{
    static const char *const texts[] = {
        "",
        "\n\n",
        "# comment without equals\n   # another\n",
        "liblxc ignores this\nlxc.uts.name = x\n",
        "lxc.uts.name = \"a\"\n",
        "\tlxc.net.0.type = veth\nlxc.net.0.link = br0\n",
        "lxc.net.0.type =\n",
        "lxc.net =\n",
        "lxc.cgroup2.memory.max = 1G",
        "lxc.environment = A=B=C\n",
        "other.key = 1\n",
        "lxc.hook.start-host = /bin/true\r\n",
        "lxc.start.auto =\n",
    };
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        struct lxc_config config = parsed(texts[i]);
        ck_assert_msg(config.state == LXC_CONFIG_OK, "%s: %s", texts[i], config.reason);
        ck_assert(!config.autostart);
    }
}
END_TEST

START_TEST(proxmox_writes_whose_it_is)
{
    struct lxc_config config = parsed("lxc.cgroup.relative = 0\n"
                                      "lxc.cgroup.dir.monitor = lxc.monitor/105\n"
                                      "lxc.cgroup.dir.container = lxc/105\n"
                                      "lxc.cgroup.dir.container.inner = ns\n"
                                      "lxc.arch = amd64\n"
                                      "lxc.monitor.unshare = 1\n"
                                      "lxc.apparmor.profile = generated\n"
                                      "lxc.uts.name = web\n"
                                      "lxc.net.0.script.up = /usr/share/lxc/lxcnetaddbr\n");
    ck_assert_int_eq(config.state, LXC_CONFIG_OK);
    ck_assert_str_eq(config.vmid, "105");
    ck_assert_str_eq(config.host_name, "web");

    static const char *const others[] = {
        "lxc.uts.name = web\n",
        "lxc.cgroup.dir.monitor = lxc.monitor/\n",
        "lxc.cgroup.dir.monitor = lxc.monitor/web\n",
        "lxc.cgroup.dir.monitor = 105\n",
        "lxc.cgroup.dir.monitor =\n",
        "lxc.cgroup.dir.container = lxc.monitor/105\n",
        "lxc.apparmor.profile = generated\n",
    };
    for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
        lxc_config_parse(&config, others[i], strlen(others[i]));
        ck_assert_str_eq(config.vmid, "");
    }
    ck_assert_str_eq(config.host_name, "");
    char text[1024];
    snprintf(text, sizeof(text),
             "lxc.uts.name = %0400d\nlxc.cgroup.dir.monitor = lxc.monitor/%099d", 1, 1);
    config = parsed(text);
    ck_assert_uint_eq(strlen(config.host_name), sizeof(config.host_name) - 1);
    ck_assert_uint_eq(strlen(config.vmid), sizeof(config.vmid) - 1);
}
END_TEST

START_TEST(what_liblxc_refuses_names_its_line)
{
    static const struct {
        const char *text, *reason;
    } cases[] = {
        {"lxc.junk", "bad configuration: line 1 is not 'key = value'"},
        {"# x\n\nlxc.uts.name\n", "bad configuration: line 3 is not 'key = value'"},
        {"lxc.foo = 1\n", "bad configuration: line 1 has the unknown key lxc.foo"},
        {"lxc.network.type = veth\n",
         "bad configuration: line 1 has the unknown key lxc.network.type"},
        {"lxc.hook.foo =\n", "bad configuration: line 1 has the unknown key lxc.hook.foo"},
        {"lxc.uts.names = a\n", "bad configuration: line 1 has the unknown key lxc.uts.names"},
        {"lxc.tty. = a\n", "bad configuration: line 1 has the unknown key lxc.tty."},
        {"\nlxc.start.auto = 2\n", "bad configuration: line 2 wants 0 or 1 for lxc.start.auto"},
        {"lxc.net.0.type = bogus\n", "bad configuration: line 1 has no network that LXC knows"},
        {"lxc.net.x.type = veth\n", "bad configuration: line 1 has no network that LXC knows"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct lxc_config config = parsed(cases[i].text);
        ck_assert_int_eq(config.state, LXC_CONFIG_BROKEN);
        ck_assert_str_eq(config.reason, cases[i].reason);
    }
}
END_TEST

START_TEST(a_long_key_is_cut)
{
    char text[400];
    snprintf(text, sizeof(text), "lxc.%0300d = 1\n", 0);
    struct lxc_config config = parsed(text);
    ck_assert_int_eq(config.state, LXC_CONFIG_BROKEN);
    ck_assert_uint_lt(strlen(config.reason), 120);
}
END_TEST

START_TEST(binary_data_is_no_configuration)
{
    struct lxc_config config = {0};
    lxc_config_parse(&config, "lxc.uts.name = a\nlxc.\0x = 1\n", 28);
    ck_assert_int_eq(config.state, LXC_CONFIG_BROKEN);
    ck_assert_str_eq(config.reason, "bad configuration: line 2 holds binary data");
}
END_TEST

static void expect_rootfs(const char *value, const char *path)
{
    char text[600];
    snprintf(text, sizeof(text), "lxc.rootfs.path = %s\n", value);
    struct lxc_config config = parsed(text);
    ck_assert_int_eq(config.state, LXC_CONFIG_OK);
    ck_assert_str_eq(config.rootfs, path);
}

START_TEST(the_root_file_system_is_found)
{
    expect_rootfs("/var/lib/lxc/c/rootfs", "/var/lib/lxc/c/rootfs");
    expect_rootfs("dir:/var/lib/lxc/c/rootfs", "/var/lib/lxc/c/rootfs");
    expect_rootfs("\"dir:/with blank\"", "/with blank");
    expect_rootfs("btrfs:/pool/c", "/pool/c");
    expect_rootfs("lvm:/dev/vg/c", "/dev/vg/c");
    expect_rootfs("loop:/images/c.img", "/images/c.img");
    expect_rootfs("overlay:/base/rootfs:/var/lib/lxc/c/delta0", "/var/lib/lxc/c/delta0");
    expect_rootfs("overlayfs:/a:/b:/c", "/c");
    /* No path of ours. */
    expect_rootfs("zfs:tank/lxc/c", "");
    expect_rootfs("rbd:pool/c", "");
    expect_rootfs("relative/path", "");
    expect_rootfs("overlay:", "");
    expect_rootfs("", "");
    char longest[500];
    memset(longest, 'x', sizeof(longest) - 1);
    longest[0] = '/';
    longest[sizeof(longest) - 1] = '\0';
    expect_rootfs(longest, "");
    ck_assert_str_eq(parsed("lxc.rootfs.path = /a\nlxc.rootfs.path = /b\n").rootfs, "/b");
}
END_TEST

START_TEST(the_last_autostart_counts)
{
    ck_assert(parsed("lxc.start.auto = 0\nlxc.start.auto=1\n").autostart);
    ck_assert(!parsed("lxc.start.auto = 1\nlxc.start.auto = 0").autostart);
    ck_assert(!parsed("#lxc.start.auto = 1\n").autostart);
}
END_TEST

START_TEST(only_a_regular_file_of_sane_size_is_opened)
{
    struct lxc_config config = {0};
    lxc_config_load(&config, dir, "none");
    ck_assert_int_eq(config.state, LXC_CONFIG_NONE);
    lxc_config_load(&config, dir, "c");
    ck_assert_int_eq(config.state, LXC_CONFIG_NONE);

    ck_assert_int_eq(mkfifoat(dir, "c/config", 0600), 0);
    ck_assert(lxc_config_load(&config, dir, "c"));
    ck_assert_str_eq(config.reason, "bad configuration: not a regular file");
    unlinkat(dir, "c/config", 0);

    ck_assert_int_eq(mkdirat(dir, "c/config", 0700), 0);
    lxc_config_load(&config, dir, "c");
    ck_assert_str_eq(config.reason, "bad configuration: not a regular file");
    unlinkat(dir, "c/config", AT_REMOVEDIR);

    put("c/config", "");
    ck_assert_int_eq(ftruncate(openat(dir, "c/config", O_WRONLY), 100 << 20), 0);
    lxc_config_load(&config, dir, "c");
    ck_assert_str_eq(config.reason, "bad configuration: larger than 1 MB");

    put("c/config", "lxc.start.auto = 1\n");
    ck_assert(lxc_config_load(&config, dir, "c"));
    ck_assert_int_eq(config.state, LXC_CONFIG_OK);
    ck_assert(config.autostart);
    ck_assert(!lxc_config_load(&config, dir, "c")); /* not read again */
}
END_TEST

START_TEST(no_permission_is_not_missing)
{
    if (geteuid() != 0)
        return; /* needs somebody else to be refused */
    put("c/config", "lxc.start.auto = 1\n");
    ck_assert_int_eq(fchmodat(dir, "c", 0700, 0), 0);
    ck_assert_int_eq(seteuid(65534), 0);
    struct lxc_config config = {0};
    lxc_config_load(&config, dir, "c");
    ck_assert_int_eq(seteuid(0), 0);
    ck_assert_int_eq(config.state, LXC_CONFIG_DENIED);
    ck_assert_str_eq(config.reason, "no permission");
}
END_TEST

static void expect_edit(const char *before, bool on, const char *after)
{
    size_t len;
    char *text = lxc_config_edit_autostart(before, strlen(before), on, &len);
    ck_assert_str_eq(text, after);
    ck_assert_uint_eq(len, strlen(after));
    free(text);
}

START_TEST(an_edit_keeps_every_other_byte)
{
    expect_edit("", true, "lxc.start.auto = 1\n");
    expect_edit("a = 1", true, "a = 1\nlxc.start.auto = 1\n");
    expect_edit("a = 1\n", false, "a = 1\nlxc.start.auto = 0\n");
    expect_edit("# c\n lxc.start.auto=0\n\n# d", true, "# c\nlxc.start.auto = 1\n\n# d");
    expect_edit("lxc.start.auto = 0\nlxc.start.auto = 0\n", true,
                "lxc.start.auto = 0\nlxc.start.auto = 1\n");
    expect_edit("#lxc.start.auto = 0\nlxc.start.autox = 0\n", true,
                "#lxc.start.auto = 0\nlxc.start.autox = 0\nlxc.start.auto = 1\n");
    expect_edit("\flxc.start.auto = 0\n", true, "\flxc.start.auto = 0\nlxc.start.auto = 1\n");
}
END_TEST

START_TEST(autostart_keeps_mode_and_leaves_nothing_behind)
{
    struct error err = {0};
    struct stat st;
    put("c/config", "# mine\nlxc.start.auto = 0\n");
    ck_assert_int_eq(fchmodat(dir, "c/config", 0604, 0), 0);
    ck_assert_int_eq(lxc_config_set_autostart(dir, "c", true, &err), 0);
    expect_text("c/config", "# mine\nlxc.start.auto = 1\n");
    ck_assert_int_eq(fstatat(dir, "c/config", &st, 0), 0);
    ck_assert_uint_eq(st.st_mode & 07777, 0604);
    unlinkat(dir, "c/config", 0);
    ck_assert_int_eq(unlinkat(dir, "c", AT_REMOVEDIR), 0); /* it was alone */
}
END_TEST

START_TEST(autostart_follows_no_link)
{
    struct error err = {0};
    put("c/other", "a = 1\n");
    ck_assert_int_eq(symlinkat("other", dir, "c/config"), 0);
    ck_assert_int_eq(lxc_config_set_autostart(dir, "c", true, &err), ERR_UNSUPPORTED);
    expect_text("c/other", "a = 1\n");
    ck_assert_int_eq(lxc_config_set_autostart(dir, "gone", true, &err), ERR_GONE);
    ck_assert_int_eq(unlinkat(dir, "c/config", 0), 0);
    ck_assert_int_eq(lxc_config_set_autostart(dir, "c", true, &err), ERR_GONE);
    ck_assert_int_eq(mkfifoat(dir, "c/config", 0600), 0);
    ck_assert_int_lt(lxc_config_set_autostart(dir, "c", true, &err), 0);
}
END_TEST

static const char *owner_of(const char *path, const char *name, const char *text)
{
    struct lxc_config config = {0};

    lxc_config_parse(&config, text, strlen(text));
    ck_assert_int_eq(config.state, LXC_CONFIG_OK);
    return lxc_owner(path, name, config.owner_signs);
}

START_TEST(owners_are_known_by_what_they_leave)
{
    static const char plain[] = "lxc.include = /usr/share/lxc/config/common.conf\n"
                                "lxc.apparmor.profile = generated\nlxc.uts.name = a\n";
    static const char proxmox[] = "lxc.cgroup.relative = 0\n"
                                  "lxc.cgroup.dir.monitor = lxc.monitor/105\n"
                                  "lxc.arch = amd64\n"
                                  "lxc.include = /usr/share/lxc/config/debian.common.conf\n"
                                  "lxc.apparmor.profile = generated\n"
                                  "lxc.net.0.type = veth\nlxc.net.0.veth.pair = veth105i0\n";

    ck_assert_ptr_null(owner_of("/var/lib/lxc", "web", plain));
    ck_assert_ptr_null(owner_of("/var/lib/lxc", "105", plain));
    ck_assert_ptr_null(owner_of("/var/lib/lxc", "web", ""));
    ck_assert_str_eq(owner_of("/var/lib/lxc", "105", proxmox), "Proxmox");
    ck_assert_str_eq(
        owner_of("/var/lib/lxc", "x", "lxc.net.0.script.up = /usr/share/lxc/lxcnetaddbr\n"),
        "Proxmox");
    /* Two weak ones, and each alone. */
    ck_assert_str_eq(owner_of("/var/lib/lxc", "105", "lxc.net.0.veth.pair=veth105i0\n"), "Proxmox");
    ck_assert_ptr_null(owner_of("/var/lib/lxc", "x", "lxc.net.0.veth.pair=veth105i0\n"));

    ck_assert_str_eq(owner_of("/var/lib/lxd/containers", "c", plain), "LXD");
    ck_assert_str_eq(owner_of("/var/snap/lxd/common/lxd/containers", "c", plain), "LXD");
    ck_assert_str_eq(owner_of("/var/lib/incus/containers", "c", plain), "Incus");
    ck_assert_str_eq(owner_of("/var/lib/waydroid/lxc", "waydroid", plain), "Waydroid");
    ck_assert_ptr_null(owner_of("/srv/var/lib/lxd/containers", "c", plain));
    ck_assert_str_eq(owner_of("/var/lib/lxc", "proj",
                              "# VAGRANT-BEGIN\nlxc.cgroup.memory.limit_in_bytes=400M\n"
                              "# VAGRANT-END\n"),
                     "Vagrant");
    ck_assert_ptr_null(owner_of("/var/lib/lxc", "proj", "lxc.uts.name = # VAGRANT-BEGIN\n"));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("lxc config");
    TCase *text = tcase_create("text");
    tcase_add_test(text, what_liblxc_takes_is_fine);
    tcase_add_test(text, proxmox_writes_whose_it_is);
    tcase_add_test(text, what_liblxc_refuses_names_its_line);
    tcase_add_test(text, a_long_key_is_cut);
    tcase_add_test(text, binary_data_is_no_configuration);
    tcase_add_test(text, the_root_file_system_is_found);
    tcase_add_test(text, the_last_autostart_counts);
    tcase_add_test(text, an_edit_keeps_every_other_byte);
    suite_add_tcase(suite, text);
    TCase *files = tcase_create("files");
    tcase_add_checked_fixture(files, make_top, remove_top);
    tcase_add_test(files, only_a_regular_file_of_sane_size_is_opened);
    tcase_add_test(files, no_permission_is_not_missing);
    tcase_add_test(files, autostart_keeps_mode_and_leaves_nothing_behind);
    tcase_add_test(files, autostart_follows_no_link);
    tcase_add_test(files, owners_are_known_by_what_they_leave);
    suite_add_tcase(suite, files);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
