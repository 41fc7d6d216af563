package viewer

import (
	"bytes"
	"embed"
	"html/template"
	"net/http"
	"path"
	"strings"
	"time"
)

//go:embed pages/*.html pages/style.css
var files embed.FS

// parseTemplates returns a template for each page, by name. Those whose names begin with _ are parts of all.
func parseTemplates() (map[string]*template.Template, error) {
	functions := template.FuncMap{"iso": iso, "stamp": stamp}
	parts, err := template.New("_layout.html").Funcs(functions).ParseFS(files, "pages/_*.html")
	if err != nil {
		return nil, err
	}
	names, err := files.ReadDir("pages")
	if err != nil {
		return nil, err
	}
	all := make(map[string]*template.Template)
	for _, file := range names {
		name, isPage := strings.CutSuffix(file.Name(), ".html")
		if !isPage || strings.HasPrefix(name, "_") {
			continue
		}
		page, err := parts.Clone()
		if err != nil {
			return nil, err
		}
		if all[name], err = page.ParseFS(files, path.Join("pages", file.Name())); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// shownPage is what the layout shows.
type shownPage struct {
	Name, Title, Build string
	At                 time.Time
	Content            any
}

func (v *Viewer) render(w http.ResponseWriter, status int, name, title string, content any) {
	var page bytes.Buffer
	err := v.templates[name].Execute(&page, shownPage{Name: name, Title: title, Build: v.cfg.Build, At: v.cfg.Now(), Content: content})
	if err != nil {
		v.log.WithError(err).Error("a page could not be made")
		http.Error(w, "This page could not be made; the log says why.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(page.Bytes())
}

func iso(at time.Time) string { return at.UTC().Format("2006-01-02T15:04:05.000Z") }

func stamp(at time.Time) string { return at.UTC().Format("2006-01-02 15:04:05.000") }
