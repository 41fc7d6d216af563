package app

import (
	"context"
	"errors"
	"log"
	"net/http"
	"net/http/pprof"
	"time"

	"github.com/sirupsen/logrus"

	"linqbot/cmd/linqbot/internal/metrics"
	"linqbot/cmd/linqbot/internal/viewer"
)

// admin serves, at ADMIN_ADDR, what those who run linqbot look at: /metrics for Prometheus, /debug/pprof/ for go tool
// pprof, and the pages of the viewer.
//
// There is no password, so the address is one that only they reach. Its readers learn how much linqbot has to do and
// with what outcome, and where the process spends its time and memory. They can slow it down by profiling it. They
// learn no secret and nobody's whole number. Who asked for what is told by the viewer alone, to this machine alone.
type admin struct {
	server *http.Server // nil if ADMIN_ADDR is off
	pages  *viewer.Viewer
	closed chan struct{}
}

func startAdmin(ctx context.Context, addr string, measured *metrics.Metrics, pages *viewer.Viewer, logger *logrus.Logger) (*admin, error) {
	if addr == "" {
		return &admin{}, nil
	}
	listener, err := listen(ctx, "ADMIN_ADDR", addr, "write an address that is free into ADMIN_ADDR, such as 127.0.0.1:9091, or off; 9090 is Prometheus's own port too")
	if err != nil {
		return nil, err
	}
	warnings := logger.WithField("part", "admin").WriterLevel(logrus.WarnLevel)
	errorLog := log.New(warnings, "", 0)
	routes := adminRoutes(measured.Handler(errorLog))
	pages.Register(routes)
	a := &admin{closed: make(chan struct{}), pages: pages, server: newAdminServer(routes, errorLog)}
	go func() {
		defer close(a.closed)
		defer warnings.Close() //nolint:errcheck // a pipe in memory
		if err := a.server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			logger.WithError(err).Error("metrics are no longer served")
		}
	}()
	logger.WithField("addr", listener.Addr().String()).Info("metrics are served")
	return a, nil
}

func adminRoutes(scrapes http.Handler) *http.ServeMux {
	routes := http.NewServeMux()
	routes.Handle("GET /metrics", scrapes)
	routes.HandleFunc("GET /debug/pprof/", pprof.Index)
	routes.HandleFunc("GET /debug/pprof/cmdline", pprof.Cmdline)
	routes.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
	routes.HandleFunc("GET /debug/pprof/symbol", pprof.Symbol)
	routes.HandleFunc("POST /debug/pprof/symbol", pprof.Symbol)
	routes.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
	return routes
}

func newAdminServer(handler http.Handler, errorLog *log.Logger) *http.Server {
	return &http.Server{
		Handler:           handler,
		ErrorLog:          errorLog,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Second,
		WriteTimeout:      2 * time.Minute, // a profile takes 30 s, and more where it is asked for
		IdleTimeout:       5 * time.Minute, // more than there is between two scrapes
		MaxHeaderBytes:    32 << 10,
	}
}

// close ends what is being served too: a profile that runs would hold up the drain.
func (a *admin) close() error {
	if a.server == nil {
		return nil
	}
	err := a.server.Close()
	<-a.closed
	return errors.Join(err, a.pages.Close())
}
