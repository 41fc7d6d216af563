//go:build unix && !linux

package ledgertest

import "syscall"

func dieWithUs(*syscall.SysProcAttr) {} // only Linux can
