#!/bin/sh
# Cameras on emulated hardware: $1 is the folder of the rig, a virtual machine with the real V4L2
# drivers. Checks that cameras are listed, that calls carry their pictures, and that a call outlives
# an unplugged camera. Runs the release build.
set -eu

rig=$1/vmrig
program=$PWD/target/release/ttychat
failed=0

check() {
    if [ "$2" -eq 0 ]; then
        echo "camera-test: ok      $1"
    else
        echo "camera-test: FAILED  $1"
        failed=1
    fi
}

guest() { "$rig" exec -n --timeout 60 "$1"; }

# Pictures that a headless call says were shown, in its last line of figures.
shown() { grep '"shown"' "$1" | tail -n 1 | sed -n 's/.*"shown":\([0-9]*\).*/\1/p'; }

cleanup() {
    "$rig" down >/dev/null 2>&1 || true
    rm -rf "$work"
}
work=$(mktemp -d)
trap cleanup EXIT

"$rig" up --vivid 1 --uvc --bin "$program" >/dev/null

guest 'ttychat --cameras' >"$work/cameras" 2>&1 || true
cat "$work/cameras"
status=0; grep -qi vivid "$work/cameras" || status=1
check "--cameras lists the vivid camera" $status
status=0; grep -q MJPG "$work/cameras" && grep -q YUYV "$work/cameras" || status=1
check "--cameras lists the formats of both" $status

call='ttychat --loopback --headless --duration 8'
for camera in 0 1; do
    status=0
    guest "$call --camera $camera --resolution 320x240" >"$work/call" 2>&1 || status=1
    [ "$(shown "$work/call")" -gt 0 ] 2>/dev/null || { status=1; tail -n 3 "$work/call"; }
    check "a call shows pictures of camera $camera" $status
done

status=0
guest "($call --camera 1 & call=\$!; sleep 3; rig uvc unplug; wait \$call)" >"$work/call" 2>&1 ||
    { status=1; tail -n 3 "$work/call"; }
check "a call outlives its camera" $status

exit $failed
