package ingress

import (
	"errors"
	"io"
	"net/http"
	"sync/atomic"
)

const (
	// LargestBody is the most that is read of a request. Slack's and Linq's are far smaller.
	LargestBody = 1 << 20
	// freeBody is what each request may use without asking the [BodyBudget]. Commands and most other
	// requests fit into it, so large bodies that arrive slowly cannot keep them out.
	freeBody = 16 << 10
	// defaultBudget lets about 16 of the largest bodies be read at once.
	defaultBudget = 16 << 20
)

// BodyBudget bounds the memory for the bodies of all requests together. A body is paid for as it arrives,
// not as it is announced: a client has to send what it takes away from others.
type BodyBudget struct {
	left atomic.Int64
}

// NewBodyBudget returns a budget in bytes; 0 is for the default, 16 MiB.
func NewBodyBudget(bytes int64) *BodyBudget {
	if bytes == 0 {
		bytes = defaultBudget
	}
	b := new(BodyBudget)
	b.left.Store(bytes)
	return b
}

func (b *BodyBudget) take(bytes int64) bool {
	if b.left.Add(-bytes) >= 0 {
		return true
	}
	b.left.Add(bytes)
	return false
}

// How the reading of a body can fail.
var (
	ErrBodyTooLarge = errors.New("bot: the body is too large")
	ErrOverBudget   = errors.New("bot: the bodies of other requests take all the memory that there is for them")
)

// Read reads a body of up to LargestBody bytes. Give its memory back with release, in any case, when
// nobody looks at the body any more. The error is ErrBodyTooLarge, ErrOverBudget, or says that the body
// broke off.
func (b *BodyBudget) Read(r *http.Request) (body []byte, release func(), err error) {
	var taken int64
	release = func() { b.left.Add(taken) }
	if r.ContentLength > LargestBody {
		discardSome(r)
		return nil, release, ErrBodyTooLarge
	}
	body = make([]byte, 0, firstBuffer(r.ContentLength))
	for {
		n, err := r.Body.Read(body[len(body):cap(body)])
		body = body[:len(body)+n]
		switch {
		case len(body) > LargestBody:
			discardSome(r)
			return nil, release, ErrBodyTooLarge
		case errors.Is(err, io.EOF):
			return body, release, nil
		case err != nil:
			return nil, release, err
		case len(body) < cap(body):
			continue
		}
		more := int64(min(2*cap(body), LargestBody+1))
		if more > freeBody {
			if !b.take(more - taken) {
				return nil, release, ErrOverBudget
			}
			taken = more
		}
		body = append(make([]byte, 0, more), body...)
	}
}

// firstBuffer has room for a small body and for the read that finds its end.
func firstBuffer(announced int64) int64 {
	const unknown = 2 << 10
	if announced < 0 {
		return unknown
	}
	return min(announced+1, freeBody)
}

// discardSome lets some of a body that is too large pass unread, since a client that is cut off while it
// writes may never see the answer.
func discardSome(r *http.Request) { _, _ = io.CopyN(io.Discard, r.Body, LargestBody) }
