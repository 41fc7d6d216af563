# Steps, and what runs beside them. Sourced by run.
# shellcheck shell=bash

current=start        # the name of the step that runs
declare -A beside=() # the processes of what runs beside the steps, by name

# step NAME COMMAND... runs the command, and says how long it took. Where steps run side by side, the seconds of CPU
# say more.
step() {
    local start=$SECONDS cpu
    current=$1
    shift
    echo "==> $current"
    spent
    cpu=$spent
    "$@"
    spent
    echo "    $((SECONDS - start)) s: $current ($((spent - cpu)) s of CPU)"
}

# spent sets a variable of its name to the seconds of CPU that the commands of this shell took which have ended.
spent() {
    local file=$tmp/times.$BASHPID
    times >"$file" # in a pipe it would tell of another shell
    spent=$(awk -F '[ms ]+' 'END {printf "%.0f", 60 * ($1 + $3) + $2 + $4}' "$file")
}

# beside NAME COMMAND... runs it while the next steps do, as a process group. beside_ended NAME waits for it.
beside() {
    local name=$1
    shift
    set -m
    "$@" >"$tmp/beside.$name" 2>&1 </dev/null &
    set +m
    beside[$name]=$!
}

# yielding COMMAND... runs it with what others leave of the processors. Some tests fail where nothing is left to them.
yielding() (
    renice -n 10 "$BASHPID" >/dev/null
    "$@"
)

# beside_ended prints what was said. After a failure the step is the one that failed.
beside_ended() {
    local status=0 failed
    wait "${beside[$1]}" || status=$?
    kill -- "-${beside[$1]}" 2>/dev/null || true # what it left
    unset "beside[$1]"
    cat "$tmp/beside.$1"
    if ((status != 0)); then
        failed=$(sed -n 's/^==> //p' "$tmp/beside.$1" | tail -n 1)
        current=${failed:-$current}
    fi
    return "$status"
}

# stop_beside ends what still runs beside the steps.
stop_beside() {
    local process
    for process in "${beside[@]}"; do
        kill -- "-$process" 2>/dev/null || true
        wait "$process" 2>/dev/null || true
    done
}
