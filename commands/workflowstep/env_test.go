package workflowstep_test

import (
	"time"

	"linqbot/commands/commandstest"
	"linqbot/commands/policy"
	"linqbot/commands/richtext"
)

const (
	ada   = commandstest.Ada
	ben   = commandstest.Ben
	carla = commandstest.Carla

	chatID  = commandstest.ChatID
	traceID = commandstest.TraceID
)

func markedUp(text richtext.Text) string { return commandstest.MarkedUp(text) }

func askedAt() time.Time { return time.Date(2026, 3, 9, 16, 45, 10, 0, time.UTC) }

// gate returns a gate that logs nothing.
func gate(rules policy.Policy, audit policy.Audit) *policy.Gate {
	return policy.NewGate(policy.GateConfig{Policy: rules, Audit: audit})
}

func anyone() policy.Policy { return policy.Policy{Everyone: true} }
