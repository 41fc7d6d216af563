package timeline

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// pretty is a body as people read it: JSON on several lines, a form as its fields.
func pretty(body string) string {
	var out bytes.Buffer
	if json.Indent(&out, []byte(strings.TrimSpace(body)), "", "  ") == nil {
		return out.String()
	}
	if form, err := url.ParseQuery(body); err == nil && strings.Contains(body, "=") && !strings.ContainsAny(body, " \n<") {
		return formText(form)
	}
	return body
}

func formText(form url.Values) string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(form)) {
		for _, value := range form[name] {
			var out bytes.Buffer
			if strings.HasPrefix(value, "{") || strings.HasPrefix(value, "[") {
				if json.Indent(&out, []byte(value), "", "  ") == nil {
					value = out.String()
				}
			}
			b.WriteString(name + ": " + value + "\n")
		}
	}
	return strings.TrimRight(b.String(), "\n")
}

func headers(h http.Header) string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(h)) {
		b.WriteString(name + ": " + strings.Join(h[name], ", ") + "\n")
	}
	return strings.TrimRight(b.String(), "\n")
}

func pathOf(address string) string {
	if parsed, err := url.Parse(address); err == nil {
		return parsed.Path
	}
	return address
}
