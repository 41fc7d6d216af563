package load

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"time"
)

// CPU is how much time of processors a process has used, to about 10 ms; 0 where /proc does not tell.
func CPU(pid int) time.Duration {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}
	return cpuIn(stat)
}

// cpuIn adds the time in user and in kernel mode, in ticks of 10 ms. The fields are counted from
// behind the name, which may hold spaces and brackets. Source: proc(5).
func cpuIn(stat []byte) time.Duration {
	const tick, user, kernel = 10 * time.Millisecond, 11, 12
	fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:])
	if len(fields) <= kernel {
		return 0
	}
	var ticks int
	for _, field := range [][]byte{fields[user], fields[kernel]} {
		n, err := strconv.Atoi(string(field))
		if err != nil {
			return 0
		}
		ticks += n
	}
	return time.Duration(ticks) * tick
}
