package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"linqbot/cmd/linqbot/internal/config"
	"linqbot/cmd/linqbot/internal/webhook"
	"linqbot/linq"
	"linqbot/linq/handle"
)

func newWebhook() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "webhook",
		Short: "Subscribe to Linq's webhooks, list and delete subscriptions",
		Long: "Subscribe to Linq's webhooks, list and delete subscriptions.\n\n" +
			"Of the environment these need LINQ_API_V3_API_KEY, and LINQ_API_V3_BASE_URL if it is not Linq's own, or the same with _FILE.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() }, // without it an unknown word is no mistake
	}
	cmd.AddCommand(newWebhookSubscribe(), newWebhookList(), newWebhookDelete())
	return cmd
}

func newWebhookSubscribe() *cobra.Command {
	var address, secretFile string
	cmd := &cobra.Command{
		Use:   "subscribe --url https://host",
		Short: "Let Linq send its webhooks to a linqbot, or repair the subscription that is there",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			target, err := webhook.PinnedURL(address)
			if err != nil {
				return fmt.Errorf("--url %w", err)
			}
			if hint := webhook.HostHint(cmd.Context(), net.DefaultResolver, target); hint != "" {
				fmt.Fprintln(cmd.ErrOrStderr(), hint)
			}
			return withLinq(cmd, func(ctx context.Context, client *linq.Client) error {
				return webhook.Subscription{Client: client, Out: cmd.OutOrStdout(), Target: target, SecretFile: secretFile}.Ensure(ctx)
			})
		},
	}
	cmd.Flags().StringVar(&address, "url", "", "where Linq reaches linqbot: https://host, and the path below which a proxy serves it, if any")
	cmd.Flags().StringVar(&secretFile, "secret-file", "", "write the secret to this new file instead of printing it")
	_ = cmd.MarkFlagRequired("url") // the flag is there
	return cmd
}

func newWebhookList() *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List all webhook subscriptions of the Linq account",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withLinq(cmd, func(ctx context.Context, client *linq.Client) error {
				all, err := client.Subscriptions(ctx)
				if err != nil {
					return err
				}
				return webhook.List(cmd.OutOrStdout(), all)
			})
		},
	}
}

func newWebhookDelete() *cobra.Command {
	return &cobra.Command{
		Use:   "delete <id>",
		Short: "Delete a webhook subscription",
		Args:  oneArgument("the id of a subscription, from linqbot webhook list"),
		RunE: func(cmd *cobra.Command, args []string) error {
			id, err := linq.ParseSubscriptionID(strings.TrimSpace(args[0]))
			if err != nil {
				return fmt.Errorf("%w; copy it from: linqbot webhook list", err)
			}
			return withLinq(cmd, func(ctx context.Context, client *linq.Client) error {
				err := client.DeleteSubscription(ctx, id)
				if refusal, ok := errors.AsType[*linq.Error](err); ok && refusal.NotFound() && !refusal.NotLinqs() {
					return fmt.Errorf("no subscription has this id, see: linqbot webhook list (%w)", err)
				}
				if err == nil {
					fmt.Fprintln(cmd.OutOrStdout(), "Deleted", id)
				}
				return err
			})
		},
	}
}

// withLinq calls Linq with what the environment says, and adds Linq's own words to a refusal.
func withLinq(cmd *cobra.Command, call func(context.Context, *linq.Client) error) error {
	cfg, err := config.LoadOnly(os.Getenv, "LINQ_API_V3_API_KEY", "LINQ_API_V3_BASE_URL")
	if err != nil {
		return err
	}
	client, err := linq.New(linq.Config{BaseURL: cfg.LinqURL, APIKey: cfg.LinqKey, UserAgent: "linqbot/" + thisBuild().Version})
	if err != nil {
		return err
	}
	defer client.CloseIdleConnections()
	const patience = time.Minute
	ctx, cancel := context.WithTimeout(cmd.Context(), patience)
	defer cancel()
	err = call(ctx, client)
	if refusal, ok := errors.AsType[*linq.Error](err); ok && refusal.Message != "" {
		return fmt.Errorf("%w; Linq says: %q", err, handle.MaskText(refusal.Message))
	}
	return err
}
