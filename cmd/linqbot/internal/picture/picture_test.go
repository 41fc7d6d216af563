package picture_test

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"

	"linqbot/cmd/linqbot/internal/picture"
)

func TestSVG(t *testing.T) {
	t.Parallel()
	screen := "#launch\n───────\n\nlinqbot APP  09:41\n  Who is <b> & \"c\"\n" +
		"  ↳ linqbot APP  09:42\n  │ " + strings.Repeat("long ", 40) + "\n  │ [ Add back ]\n"
	drawn := string(picture.SVG("/linq-remove x", screen))
	for _, part := range []string{
		">› /linq-remove x</text>",
		">Who is &lt;b&gt; &amp; &#34;c&#34;</text>",
		">Add back</text>",
		"prefers-color-scheme: dark",
	} {
		if !strings.Contains(drawn, part) {
			t.Errorf("%s is missing:\n%s", part, drawn)
		}
	}
	if strings.Contains(drawn, "───") || strings.Contains(drawn, "│") {
		t.Errorf("lines of the text are left:\n%s", drawn)
	}
	if lines := strings.Count(drawn, ">long long"); lines != 3 {
		t.Errorf("200 characters stand on %d lines:\n%s", lines, drawn)
	}
	decoder := xml.NewDecoder(strings.NewReader(drawn))
	for {
		if _, err := decoder.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
	if again := string(picture.SVG("/linq-remove x", screen)); again != drawn {
		t.Error("the same text is drawn in another way")
	}
}
