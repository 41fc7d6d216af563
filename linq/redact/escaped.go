package redact

// mostEscapes is how many backslashes or percent signs in a row are looked at, so that a text of
// nothing else takes no longer than any other.
const mostEscapes = 16

// withoutEscaped replaces the secrets where at least one of their bytes is escaped, in one pass.
func withoutEscaped(text []byte, secrets [][]byte) []byte {
	var begins [256]bool
	begins['\\'], begins['%'] = true, true
	for _, secret := range secrets {
		begins[secret[0]] = true
	}
	var out []byte
	done := 0
	for i := 0; i < len(text); i++ {
		if !begins[text[i]] {
			continue
		}
		for _, secret := range secrets {
			if length := escapedLength(text[i:], secret); length > 0 {
				out = append(append(out, text[done:i]...), mark...)
				i += length - 1
				done = i + 1
				break
			}
		}
	}
	if done == 0 {
		return text
	}
	return append(out, text[done:]...)
}

// escapedLength returns how many bytes at the start of text spell the secret; 0 if they do not.
func escapedLength(text []byte, secret []byte) int {
	at := 0
	for i, b := range secret {
		if b == '\\' && i > 0 && secret[i-1] == b {
			continue // its escapes were taken with those of the one before
		}
		length := spells(text[at:], b)
		if length == 0 {
			return 0
		}
		at += length
	}
	return at
}

// spells returns how many bytes at the start of text stand for the byte b. It may be written as itself, as a JSON
// escape behind some backslashes (each further encoding doubles them), or as a percent escape, whose percent sign
// may be escaped in turn.
func spells(text []byte, b byte) int {
	if len(text) == 0 {
		return 0
	}
	switch text[0] {
	case '\\':
		at := 0
		for at < min(len(text), mostEscapes) && text[at] == '\\' {
			at++
		}
		rest := text[at:]
		const unicode = "u00"
		if len(rest) >= len("u0000") && string(rest[:len(unicode)]) == unicode && isHex(rest[len(unicode):], b) {
			return at + len("u0000")
		}
		if b == '\\' {
			return at
		}
		if len(rest) > 0 && rest[0] == b && (b == '"' || b == '/') {
			return at + 1
		}
		return 0
	case '%':
		at := 1
		for at+2 <= min(len(text), mostEscapes) && text[at] == '2' && text[at+1] == '5' {
			at += 2
		}
		switch {
		case b == '%':
			return at
		case isHex(text[at:], b):
			return at + 2
		}
	}
	if text[0] == b {
		return 1
	}
	return 0
}

// isHex reports whether text begins with b as two hexadecimal digits.
func isHex(text []byte, b byte) bool {
	return len(text) >= 2 && nibble(text[0]) == int(b>>4) && nibble(text[1]) == int(b&0xf)
}

func nibble(digit byte) int {
	switch {
	case '0' <= digit && digit <= '9':
		return int(digit - '0')
	case 'a' <= digit && digit <= 'f':
		return int(digit-'a') + 10
	case 'A' <= digit && digit <= 'F':
		return int(digit-'A') + 10
	}
	return -1
}
