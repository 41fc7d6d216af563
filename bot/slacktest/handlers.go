package slacktest

import (
	"cmp"
	"io"
	"net/http"
	"strings"

	"github.com/gorilla/mux"

	"linqbot/bot/slacktest/internal/webapi"
	"linqbot/bot/slacktest/internal/workspace"
)

const (
	responsePath = "/response/"
	uploadPath   = "/upload/"
	filePath     = "/files-pri/"
)

// responseID is the part of a response URL that tells it from others.
func responseID(url string) string {
	_, id, _ := strings.Cut(url, responsePath)
	return id
}

// serveMethod answers one call of the Web API.
func (s *Slack) serveMethod(w http.ResponseWriter, r *http.Request) {
	name := mux.Vars(r)["method"]
	args, body, err := webapi.ReadArguments(r)
	token := webapi.TokenOf(r, args)
	args.Del("token")
	call := Call{Method: name, Channel: cmp.Or(args.Get("channel"), args.Get("channel_id")), Form: args.Values, Body: body}
	s.exchange(w, r, call, http.StatusOK, func(state *workspace.Workspace) webapi.Answer {
		if err != nil {
			return webapi.ErrorAnswer(http.StatusOK, err)
		}
		return s.api.Call(state, name, token, args)
	})
}

// serveUpload takes a file.
func (s *Slack) serveUpload(w http.ResponseWriter, r *http.Request) {
	const mostBytes = 64 << 20
	body, err := io.ReadAll(io.LimitReader(r.Body, mostBytes))
	s.exchange(w, r, Call{Method: webapi.Upload, Body: body}, http.StatusInternalServerError, func(state *workspace.Workspace) webapi.Answer {
		if err != nil {
			return webapi.ErrorAnswer(http.StatusBadRequest, err)
		}
		return webapi.Store(state, mux.Vars(r)["secret"], webapi.Uploaded(r.Header.Get("Content-Type"), body))
	})
}

// serveFile hands out a file.
func (s *Slack) serveFile(w http.ResponseWriter, r *http.Request) {
	s.exchange(w, r, Call{Method: webapi.Download}, http.StatusInternalServerError, func(state *workspace.Workspace) webapi.Answer {
		return s.api.Download(state, mux.Vars(r)["id"], r.Header.Get("Authorization"))
	})
}

// serveResponseURL answers one use of a response URL.
func (s *Slack) serveResponseURL(w http.ResponseWriter, r *http.Request) {
	id := mux.Vars(r)["id"]
	args, body, err := webapi.ReadArguments(r)
	found := withState(s, func(state *workspace.Workspace) *workspace.ResponseURL {
		found, _ := state.Responses.Get(id)
		return found
	})
	call := Call{Method: webapi.ResponseURL, Form: args.Values, Body: body}
	if found != nil {
		call.Channel = found.Channel
	}
	s.exchange(w, r, call, http.StatusNotFound, func(state *workspace.Workspace) webapi.Answer {
		if err != nil {
			return webapi.ErrorAnswer(http.StatusNotFound, err)
		}
		return webapi.Respond(state, found, args)
	})
}
