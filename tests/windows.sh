#!/bin/sh
# The program for Windows, run by Wine: $1 is the folder of the rig, which has been set up. Builds
# it with the rig's compiler and nothing else but MinGW, as anybody would; lets it call the program
# of this system and be called by it, without a screen; then tries its screen and its cameras.
# Further arguments choose checks of the last kind by a part of their name.
set -eu

folder=$1
shift
rig=$folder/winrig
here=$PWD/target/debug/ttychat
there=$PWD/target/winrig/x86_64-pc-windows-gnu/debug/ttychat.exe
key="$folder"/prefix/drive_c/users/*/AppData/Roaming/ttychat/key
source='--source test --resolution 320x180'
failed=0

check() {
    if [ "$2" -eq 0 ]; then
        echo "windows-check: ok      $1"
    else
        echo "windows-check: FAILED  $1"
        failed=1
    fi
}

# Runs the Windows program and leaves its words in the files `out` and `err`.
windows() { timeout 60 "$rig" run "$there" "$@" >"$work/out" 2>"$work/err"; }

# Pictures that an end says were shown, in its last line of figures.
shown() { grep '"shown"' "$1" | tail -n 1 | sed -n 's/.*"shown":\([0-9]*\).*/\1/p'; }

# Both ends of a call must have shown pictures: $1 names it, $2 and $3 are their lines.
check_call() {
    status=0
    for lines in "$2" "$3"; do
        [ "$(shown "$lines")" -gt 30 ] 2>/dev/null || { status=1; tail -n 3 "$lines"; }
    done
    check "$1" $status
}

# Waits until something listens on the port.
wait_for_port() {
    hex=$(printf ':%04X 00000000:0000 0A' "$1")
    for _ in $(seq 300); do
        ! grep -q "$hex" /proc/net/tcp || return 0
        sleep 0.1
    done
}

cleanup() {
    for pid in $(jobs -p); do kill "$pid" 2>/dev/null || true; done
    rm -rf "$work"
}
work=$(mktemp -d)
trap cleanup EXIT

RUSTC=$folder/bin/rustc CARGO_TARGET_DIR=target/winrig cargo build --locked \
    --target x86_64-pc-windows-gnu >"$work/build" 2>&1 || { cat "$work/build"; exit 1; }

# What it needs of others must be there on any Windows.
libraries=$(x86_64-w64-mingw32-objdump -p "$there" | sed -n 's/.*DLL Name: //p' |
    grep -i -E 'stdc|libgcc|pthread|libmcf' || true)
[ -z "$libraries" ] && status=0 || status=1
check "no library of the compiler's is needed${libraries:+: }$libraries" $status

status=0; windows --version && grep -q '^ttychat ' "$work/out" || status=1
check "--version" $status
status=0; windows --cameras && grep -q 'no camera' "$work/out" || status=1
check "--cameras finds none" $status
status=0; windows --lisen 1 || status=$?
check "wrong usage exits with 2" $((status != 2))

port=$((20000 + $$ % 20000))
# shellcheck disable=SC2086 # the words of `source` are arguments
{
    timeout 60 "$rig" run "$there" --listen "127.0.0.1:$port" --headless --accept all $source \
        --duration 12 >"$work/windows" 2>/dev/null &
    wait_for_port "$port"
    HOME=$work timeout 60 "$here" --connect "127.0.0.1:$port" --headless $source --duration 5 \
        >"$work/linux" 2>/dev/null || true
    wait
}
check_call "Linux calls Windows" "$work/windows" "$work/linux"
# shellcheck disable=SC2086 # it is a pattern
before=$(cat $key)

port=$((port + 1))
# shellcheck disable=SC2086 # the words of `source` are arguments
{
    HOME=$work timeout 60 "$here" --listen "127.0.0.1:$port" --headless --accept all $source \
        --duration 12 >"$work/linux" 2>/dev/null &
    wait_for_port "$port"
    windows --connect "127.0.0.1:$port" --headless $source --duration 5 || true
    wait
}
check_call "Windows calls Linux" "$work/out" "$work/linux"
# shellcheck disable=SC2086 # it is a pattern
status=0; [ -n "$before" ] && [ "$before" = "$(cat $key)" ] || status=1
check "the key is kept" $status

# Media Foundation is three libraries here; each has all of it.
mkdir "$work/cameras"
cp "$there" "$work/cameras/"
{
    echo EXPORTS
    for name in Startup CreateAttributes GetStrideForBitmapInfoHeader CopyImage \
        EnumDeviceSources CreateSourceReaderFromMediaSource; do
        echo "MF$name=Fake_$name"
    done
} >"$work/mf.def"
x86_64-w64-mingw32-g++-posix -std=c++17 -O1 -Wall -Wextra -shared -static \
    -o "$work/cameras/mf.dll" tests/windows/cameras.cpp "$work/mf.def" -lmfuuid -lole32 -luuid
for name in mfplat mfreadwrite; do cp "$work/cameras/mf.dll" "$work/cameras/$name.dll"; done
TTYCHAT_WINDOWS_RIG=$folder TTYCHAT_WINDOWS=$work/cameras \
    cargo test --locked --test windows -- "$@" 2>"$work/test" ||
    { cat "$work/test"; failed=1; }

exit $failed
