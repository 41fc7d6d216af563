package peoplelist

import (
	"bytes"
	"errors"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// errNoText says that a file is no text, but something like a spreadsheet's own format.
var errNoText = errors.New("peoplelist: not a text")

// decoded reads a file's bytes as text: UTF-8 or UTF-16 by their mark, UTF-16 without one by its zeros, and else what
// older spreadsheets write.
func decoded(data []byte) (string, error) {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	order, isWide := unicode.LittleEndian, false
	switch zeros := zerosOf(data); {
	case bytes.HasPrefix(data, []byte("\xff\xfe")), zeros == 1:
		isWide = true
	case bytes.HasPrefix(data, []byte("\xfe\xff")), zeros == 0:
		order, isWide = unicode.BigEndian, true
	}
	if isWide {
		text, err := unicode.UTF16(order, unicode.UseBOM).NewDecoder().Bytes(data)
		if err != nil {
			return "", errNoText
		}
		data = text
	}
	if !utf8.Valid(data) {
		text, err := charmap.Windows1252.NewDecoder().Bytes(data)
		if err != nil {
			return "", errNoText
		}
		data = text
	}
	if bytes.IndexByte(data, 0) >= 0 {
		return "", errNoText
	}
	return string(data), nil
}

// zerosOf tells in which byte of each pair a text has zeros, 0 or 1: all of its beginning, as Latin letters have in
// UTF-16. It returns -1 for any other text.
func zerosOf(data []byte) int {
	const enough, looked = 4, 64
	data = data[:min(len(data), looked)&^1]
	if len(data) < enough {
		return -1
	}
	for _, at := range []int{0, 1} {
		all := true
		for i := at; i < len(data); i += 2 {
			all = all && data[i] == 0 && data[i^1] != 0
		}
		if all {
			return at
		}
	}
	return -1
}
