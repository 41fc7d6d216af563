package main

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/spf13/cobra"

	"linqbot/bot"
	"linqbot/bot/slackapi"
	"linqbot/cmd/linqbot/internal/config"
)

func newHealthcheck() *cobra.Command {
	return &cobra.Command{
		Use:   "healthcheck",
		Short: "Ask the linqbot of this machine whether it is up (for containers without a shell)",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			addr, err := config.ValueOf(os.Getenv, "LISTEN_ADDR")
			if err != nil {
				return err
			}
			port, err := config.ValueOf(os.Getenv, "PORT")
			if err != nil {
				return err
			}
			return healthcheck(cmd.Context(), cmp.Or(addr, ":"+cmp.Or(port, "8080")))
		},
	}
}

func healthcheck(ctx context.Context, addr string) error {
	const patience = 3 * time.Second
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return fmt.Errorf("LISTEN_ADDR: %w", err)
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort(host, port)+bot.HealthPath, nil)
	if err != nil {
		return err
	}
	response, err := slackapi.NewHTTPClient().Do(request)
	if err != nil {
		return fmt.Errorf("no linqbot answers at %s, which LISTEN_ADDR or PORT says: %w", request.URL.Host, slackapi.WithoutURL(err))
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answered %s", bot.HealthPath, response.Status)
	}
	return nil
}
