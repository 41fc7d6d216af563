package linq

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"sync/atomic"
	"time"
)

func newHTTPClient(given *http.Client) *http.Client {
	client := http.Client{Transport: newTransport()}
	if given != nil {
		client = *given
	}
	if client.Transport == nil {
		client.Transport = http.DefaultTransport
	}
	client.Transport = dropLocation{client.Transport}
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &client
}

func newTransport() *http.Transport {
	const (
		dialTimeout = 5 * time.Second
		tlsTimeout  = 5 * time.Second
		keepAlive   = 30 * time.Second
		// A connection that the server closes while idle makes the next DELETE doubtful, so this
		// stays under the minute that load balancers commonly wait.
		idleTimeout    = 45 * time.Second
		idle           = 16
		maxHeaderBytes = 64 << 10
	)
	return &http.Transport{
		Proxy:                  proxy,
		DialContext:            (&net.Dialer{Timeout: dialTimeout, KeepAlive: keepAlive}).DialContext,
		TLSHandshakeTimeout:    tlsTimeout,
		IdleConnTimeout:        idleTimeout,
		MaxIdleConns:           idle,
		MaxIdleConnsPerHost:    idle,
		MaxResponseHeaderBytes: maxHeaderBytes,
		ForceAttemptHTTP2:      true,
	}
}

// proxy is http.ProxyFromEnvironment with an error that does not quote the proxy's password.
func proxy(request *http.Request) (*url.URL, error) {
	address, err := http.ProxyFromEnvironment(request)
	if err != nil {
		return nil, errors.New("the proxy in the environment is not a URL")
	}
	return address, nil
}

// dropLocation takes the address off redirects. http.Client reads it even if it is told to follow
// none, and turns one that it cannot parse into an error, which would hide the answer.
type dropLocation struct {
	next http.RoundTripper
}

func (d dropLocation) RoundTrip(request *http.Request) (*http.Response, error) {
	response, err := d.next.RoundTrip(request)
	if response != nil {
		response.Header.Del("Location")
	}
	return response, err
}

func (d dropLocation) CloseIdleConnections() {
	if closer, ok := d.next.(interface{ CloseIdleConnections() }); ok {
		closer.CloseIdleConnections()
	}
}

// sending watches whether a request can have left. A transport that does not report (one made for a
// test) leaves it in doubt.
type sending struct {
	looked atomic.Bool // the transport began to look for a connection
	got    atomic.Bool // it has one, and may write at any moment
}

func (s *sending) watch(ctx context.Context) context.Context {
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GetConn: func(string) { s.looked.Store(true) },
		GotConn: func(httptrace.GotConnInfo) { s.got.Store(true) },
	})
}

func (s *sending) maybeSent() bool { return s.got.Load() || !s.looked.Load() }
