package docs_test

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode"
)

// Every link in a Markdown file leads to a file of the repository, and to a heading that is there.
func TestLinksLeadSomewhere(t *testing.T) {
	t.Parallel()
	tree := os.DirFS("..")
	pages := markdownPages(t, tree)
	const fewest = 20
	if len(pages) < fewest {
		t.Fatalf("%d Markdown files found", len(pages))
	}
	link := regexp.MustCompile(`\]\(([^()\s]+)\)`)
	for page, text := range pages {
		for _, found := range link.FindAllStringSubmatch(withoutCode(text), -1) {
			if strings.Contains(found[1], "://") || strings.HasPrefix(found[1], "mailto:") {
				continue
			}
			file, anchor, hasAnchor := strings.Cut(found[1], "#")
			target := page
			if file != "" {
				target = path.Join(path.Dir(page), file)
			}
			if _, err := fs.Stat(tree, target); err != nil {
				t.Errorf("%s links to %s, which is not there", page, found[1])
			} else if hasAnchor && !anchors(pages[target])[anchor] {
				t.Errorf("%s links to %s, and %s has no such heading", page, found[1], target)
			}
		}
	}
}

// Every page can be reached from the README by links alone.
func TestEveryPageIsLinked(t *testing.T) {
	t.Parallel()
	pages := markdownPages(t, os.DirFS(".."))
	link := regexp.MustCompile(`\]\(([^()\s#]+\.md)[^()\s]*\)`)
	reached := map[string]bool{}
	var visit func(page string)
	visit = func(page string) {
		if reached[page] {
			return
		}
		reached[page] = true
		for _, found := range link.FindAllStringSubmatch(pages[page], -1) {
			visit(path.Join(path.Dir(page), found[1]))
		}
	}
	visit("README.md")
	for page := range pages {
		if !reached[page] {
			t.Errorf("no way leads from README.md to %s", page)
		}
	}
}

// The README is read in a few minutes.
func TestTheReadmeIsShort(t *testing.T) {
	t.Parallel()
	const mostLines, mostWords = 220, 1500
	text := read(t, "../README.md")
	if lines := strings.Count(text, "\n"); lines > mostLines {
		t.Errorf("README.md has %d lines, and may have %d", lines, mostLines)
	}
	if words := len(strings.Fields(text)); words > mostWords {
		t.Errorf("README.md has %d words, and may have %d", words, mostWords)
	}
}

// markdownPages returns the text of every Markdown file of the repository by its path.
func markdownPages(t *testing.T, tree fs.FS) map[string]string {
	t.Helper()
	pages := make(map[string]string)
	err := fs.WalkDir(tree, ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (entry.Name() == "node_modules" || name != "." && strings.HasPrefix(entry.Name(), ".")):
			return fs.SkipDir
		case filepath.Ext(name) != ".md":
			return nil
		}
		text, err := fs.ReadFile(tree, name)
		pages[name] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return pages
}

// withoutCode leaves out blocks and spans of code.
func withoutCode(text string) string {
	return regexp.MustCompile("`[^`\n]*`").ReplaceAllString(withoutBlocks(text), "")
}

// withoutBlocks leaves out blocks of code, in which a line may begin like a heading.
func withoutBlocks(text string) string {
	var kept strings.Builder
	inBlock := false
	for line := range strings.Lines(text) {
		if strings.HasPrefix(strings.TrimSpace(line), "```") {
			inBlock = !inBlock
		} else if !inBlock {
			kept.WriteString(line)
		}
	}
	return kept.String()
}

// anchors returns the anchors of a page's headings, as GitHub makes them.
func anchors(text string) map[string]bool {
	found := make(map[string]bool)
	for _, heading := range regexp.MustCompile(`(?m)^#{1,6} (.*)$`).FindAllStringSubmatch(withoutBlocks(text), -1) {
		found[anchor(heading[1])] = true
	}
	return found
}

func anchor(heading string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ':
			return '-'
		case r == '-' || r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r):
			return unicode.ToLower(r)
		default:
			return -1
		}
	}, heading)
}
