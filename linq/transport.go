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
	client.Transport = inTime{dropLocation{client.Transport}}
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
		idleTimeout = 45 * time.Second
		// As many as calls are ever made side by side: a connection that finds no room here is closed
		// after its call, and the next call begins with a handshake.
		idle           = 320
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

// inTime sends no call whose deadline has passed, even though its context has not noticed: a process
// that was stopped and goes on runs before its timers do. Another may have taken its work over since.
type inTime struct {
	next http.RoundTripper
}

func (t inTime) RoundTrip(request *http.Request) (*http.Response, error) {
	if deadline, ok := request.Context().Deadline(); ok && passed(deadline, time.Now()) {
		if request.Body != nil {
			_ = request.Body.Close() // as every transport must
		}
		return nil, tooLateError{}
	}
	return t.next.RoundTrip(request)
}

func (t inTime) CloseIdleConnections() {
	if closer, ok := t.next.(interface{ CloseIdleConnections() }); ok {
		closer.CloseIdleConnections()
	}
}

// passed compares by both clocks: the monotonic one stands still while a machine is suspended, and
// the other may be set back.
func passed(deadline, now time.Time) bool {
	return !now.Before(deadline) || !now.Round(0).Before(deadline.Round(0))
}

// tooLateError is why a call was not sent.
type tooLateError struct{}

func (tooLateError) Error() string { return "its time was over before it was sent" }

// Unwrap returns what the context would have said a moment later.
func (tooLateError) Unwrap() error { return context.DeadlineExceeded }

// sending watches whether a request can have left. A transport that does not report (one made for a
// test) leaves it in doubt.
type sending struct {
	sought atomic.Bool // the transport began to seek a connection
	got    atomic.Bool // it has one, and may write at any moment
}

func (s *sending) watch(ctx context.Context) context.Context {
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GetConn: func(string) { s.sought.Store(true) },
		GotConn: func(httptrace.GotConnInfo) { s.got.Store(true) },
	})
}

func (s *sending) maybeSent() bool { return s.got.Load() || !s.sought.Load() }
