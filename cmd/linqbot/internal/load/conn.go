package load

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"time"
)

// patience ends a run against a server that does not answer at all.
const patience = 30 * time.Second

// conn is a keep-alive connection. Its answers are read as far as they must be: the status, the
// length, and whether the body holds what it should.
type conn struct {
	net  net.Conn
	r    *bufio.Reader
	body bytes.Buffer
}

func dial(addr string) (*conn, error) {
	dialer := net.Dialer{Timeout: patience}
	c, err := dialer.Dial("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("load: %w", err)
	}
	return &conn{net: c, r: bufio.NewReader(c)}, nil
}

func (c *conn) exchange(request, wants []byte) error {
	if err := c.send(request); err != nil {
		return err
	}
	return c.receive(wants)
}

func (c *conn) send(request []byte) error {
	if err := c.net.SetDeadline(time.Now().Add(patience)); err != nil {
		return err
	}
	_, err := c.net.Write(request)
	return err
}

func (c *conn) receive(wants []byte) error {
	status, err := c.r.ReadSlice('\n')
	if err != nil {
		return fmt.Errorf("no answer: %w", err)
	}
	refused := ""
	if !bytes.HasPrefix(status, []byte("HTTP/1.1 200 ")) {
		refused = string(bytes.TrimSpace(status))
	}
	if err := c.readBody(); err != nil {
		return fmt.Errorf("an answer that breaks off: %w", err)
	}
	if refused != "" || !bytes.Contains(c.body.Bytes(), wants) {
		return fmt.Errorf("not the answer that is due: %s %.300q", refused, c.body.Bytes())
	}
	return nil
}

// readBody reads the header, and then the body into c.body.
func (c *conn) readBody() error {
	length, chunked := 0, false
	for {
		line, err := c.r.ReadSlice('\n')
		if err != nil {
			return err
		}
		name, value, ok := bytes.Cut(bytes.TrimSpace(line), []byte(":"))
		if !ok {
			break // the empty line that ends the header
		}
		switch {
		case bytes.EqualFold(name, []byte("Content-Length")):
			if length, err = strconv.Atoi(string(bytes.TrimSpace(value))); err != nil {
				return err
			}
		case bytes.EqualFold(name, []byte("Transfer-Encoding")):
			chunked = true
		}
	}
	c.body.Reset()
	if !chunked {
		_, err := io.CopyN(&c.body, c.r, int64(length))
		return err
	}
	return c.readChunks()
}

func (c *conn) readChunks() error {
	for {
		line, err := c.r.ReadSlice('\n')
		if err != nil {
			return err
		}
		size, err := strconv.ParseInt(string(bytes.TrimSpace(line)), 16, 32)
		if err != nil {
			return err
		}
		if size > 0 {
			if _, err := io.CopyN(&c.body, c.r, size); err != nil {
				return err
			}
		}
		if end, err := c.r.ReadSlice('\n'); err != nil || len(bytes.TrimSpace(end)) > 0 {
			return errors.Join(err, errors.New("a chunk that is not ended"))
		}
		if size == 0 {
			return nil
		}
	}
}
