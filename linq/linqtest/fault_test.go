package linqtest_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp/cmpopts"
	"gotest.tools/v3/assert"

	"linqbot/linq"
	"linqbot/linq/handle"
	"linqbot/linq/linqtest"
)

func TestFaults(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fault   linqtest.Fault
		want    *linq.Error // nil: no answer, or the acceptance
		effects int
		status  int // in the journal
	}{
		"a refusal":         {linqtest.Fault{Status: 409, Code: 2013, Message: "This chat is unavailable"}, &linq.Error{HTTPStatus: 409, Code: 2013, Message: "This chat is unavailable", DocURL: "https://docs.linqapp.com/error/codes/2xxx/2013/"}, 0, 409},
		"after the effect":  {linqtest.Fault{Status: 500, Code: 3006, WithEffect: true}, &linq.Error{HTTPStatus: 500, Code: 3006, DocURL: "https://docs.linqapp.com/error/codes/3xxx/3006/"}, 1, 500},
		"a wait":            {linqtest.Fault{Status: 429, Code: 1007, RetryAfter: 1500 * time.Millisecond}, &linq.Error{HTTPStatus: 429, Code: 1007, RetryAfter: 2 * time.Second, DocURL: "https://docs.linqapp.com/error/codes/1xxx/1007/"}, 0, 429},
		"a proxy's wait":    {linqtest.Fault{Status: 503, RetryAfter: time.Second}, &linq.Error{HTTPStatus: 503, RetryAfter: time.Second}, 0, 503},
		"a page":            {linqtest.Fault{Status: 502, RawBody: "<html>Bad gateway</html>"}, &linq.Error{HTTPStatus: 502}, 0, 502},
		"a redirect":        {linqtest.Fault{Redirect: "https://elsewhere.example/"}, &linq.Error{HTTPStatus: 307}, 0, 307},
		"unreadable":        {linqtest.Fault{RawBody: "<html>OK</html>"}, nil, 1, 202},
		"slow":              {linqtest.Fault{Delay: time.Millisecond}, nil, 1, 202},
		"lost":              {linqtest.Fault{Lost: true}, nil, 0, 202},
		"dropped before":    {linqtest.Fault{Drop: linqtest.BeforeEffect}, nil, 0, 0},
		"dropped after":     {linqtest.Fault{Drop: linqtest.AfterEffect}, nil, 1, 0},
		"of another op":     {linqtest.Fault{Op: linqtest.GetChat, Status: 500}, nil, 1, 202},
		"of another chat":   {linqtest.Fault{Chat: "3b9d7c52-2f64-4a7e-8d0b-6f1f0a9c4e11", Status: 500}, nil, 1, 202},
		"dropped and worse": {linqtest.Fault{Drop: linqtest.BeforeEffect, WithEffect: true}, nil, 1, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l, client, id := group(t, linqtest.Config{})
			l.Inject(test.fault)
			_, err := remove(t, client, id, ada)
			var refusal *linq.Error
			switch {
			case test.want != nil:
				assert.Assert(t, errors.As(err, &refusal), "%v", err)
				assert.DeepEqual(t, refusal, test.want, cmpopts.IgnoreFields(linq.Error{}, "Op", "TraceID"))
				assert.Equal(t, len(refusal.TraceID), 32)
			case test.status == 0:
				var noAnswer *linq.NoAnswerError
				assert.Assert(t, errors.As(err, &noAnswer) && noAnswer.MaybeSent, "%v", err)
			default:
				assert.NilError(t, err)
			}
			assert.Equal(t, l.Effects(id.String(), ada), test.effects)
			calls := l.Calls()
			assert.Equal(t, len(calls), 1)
			want := linqtest.Call{
				Op: linqtest.Remove, Method: "DELETE", Path: linqtest.Prefix + "v3/chats/" + id.String() + "/participants",
				ChatID: id.String(), Handle: ada, Status: test.status,
			}
			assert.DeepEqual(t, calls[0], want, cmpopts.IgnoreFields(linqtest.Call{}, "At", "TraceID"))
		})
	}
}

func TestFaultsRunOut(t *testing.T) {
	t.Parallel()
	l, client, id := group(t, linqtest.Config{})
	l.Inject(linqtest.Fault{Op: linqtest.GetChat, Chat: strings.ToUpper(id.String()), Times: 2, Status: 500})
	l.Inject(linqtest.Fault{Times: 1, Status: 503})
	statuses := func(n int) (statuses []int) {
		for range n {
			_, err := client.Chat(t.Context(), id)
			if refusal, ok := errors.AsType[*linq.Error](err); ok {
				statuses = append(statuses, refusal.HTTPStatus)
			} else {
				assert.NilError(t, err)
				statuses = append(statuses, http.StatusOK)
			}
		}
		return statuses
	}
	assert.DeepEqual(t, statuses(4), []int{500, 500, 503, 200})
	l.Inject(linqtest.Fault{Status: 502})
	assert.DeepEqual(t, statuses(3), []int{502, 502, 502})
	l.ClearFaults()
	assert.DeepEqual(t, statuses(1), []int{200})
}

func TestChaosComesAfterInjectedFaults(t *testing.T) {
	t.Parallel()
	l, client, id := group(t, linqtest.Config{Chaos: func(op linqtest.Op) *linqtest.Fault {
		if op == linqtest.Remove {
			return &linqtest.Fault{Status: 500}
		}
		return nil
	}})
	_, err := client.Chat(t.Context(), id)
	assert.NilError(t, err)
	_, err = remove(t, client, id, ada)
	assert.ErrorContains(t, err, "HTTP 500")
	l.Inject(linqtest.Fault{Times: 1, Status: 503})
	_, err = remove(t, client, id, ada)
	assert.ErrorContains(t, err, "HTTP 503")
}

// A Linq that hangs lets go of a client that goes away, and has done its work by then.
func TestDelayEndsWithTheClient(t *testing.T) {
	t.Parallel()
	done := make(chan struct{})
	removed := make(chan struct{})
	l := linqtest.New(linqtest.Config{OnEvent: func(linqtest.Event) { close(removed) }})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer close(done)
		l.ServeHTTP(w, r)
	}))
	defer server.Close()
	id, err := linq.ParseChatID(l.AddChat(linqtest.Group("Spring launch", line, ada, ben, carla)))
	assert.NilError(t, err)
	client, err := linq.New(linq.Config{BaseURL: server.URL + linqtest.Prefix, APIKey: l.APIKey()})
	assert.NilError(t, err)
	l.Inject(linqtest.Fault{Delay: time.Hour})

	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-removed
		cancel()
	}()
	_, err = client.RemoveParticipant(ctx, id, handle.New(ada))
	assert.ErrorIs(t, err, context.Canceled)
	<-done
}
