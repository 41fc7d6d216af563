package playground

import (
	"bytes"
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"time"

	"linqbot/cmd/linqbot/internal/slackhtml"
)

//go:embed page
var files embed.FS

// server serves the page of a world.
type server struct {
	world     *world
	templates *template.Template
}

func newServer(w *world) *server {
	templates := template.Must(template.New("").Funcs(template.FuncMap{
		"row": func(v page, m message, inThread bool) shownRow { return shownRow{v, m, inThread} },
	}).ParseFS(files, "page/*.html"))
	return &server{world: w, templates: templates}
}

// shownRow is a message with what its drawing needs to know.
type shownRow struct {
	Page     page
	Message  message
	InThread bool
}

func (s *server) handler() http.Handler {
	assets, err := fs.Sub(files, "page")
	if err != nil {
		panic(err) // the folder is embedded above
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", s.servePage)
	mux.HandleFunc("GET /panes", s.servePanes)
	mux.HandleFunc("POST /act/{name}", s.serveAct)
	mux.HandleFunc("POST /suggest", s.serveSuggest)
	mux.Handle("GET /assets/", http.StripPrefix("/assets/", http.FileServerFS(assets)))
	return mux
}

// paneIDs are the parts of the page that change, in the order in which they are sent.
func (s *server) paneIDs() []string {
	ids := []string{"banner"}
	if s.world.Slack != nil {
		ids = append(ids, "side", "main", "composer", "thread", "modal")
	} else {
		ids = append(ids, "noslack")
	}
	return append(ids, "linq", "trouble", "timeline")
}

func (s *server) panes(v page) ([]pane, error) {
	var all []pane
	for _, id := range s.paneIDs() {
		var b bytes.Buffer
		if err := s.templates.ExecuteTemplate(&b, id, v); err != nil {
			return nil, fmt.Errorf("draw %s: %w", id, err)
		}
		all = append(all, pane{ID: id, HTML: template.HTML(b.String())}) //nolint:gosec // html/template wrote it
	}
	return all, nil
}

func (s *server) servePage(w http.ResponseWriter, r *http.Request) {
	at := s.world.placeOf(r.URL.Query())
	s.world.look(at)
	panes, err := s.panes(s.world.page(at))
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	drawn := map[string]template.HTML{}
	for _, p := range panes {
		drawn[p.ID] = p.HTML
	}
	var b bytes.Buffer
	if err := s.templates.ExecuteTemplate(&b, "page", map[string]any{"Panes": drawn, "Slack": s.world.Slack != nil}); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write(b.Bytes())
}

// servePanes sends each pane as it is, and again whenever it has changed.
func (s *server) servePanes(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	at, sent := s.world.placeOf(r.URL.Query()), map[string]template.HTML{}
	for {
		s.world.look(at)
		page, slack, linq, bot := s.world.changes() // before the drawing, so that no change is missed
		panes, err := s.panes(s.world.page(at))
		if err != nil {
			return // the browser asks again
		}
		for _, p := range panes {
			if was, known := sent[p.ID]; known && was == p.HTML {
				continue
			}
			sent[p.ID] = p.HTML
			encoded, _ := json.Marshal(p) // strings can be encoded
			if _, err := fmt.Fprintf(w, "event: pane\ndata: %s\n\n", encoded); err != nil {
				return
			}
		}
		if http.NewResponseController(w).Flush() != nil || !awaitChange(r.Context(), page, slack, linq, bot) {
			return
		}
	}
}

// awaitChange waits for one, and a little for what comes with it. A request that is open shows how long it takes, and
// the ledger tells nobody of its commits, so it looks now and then by itself.
func awaitChange(ctx context.Context, page, slack, linq, bot <-chan struct{}) bool {
	const together, byItself = 30 * time.Millisecond, time.Second
	look := time.NewTimer(byItself)
	defer look.Stop()
	select {
	case <-page:
	case <-slack:
	case <-linq:
	case <-bot:
	case <-look.C:
	case <-ctx.Done():
		return false
	}
	more := time.NewTimer(together)
	defer more.Stop()
	select {
	case <-more.C:
		return true
	case <-ctx.Done():
		return false
	}
}

const maxForm = 1 << 20

func (s *server) act(w http.ResponseWriter, r *http.Request) (act, error) {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		return act{}, err
	}
	return act{world: s.world, place: s.world.placeOf(r.URL.Query()), form: r.PostForm}, nil
}

func (s *server) serveAct(w http.ResponseWriter, r *http.Request) {
	do, known := acts()[r.PathValue("name")]
	if !known {
		http.NotFound(w, r)
		return
	}
	a, err := s.act(w, r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	// What a person did goes on when their window closes.
	came, err := do(context.WithoutCancel(r.Context()), a)
	if err != nil {
		came.Notice = err.Error()
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(came) // the browser went away
}

func (s *server) serveSuggest(w http.ResponseWriter, r *http.Request) {
	a, err := s.act(w, r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	options, picked, err := suggest(r.Context(), a)
	if errors.Is(err, errClosed) {
		w.WriteHeader(http.StatusNoContent) // it was closed while somebody typed
		return
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	list := "l-" + a.form.Get("block") + "-" + a.form.Get("action")
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write([]byte(slackhtml.Renderer{Names: namesOf(s.world.Slack)}.Options(list, options, picked))) //nolint:gosec // it escapes what it draws
}
