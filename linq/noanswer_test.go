package linq_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/linq"
	"linqbot/linq/handle"
	"linqbot/linq/linqtest"
)

type dialer func(ctx context.Context, network, address string) (net.Conn, error)

// dialing returns a client that gets its connections from the function.
func dialing(t *testing.T, dial dialer) *linq.Client {
	t.Helper()
	return newClient(t, linq.DefaultBaseURL, &http.Client{Transport: &http.Transport{DialContext: dial}})
}

func TestMaybeSent(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		call func(t *testing.T) error
		want bool
		is   error // nil: any cause
	}{
		"the connection is refused": {
			func(t *testing.T) error {
				t.Helper()
				listener, err := net.Listen("tcp", "127.0.0.1:0")
				assert.NilError(t, err)
				assert.NilError(t, listener.Close())
				return remove(t.Context(), t, newClient(t, "http://"+listener.Addr().String(), nil))
			}, false, nil,
		},
		"the name does not resolve": {
			func(t *testing.T) error {
				t.Helper()
				return remove(t.Context(), t, dialing(t, func(context.Context, string, string) (net.Conn, error) {
					return nil, &net.DNSError{Err: "no such host", Name: "api.linqapp.com", IsNotFound: true}
				}))
			}, false, nil,
		},
		"the certificate is not trusted": {
			func(t *testing.T) error {
				t.Helper()
				server := httptest.NewUnstartedServer(http.NotFoundHandler())
				server.Config.ErrorLog = quiet()
				server.StartTLS()
				defer server.Close()
				return remove(t.Context(), t, newClient(t, server.URL, nil))
			}, false, nil,
		},
		"the context has ended before": {
			func(t *testing.T) error {
				t.Helper()
				ctx, cancel := context.WithDeadline(t.Context(), time.Unix(0, 0))
				defer cancel()
				return remove(ctx, t, newClient(t, "http://127.0.0.1:1", nil))
			}, false, context.DeadlineExceeded,
		},
		"the deadline has passed, and the context does not know yet": {
			func(t *testing.T) error {
				t.Helper()
				client := serve(t, func(http.ResponseWriter, *http.Request) { t.Error("it was sent") })
				return remove(belated{t.Context()}, t, client)
			}, false, context.DeadlineExceeded,
		},
		"the same with a transport that reports nothing": {
			func(t *testing.T) error {
				t.Helper()
				return remove(belated{t.Context()}, t, newClient(t, linq.DefaultBaseURL, &http.Client{
					Transport: roundTrip(func(*http.Request) (*http.Response, error) {
						t.Error("it was sent")
						return nil, io.ErrUnexpectedEOF
					}),
				}))
			}, false, context.DeadlineExceeded,
		},
		"the context ends while connecting": {
			func(t *testing.T) error {
				t.Helper()
				ctx, cancel := context.WithCancel(t.Context())
				return remove(ctx, t, dialing(t, func(ctx context.Context, _, _ string) (net.Conn, error) {
					cancel()
					<-ctx.Done()
					return nil, ctx.Err()
				}))
			}, false, context.Canceled,
		},
		"the context ends before the answer": {
			func(t *testing.T) error {
				t.Helper()
				ctx, cancel := context.WithCancel(t.Context())
				return remove(ctx, t, serve(t, func(_ http.ResponseWriter, r *http.Request) {
					_, _ = io.Copy(io.Discard, r.Body)
					cancel()
					<-r.Context().Done()
				}))
			}, true, context.Canceled,
		},
		"the deadline passes before the answer": {
			func(t *testing.T) error {
				t.Helper()
				l := linqtest.Start(t, linqtest.Config{APIKey: testKey})
				l.Inject(linqtest.Fault{Delay: time.Hour})
				client := newClient(t, l.BaseURL(), nil)
				ctx, cancel := context.WithTimeout(t.Context(), time.Second)
				defer cancel()
				return remove(ctx, t, client)
			}, true, context.DeadlineExceeded,
		},
		"the connection ends before the effect": {
			func(t *testing.T) error {
				t.Helper()
				l := linqtest.Start(t, linqtest.Config{APIKey: testKey})
				l.Inject(linqtest.Fault{Drop: linqtest.BeforeEffect})
				return remove(t.Context(), t, newClient(t, l.BaseURL(), nil))
			}, true, io.EOF,
		},
		"the answer is not HTTP": {
			func(t *testing.T) error {
				t.Helper()
				return remove(t.Context(), t, serve(t, func(w http.ResponseWriter, _ *http.Request) {
					conn, _, err := http.NewResponseController(w).Hijack()
					assert.Check(t, err)
					_, _ = io.WriteString(conn, "call +1 202 555 0143\r\n\r\n")
					_ = conn.Close()
				}))
			}, true, nil,
		},
		"the transport reports nothing": {
			func(t *testing.T) error {
				t.Helper()
				return remove(t.Context(), t, newClient(t, linq.DefaultBaseURL, &http.Client{
					Transport: roundTrip(func(*http.Request) (*http.Response, error) { return nil, io.ErrUnexpectedEOF }),
				}))
			}, true, io.ErrUnexpectedEOF,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := test.call(t)
			var noAnswer *linq.NoAnswerError
			assert.Assert(t, errors.As(err, &noAnswer), "%T: %v", err, err)
			assert.Equal(t, noAnswer.MaybeSent, test.want, "%v", err)
			assert.Equal(t, noAnswer.Op, "remove participant")
			assert.Assert(t, linq.Retriable(err))
			var withURL *url.Error
			assert.Assert(t, !errors.As(err, &withURL), "the cause still has its URL")
			if test.is != nil {
				assert.ErrorIs(t, err, test.is)
			}
			assert.Assert(t, !strings.Contains(err.Error(), "202 555"), "%v", err)
		})
	}
}

// belated is a context whose timer has not fired although its time is over, as after SIGSTOP.
type belated struct{ context.Context }

func (belated) Deadline() (time.Time, bool) { return time.Now().Add(-time.Millisecond), true }

func remove(ctx context.Context, t *testing.T, client *linq.Client) error {
	t.Helper()
	_, err := client.RemoveParticipant(ctx, chatID(t, testChat), handle.New("+12025550143"))
	return err
}

// A connection that Linq closed while it was idle must not repeat a DELETE that may have been read.
func TestBrokenConnectionDoesNotRepeatTheDelete(t *testing.T) {
	t.Parallel()
	l := linqtest.Start(t, linqtest.Config{APIKey: testKey})
	client := newClient(t, l.BaseURL(), nil)
	_, err := client.PhoneNumbers(t.Context())
	assert.NilError(t, err)

	l.Inject(linqtest.Fault{Op: linqtest.Remove, Drop: linqtest.AfterEffect})
	assert.Assert(t, remove(t.Context(), t, client) != nil)
	assert.Equal(t, l.Deletes(testChat, "+12025550143"), 1)
}

func TestReadThatIsCalledOffHalfWay(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	client := newClient(t, linq.DefaultBaseURL, &http.Client{Transport: roundTrip(func(*http.Request) (*http.Response, error) {
		half := io.MultiReader(strings.NewReader(`{"id":`), endingReader{cancel})
		return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(half)}, nil
	})})
	_, err := client.Chat(ctx, chatID(t, testChat))
	assert.ErrorIs(t, err, context.Canceled)
	var noAnswer *linq.NoAnswerError
	assert.Assert(t, errors.As(err, &noAnswer) && noAnswer.MaybeSent, "%v", err)
}

// endingReader calls the request off when it is read.
type endingReader struct{ end func() }

func (r endingReader) Read([]byte) (int, error) {
	r.end()
	return 0, io.ErrUnexpectedEOF
}
