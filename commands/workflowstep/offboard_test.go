package workflowstep_test

import (
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/commands/outcome"
	"linqbot/commands/workflowstep"
	"linqbot/ledger"
)

// The error of a step is a sentence without a mark, as that of every other step.
func TestAnOffboardingThatCouldNotBePlannedEndsTheStepInWords(t *testing.T) {
	t.Parallel()
	step := workflowstep.NewOffboard(workflowstep.OffboardConfig{OneChatConfig: workflowstep.OneChatConfig{Gate: gate(anyone(), nil)}})
	for _, test := range []struct {
		batch ledger.Batch
		want  string
	}{
		{
			ledger.Batch{Trouble: ledger.TroubleOverLimit, OverLimit: ledger.Limit{Everybody: true, Most: 5, Again: askedAt().Add(time.Hour)}},
			"Nothing was recorded, and nobody is removed: with this, people would have asked for more than 5 removals within 24 hours, " +
				"as many as linqbot takes from all together. It is possible again at 2026-03-09 17:45:10 UTC.",
		},
		{
			ledger.Batch{Trouble: ledger.TroubleOverLimit},
			"Nothing was removed: it would be more removals than linqbot takes from all people together within 24 hours. Ask for fewer, or ask again tomorrow.",
		},
		{
			ledger.Batch{Trouble: outcome.ReasonNoAnswer},
			"linqbot could not find out what there is to do. Linq did not answer. Nothing was changed. Ask again in a few minutes; if it stays like this, tell someone who runs linqbot.",
		},
	} {
		test.batch.State, test.batch.EndedAt = ledger.Unplanned, askedAt()
		_, refused, wait := step.Outcome(test.batch, ledger.Progress{}, nil)
		assert.Equal(t, refused.String(), test.want)
		assert.Equal(t, int(wait), 0)
	}
}

// A run does not wait for the end of a pause of all removals. It says who paused them and why, and what was done before.
func TestAnOffboardingThatIsPausedEndsTheStep(t *testing.T) {
	t.Parallel()
	pause := ledger.Pause{UserID: "U9", Reason: "wrong list", Since: askedAt().Add(time.Minute)}
	running := ledger.Batch{State: ledger.Running, AcceptedAt: askedAt(), ConfirmedAt: askedAt()}
	p := ledger.Progress{All: 5, States: map[ledger.State]int{ledger.Removed: 2, ledger.Refused: 1, ledger.Accepted: 1}}
	for name, test := range map[string]struct {
		pause ledger.Pause
		batch ledger.Batch
		after time.Duration // since the pause
		ends  bool
	}{
		"for long":                {pause, running, 30 * time.Second, true},
		"for a moment":            {pause, running, 29 * time.Second, false},
		"not at all":              {ledger.Pause{}, running, time.Hour, false},
		"before it began":         {pause, ledger.Batch{State: ledger.Running, AcceptedAt: pause.Since.Add(time.Minute)}, time.Minute, false},
		"while it is planned":     {pause, ledger.Batch{State: ledger.Planning, AcceptedAt: askedAt()}, time.Hour, false},
		"the batch, for a moment": {ledger.Pause{}, ledger.Batch{State: ledger.Paused, AcceptedAt: askedAt(), PausedAt: pause.Since}, 29 * time.Second, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			step := workflowstep.NewOffboard(workflowstep.OffboardConfig{OneChatConfig: workflowstep.OneChatConfig{
				Gate: gate(anyone(), nil), Now: func() time.Time { return pause.Since.Add(test.after) },
				Explainer: outcome.Explainer{Pause: func() ledger.Pause { return test.pause }},
			}})
			outputs, refused, wait := step.Outcome(test.batch, p, nil)
			assert.Equal(t, len(refused), 0)
			assert.Equal(t, wait == 0, test.ends)
			if test.ends {
				assert.DeepEqual(t, outputs, workflowstep.BatchOutputs{
					Status: "running", Removed: 2, Refused: 1,
					Message: "Of 5 chats: 2 removed, 1 refused, 0 failed. Removals are paused: @U9 paused them at 2026-03-09 16:46:10 UTC. The reason: wrong list. What is asked for meanwhile is kept, and goes on by itself once they are resumed.",
				})
			}
		})
	}
}

// The same for a batch that somebody paused by its button.
func TestAnOffboardingThatIsPausedByItsButtonEndsTheStep(t *testing.T) {
	t.Parallel()
	b := ledger.Batch{State: ledger.Paused, AcceptedAt: askedAt(), ConfirmedAt: askedAt(), PausedAt: askedAt().Add(time.Minute), DecidedBy: "U9"}
	step := workflowstep.NewOffboard(workflowstep.OffboardConfig{OneChatConfig: workflowstep.OneChatConfig{
		Gate: gate(anyone(), nil), Now: func() time.Time { return b.PausedAt.Add(30 * time.Second) },
	}})
	outputs, refused, wait := step.Outcome(b, ledger.Progress{All: 5, States: map[ledger.State]int{ledger.Removed: 2, ledger.Refused: 1, ledger.Accepted: 1}}, nil)
	assert.Equal(t, len(refused), 0)
	assert.Equal(t, wait, time.Duration(0))
	assert.DeepEqual(t, outputs, workflowstep.BatchOutputs{
		Status: "running", Removed: 2, Refused: 1,
		Message: "Of 5 chats: 2 removed, 1 refused, 0 failed. This offboarding is paused: @U9 paused it at 2026-03-09 16:46:10 UTC. What is left goes on once it is resumed.",
	})
}
