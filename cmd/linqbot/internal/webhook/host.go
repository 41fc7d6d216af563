package webhook

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"time"
)

// Resolver looks hosts up; see [net.Resolver].
type Resolver interface {
	LookupHost(ctx context.Context, host string) ([]string, error)
}

// HostHint says that the host of an address cannot be found; "" if it can, or if the look-up takes too long. It only
// warns, since Linq may ask another name server.
func HostHint(ctx context.Context, resolver Resolver, target string) string {
	at, err := url.Parse(target)
	if err != nil {
		return ""
	}
	const patience = 2 * time.Second
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	_, err = resolver.LookupHost(ctx, at.Hostname())
	if unknown, ok := errors.AsType[*net.DNSError](err); !ok || !unknown.IsNotFound {
		return ""
	}
	return fmt.Sprintf("Warning: the host %s is not known here. If Linq does not know it either, no webhook arrives: check --url.", at.Hostname())
}
