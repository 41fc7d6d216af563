package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"syscall"
)

// listen opens an address that a variable gives. Its error names the variable, and ends with otherwise, which
// says what to write into it.
func listen(ctx context.Context, variable, addr, otherwise string) (net.Listener, error) {
	var listening net.ListenConfig
	listener, err := listening.Listen(ctx, "tcp", addr)
	if err == nil {
		return listener, nil
	}
	var why string
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		why = addr + " is taken: another program listens there already"
	case errors.Is(err, syscall.EACCES):
		why = addr + " is not for the user that runs linqbot: ports below 1024 are most often kept for root"
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		why = addr + " is no address of this machine"
	default:
		return nil, fmt.Errorf("%s: %w; %s", variable, err, otherwise)
	}
	return nil, fmt.Errorf("%s: %s; %s (%w)", variable, why, otherwise, err)
}
