#include "fault/libvirt_virsh.h"

#include <check.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "fault/daemon.h"
#include "screen/driver.h"

#define VIRSH_MS 60000
#define SECTOR 512
#define WRITER_DISK (16 << 20)
#define SAYING_DISK (1 << 20)

static char output[16384];

const char *virsh_output(void)
{
    return output;
}

static _Noreturn void exec_virsh(int fd, const char *command, const char *argument)
{
    const char *const *env = daemon_environment();
    int null = open("/dev/null", O_RDONLY);

    dup2(null, STDIN_FILENO);
    dup2(fd, STDOUT_FILENO);
    dup2(fd, STDERR_FILENO);
    for (size_t i = 0; env[i]; i++)
        putenv((char *)env[i]);
    setenv("LIBVIRT_AUTOSTART", "0", 1);
    setenv("LC_ALL", "C", 1);
    execlp("virsh", "virsh", "-q", "-c", DAEMON_URI, command, argument, (char *)NULL);
    _exit(127);
}

/* All that FD gives until its end or END_MS. */
static void collect(int fd, long long end_ms)
{
    size_t len = 0;

    for (long long now; (now = screen_now_ms()) < end_ms && len < sizeof(output) - 1;) {
        struct pollfd in = {.fd = fd, .events = POLLIN};
        if (poll(&in, 1, (int)(end_ms - now)) <= 0)
            break;
        ssize_t got = read(fd, output + len, sizeof(output) - 1 - len);
        if (got <= 0)
            break;
        len += (size_t)got;
    }
    output[len] = '\0';
    while (len > 0 && output[len - 1] == '\n')
        output[--len] = '\0';
}

int virsh(const char *command, const char *argument)
{
    int ends[2], status;

    ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
    pid_t pid = fork();
    if (pid == 0)
        exec_virsh(ends[1], command, argument);
    close(ends[1]);
    long long end = screen_now_ms() + VIRSH_MS;
    collect(ends[0], end);
    close(ends[0]);
    if (screen_now_ms() >= end)
        kill(pid, SIGKILL);
    waitpid(pid, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void must(const char *command, const char *argument)
{
    ck_assert_msg(virsh(command, argument) == 0, "virsh %s %s: %s", command, argument, output);
}

/* Sixteen ticks of the clock (0.9 s) with none, two, four, then six of them busy. */
static const unsigned char beat[] = {
    0xfb,             /*    sti              */
    0x31, 0xc0,       /*    xor ax, ax       */
    0x8e, 0xd8,       /*    mov ds, ax       */
    0xa1, 0x6c, 0x04, /* 1: mov ax, [0x46c]  the BIOS counts ticks there */
    0x89, 0xc3,       /*    mov bx, ax       */
    0xc1, 0xeb, 0x04, /*    shr bx, 4        */
    0x83, 0xe3, 0x03, /*    and bx, 3        */
    0xd1, 0xe3,       /*    shl bx, 1        */
    0x83, 0xe0, 0x0f, /*    and ax, 15       */
    0x39, 0xd8,       /*    cmp ax, bx       */
    0x72, 0xec,       /*    jb 1b            */
    0xf4,             /*    hlt              */
    0xeb, 0xe9,       /*    jmp 1b           */
};

/* Echoes what comes from its serial line; after a 'Y' it sends 'y' until something comes. */
static const unsigned char echo[] = {
    0x31, 0xdb,       /*    xor bx, bx       */
    0xba, 0xfb, 0x03, /*    mov dx, 0x3fb    the line's speed and form */
    0xb0, 0x80,       /*    mov al, 0x80     */
    0xee,             /*    out dx, al       */
    0xba, 0xf8, 0x03, /*    mov dx, 0x3f8    */
    0xb0, 0x01,       /*    mov al, 1        */
    0xee,             /*    out dx, al       */
    0x42,             /*    inc dx           */
    0xb0, 0x00,       /*    mov al, 0        */
    0xee,             /*    out dx, al       */
    0xba, 0xfb, 0x03, /*    mov dx, 0x3fb    */
    0xb0, 0x03,       /*    mov al, 3        */
    0xee,             /*    out dx, al       */
    0xb0, 0x3e,       /*    mov al, '>'      */
    0xe8, 0x1d, 0x00, /* 2: call put         */
    0xba, 0xfd, 0x03, /* 1: mov dx, 0x3fd    */
    0xec,             /*    in al, dx        */
    0xa8, 0x01,       /*    test al, 1       something came? */
    0x75, 0x08,       /*    jnz 3f           */
    0xb0, 0x79,       /*    mov al, 'y'      */
    0x84, 0xdb,       /*    test bl, bl      */
    0x75, 0xef,       /*    jnz 2b           */
    0xeb, 0xf0,       /*    jmp 1b           */
    0xba, 0xf8, 0x03, /* 3: mov dx, 0x3f8    */
    0xec,             /*    in al, dx        */
    0x31, 0xdb,       /*    xor bx, bx       */
    0x3c, 0x59,       /*    cmp al, 'Y'      */
    0x75, 0xe3,       /*    jne 2b           */
    0x43,             /*    inc bx           */
    0xeb, 0xe0,       /*    jmp 2b           */
    0x88, 0xc1,       /* put: mov cl, al     */
    0xba, 0xfd, 0x03, /*    mov dx, 0x3fd    */
    0xec,             /* 4: in al, dx        */
    0xa8, 0x20,       /*    test al, 0x20    */
    0x74, 0xfb,       /*    jz 4b            */
    0x88, 0xc8,       /*    mov al, cl       */
    0xba, 0xf8, 0x03, /*    mov dx, 0x3f8    */
    0xee,             /*    out dx, al       */
    0xc3,             /*    ret              */
};

/* Has the BIOS read eight sectors, and says them up to the first NUL whenever an 'H' comes. */
static const unsigned char saying[] = {
    0x31, 0xc0,       /*    xor ax, ax       */
    0x8e, 0xd8,       /*    mov ds, ax       */
    0x8e, 0xc0,       /*    mov es, ax       */
    0xbb, 0x00, 0x7e, /*    mov bx, 0x7e00   to here */
    0xb8, 0x08, 0x02, /*    mov ax, 0x0208   */
    0xb9, 0x02, 0x00, /*    mov cx, 2        from the second on */
    0xba, 0x80, 0x00, /*    mov dx, 0x80     */
    0xcd, 0x13,       /*    int 0x13         */
    0xba, 0xfd, 0x03, /* 1: mov dx, 0x3fd    */
    0xec,             /*    in al, dx        */
    0xa8, 0x01,       /*    test al, 1       something came? */
    0x74, 0xf8,       /*    jz 1b            */
    0xba, 0xf8, 0x03, /*    mov dx, 0x3f8    */
    0xec,             /*    in al, dx        */
    0x3c, 0x48,       /*    cmp al, 'H'      */
    0x75, 0xf0,       /*    jne 1b           */
    0xbe, 0x00, 0x7e, /*    mov si, 0x7e00   */
    0xac,             /* 2: lodsb            */
    0x84, 0xc0,       /*    test al, al      */
    0x74, 0xe8,       /*    jz 1b            */
    0x88, 0xc1,       /*    mov cl, al       */
    0xba, 0xfd, 0x03, /*    mov dx, 0x3fd    */
    0xec,             /* 3: in al, dx        */
    0xa8, 0x20,       /*    test al, 0x20    */
    0x74, 0xfb,       /*    jz 3b            */
    0x88, 0xc8,       /*    mov al, cl       */
    0xba, 0xf8, 0x03, /*    mov dx, 0x3f8    */
    0xee,             /*    out dx, al       */
    0xeb, 0xe9,       /*    jmp 2b           */
};

/* Asks the BIOS to write 64 sectors of its first disk, then the next 64. */
static const unsigned char writer[] = {
    0x31, 0xc0,                         /*    xor ax, ax             */
    0x8e, 0xd8,                         /*    mov ds, ax             */
    0xbe, 0x20, 0x7c,                   /* 1: mov si, packet         */
    0xb8, 0x00, 0x43,                   /*    mov ax, 0x4300         */
    0xb2, 0x80,                         /*    mov dl, 0x80           */
    0xcd, 0x13,                         /*    int 0x13               */
    0x83, 0x06, 0x28, 0x7c, 0x40,       /*    add word [sector], 64  */
    0x81, 0x26, 0x28, 0x7c, 0xff, 0x03, /*    and word [sector], 1023 */
    0xeb, 0xe9,                         /*    jmp 1b                 */
    0x90, 0x90, 0x90, 0x90, 0x90,       /* packet, at 32: its size, sectors, from where, to where */
    0x10, 0x00, 0x40, 0x00, 0x00, 0x00, 0x00, 0x10, 0x40, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
};

/* The same, and its ib700 watchdog fires each time. */
static const unsigned char restless[] = {
    0x31, 0xc0,                               /*    xor ax, ax             */
    0x8e, 0xd8,                               /*    mov ds, ax             */
    0xba, 0x43, 0x04,                         /* 1: mov dx, 0x443          */
    0xb0, 0x0f,                               /*    mov al, 15             that is 0 s */
    0xee,                                     /*    out dx, al             */
    0xbe, 0x28, 0x7c,                         /*    mov si, packet         */
    0xb8, 0x00, 0x43,                         /*    mov ax, 0x4300         */
    0xb2, 0x80,                               /*    mov dl, 0x80           */
    0xcd, 0x13,                               /*    int 0x13               */
    0x83, 0x06, 0x30, 0x7c, 0x40,             /*    add word [sector], 64  */
    0x81, 0x26, 0x30, 0x7c, 0xff, 0x03,       /*    and word [sector], 1023 */
    0xeb, 0xe3,                               /*    jmp 1b                 */
    0x90, 0x90, 0x90, 0x90, 0x90, 0x90, 0x90, /* packet, at 40 */
    0x10, 0x00, 0x40, 0x00, 0x00, 0x00, 0x00, 0x10, 0x40, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
};

/* Tells pvpanic that its system has panicked, as a Linux does. */
static const unsigned char panic[] = {
    0xba, 0x05, 0x05, /*    mov dx, 0x505    */
    0xb0, 0x01,       /*    mov al, 1        */
    0xee,             /*    out dx, al       */
    0xf4,             /* 1: hlt              */
    0xeb, 0xfd,       /*    jmp 1b           */
};

static void write_disk(const char *path, const unsigned char *code, size_t len)
{
    unsigned char sector[SECTOR] = {[SECTOR - 2] = 0x55, [SECTOR - 1] = 0xaa};
    FILE *file = fopen(path, "w");

    ck_assert_ptr_nonnull(file);
    memcpy(sector, code, len);
    ck_assert_uint_eq(fwrite(sector, 1, sizeof(sector), file), sizeof(sector));
    fclose(file);
}

struct definition {
    const char *name, *uuid;
    const char *disk;     /* NULL: none */
    const char *more;     /* of its devices, or NULL */
    const char *on_crash; /* NULL: it goes */
};

static void define(const struct definition *definition)
{
    const char *path = daemon_path("machine.xml");
    FILE *file = fopen(path, "w");

    ck_assert_ptr_nonnull(file);
    fprintf(file, "<domain type='qemu'><name>%s</name>", definition->name);
    if (definition->uuid)
        fprintf(file, "<uuid>%s</uuid>", definition->uuid);
    fprintf(file,
            "<memory unit='MiB'>32</memory><vcpu>1</vcpu>"
            "<os><type arch='x86_64' machine='pc'>hvm</type></os><features><acpi/></features>"
            "<on_poweroff>destroy</on_poweroff><on_crash>%s</on_crash>"
            "<devices><controller type='usb' model='none'/>",
            definition->on_crash ? definition->on_crash : "destroy");
    if (definition->disk)
        fprintf(file,
                "<disk type='file' device='disk'><driver name='qemu' type='raw'/>"
                "<source file='%s'/><target dev='hda' bus='ide'/></disk>",
                definition->disk);
    fprintf(file, "%s</devices></domain>\n", definition->more ? definition->more : "");
    fclose(file);
    must("define", path);
}

/* Where the disk of NAME is, LEN bytes of CODE at its start; valid until the next call. */
static const char *disk_of(const char *name, const unsigned char *code, size_t len)
{
    static char path[256];

    snprintf(path, sizeof(path), "%s/%s.img", daemon_folder(), name);
    write_disk(path, code, len);
    return path;
}

void machine_define(const char *name, const char *uuid, bool beats)
{
    define(&(struct definition){
        .name = name, .uuid = uuid, .disk = beats ? disk_of(name, beat, sizeof(beat)) : NULL});
}

void machine_run_talking(const char *name)
{
    define(&(struct definition){.name = name,
                                .disk = disk_of(name, echo, sizeof(echo)),
                                .more = "<serial type='pty'/><serial type='pty'/>"});
    machine_start(name);
}

void machine_run_saying(const char *name, const char *bytes, size_t len)
{
    const char *disk = disk_of(name, saying, sizeof(saying));
    FILE *file = fopen(disk, "a");

    ck_assert_ptr_nonnull(file);
    ck_assert_uint_le(len, MACHINE_SAYS_MAX);
    ck_assert_uint_eq(fwrite(bytes, 1, len, file), len);
    fclose(file);
    ck_assert_int_eq(truncate(disk, SAYING_DISK), 0);
    define(&(struct definition){.name = name, .disk = disk, .more = "<serial type='pty'/>"});
    machine_start(name);
}

void machine_run_seen(const char *name)
{
    define(&(struct definition){.name = name, .more = "<video><model type='vga'/></video>"});
    machine_start(name);
}

void machine_define_writer(const char *name, const char *disk)
{
    write_disk(disk, writer, sizeof(writer));
    ck_assert_int_eq(truncate(disk, WRITER_DISK), 0);
    define(&(struct definition){.name = name, .disk = disk});
}

void machine_run_restless(const char *name)
{
    const char *disk = disk_of(name, restless, sizeof(restless));

    ck_assert_int_eq(truncate(disk, WRITER_DISK), 0);
    define(&(struct definition){
        .name = name,
        .disk = disk,
        .more = "<controller type='scsi' model='virtio-scsi'/>"
                "<disk type='file' device='cdrom'><source file='/none.iso' "
                "startupPolicy='optional'/><target dev='hdc' bus='ide'/><readonly/></disk>"
                "<watchdog model='ib700' action='none'/>"});
    machine_start(name);
}

void machine_hold_panicking(const char *name, const char *on_crash)
{
    char command[128];

    snprintf(command, sizeof(command), "start %s --paused", name);
    define(&(struct definition){.name = name,
                                .disk = disk_of(name, panic, sizeof(panic)),
                                .more = "<panic model='isa'/>",
                                .on_crash = on_crash});
    must(command, NULL);
}

void machine_start(const char *name)
{
    must("start", name);
}

void machine_run(const char *name, bool beats)
{
    machine_define(name, NULL, beats);
    machine_start(name);
}

const char *machine_state(const char *name)
{
    virsh("domstate", name);
    return output;
}

pid_t machine_pid(const char *name)
{
    char path[256], text[32];

    snprintf(path, sizeof(path), "%s/libvirt/qemu/run/%s.pid", daemon_path("run"), name);
    ck_assert_msg(io_read_file(AT_FDCWD, path, text, sizeof(text)) > 0, "%s has no QEMU", name);
    return (pid_t)atol(text);
}

void machine_signal(const char *name, int number)
{
    ck_assert_int_eq(kill(machine_pid(name), number), 0);
}
