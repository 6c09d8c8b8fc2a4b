#!/usr/bin/env bash
# Guards the house: the arrows between the layers (read from the #include lines), the libraries that
# the screen's program may load, and calls that nobody may make.
#   layers.sh SOURCE_DIR [VCTOP]
set -u
export LC_ALL=C
cd "${1:?usage: layers.sh SOURCE_DIR [VCTOP]}" || exit 1
program=${2:-}
failed=0
complain() { printf '%s\n' "$*"; failed=1; }

# What each layer may include.  main.c may include everything but the backends' insides.
declare -A may=(
    [base]="base"
    [config]="base config"
    [model]="base model"
    [frame]="base model frame"
    [kernel]="base model kernel"
    [backend]="base model frame kernel backend"
    [picture]="base model picture"
    [worker]="base model frame kernel backend picture worker"
    [engine]="base model frame config engine"
    [batch]="base model config engine batch"
    [ui]="base model config engine ui"
    [main]="base model frame config engine batch ui worker"
)

layer_of() {
    case $1 in
    src/main.c) echo main ;;
    src/*/*) set -- "${1#src/}"; echo "${1%%/*}" ;;
    ui/*) echo ui ;;
    esac
}

# Of what is in ui/; of the rest none.
floor_of() {
    case $1 in
    ui/emulator/*) echo 0 ;;
    ui/term/*) echo 1 ;;
    ui/widget/*) echo 2 ;;
    ui/view/*) echo 3 ;;
    ui/*) echo 4 ;;
    *) echo 0 ;;
    esac
}

mapfile -t files < <(find src ui -name '*.[ch]' | sort)
[ ${#files[@]} -gt 0 ] || { echo "no sources found"; exit 1; }
count=0
while IFS=: read -r file line text; do
    layer=$(layer_of "$file")
    target=${text#*\"}
    target=${target%%\"*}
    target_layer=${target%%/*}
    case $target in
    */*) ;;
    *) complain "$file:$line: \"$target\": includes start at src/ or at the root"; continue ;;
    esac
    count=$((count + 1))
    [ -n "${may[$layer]:-}" ] || { complain "$file: no such layer: $layer"; continue; }
    case " ${may[$layer]} " in
    *" $target_layer "*) ;;
    *) complain "$file:$line: $layer must not include $target" ;;
    esac
    # Within the screen: the terminal knows no widget, a widget no view, a view not the loop.
    [ "$layer" != ui ] || [ "$(floor_of "$file")" -ge "$(floor_of "$target")" ] ||
        complain "$file:$line: ${file%/*} must not include $target"
    # One backend knows nothing of another.
    if [ "$layer" = backend ] && [[ $target == backend/*/* ]]; then
        own=${file#src/backend/}
        other=${target#backend/}
        [ "${own%%/*}" = "${other%%/*}" ] || complain "$file:$line: a backend must not include $target"
    fi
done < <(grep -nE '^[[:space:]]*#[[:space:]]*include[[:space:]]*"' "${files[@]}")
[ "$count" -gt 20 ] || complain "only $count includes found: this test reads nothing"

# The emulator is fed bytes that a guest made: it knows no terminal and nothing of guests.
hits=$(grep -nE '^[[:space:]]*#[[:space:]]*include[[:space:]]*"' ui/emulator/*.[ch] | grep -vE '"(base|ui/emulator)/')
[ -z "$hits" ] || complain "ui/emulator may include base/ and itself:"$'\n'"$hits"

# Libraries: who may know which.
check_library() { # PATTERN ALLOWED-PATHS-REGEX WHAT
    local hits
    hits=$(grep -nE "^[[:space:]]*#[[:space:]]*include[[:space:]]*<($1)" "${files[@]}" | grep -vE "^($2)")
    [ -z "$hits" ] || complain "only $3:"$'\n'"$hits"
}
check_library 'ncurses|curses|term\.h' 'ui/([a-z_]+\.|term|widget|view)' 'ui/ but for its emulator may include ncurses'
check_library 'vterm' 'ui/emulator/' 'ui/emulator may include libvterm'
check_library 'libvirt/|libxml/' 'src/backend/libvirt/' 'backend/libvirt may include libvirt'
check_library 'lxc/' 'src/backend/lxc/' 'backend/lxc may include liblxc'
check_library 'chafa|png' 'src/picture/' 'picture/ may include libchafa and libpng'
check_library 'libconfig' 'src/config/' 'config/ may include libconfig'
check_library 'msgpack' 'src/frame/' 'frame/ may include msgpack'
check_library 'jansson' 'src/(batch|kernel)/|ui/view/console_record' 'batch/, kernel/ and recordings of consoles may include jansson'
check_library 'seccomp' 'src/base/confine' 'base/confine may include libseccomp'
# What the screen is made of has one thread and forks nothing: what may hang is a process of the
# clerk (base/apart.h).
hits=$(grep -nE '\b(v?fork|clone3?|execv?p?e?|posix_spawnp?)[[:space:]]*\(' "${files[@]}" |
    grep -vE '^src/(base/clerk|worker/(spawner|viewer)|backend/lxc/(call|attach))\.c:|:[[:space:]]*(/?\*|//)')
[ -z "$hits" ] || complain "only the clerk, the spawner and children start processes:"$'\n'"$hits"
# A path is looked up in the guest's own root only, by a process that is in there.
hits=$(grep -nE '\b(execvpe?|execlp|posix_spawnp)[[:space:]]*\(' "${files[@]}" |
    grep -vE '^src/backend/lxc/attach\.c:|:[[:space:]]*(/?\*|//)')
[ -z "$hits" ] || complain "programs are executed by their paths:"$'\n'"$hits"
check_library 'pthread|threads' 'src/(backend|kernel)/' 'children may have threads'

# The model has no clock and does no input or output.
hits=$(grep -nE '\b(clock_gettime|gettimeofday|time|open|openat|read|write|fopen|printf|puts|socket|fork|clock_mono_ns|clock_wall_ns)[[:space:]]*\(' src/model/*.c | grep -vE ':[[:space:]]*(/?\*|//)')
[ -z "$hits" ] || complain "the model is pure:"$'\n'"$hits"

hits=$(grep -nE '\b(system|popen|strcpy|strcat|sprintf|gets|mktemp|tmpnam)[[:space:]]*\(' "${files[@]}" | grep -vE ':[[:space:]]*(/?\*|//)')
[ -z "$hits" ] || complain "calls that nobody makes here:"$'\n'"$hits"

# No hypervisor library in the screen.
if [ -n "$program" ]; then
    needed=$(readelf -d "$program" | grep NEEDED) || complain "cannot read the dynamic section of $program"
    case $needed in
    *libvirt*|*liblxc*) complain "$program loads a hypervisor's library:"$'\n'"$needed" ;;
    *libncursesw*) ;;
    *) complain "$program does not load ncurses: is it the screen?" ;;
    esac
fi
exit $failed
