package playground

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"linqbot/bot/slacktest"
	"linqbot/cmd/linqbot/internal/slackhtml"
)

var errClosed = errors.New("this form is closed")

// modalNow returns the open modal that the form names.
func (a act) modalNow() (slacktest.View, error) {
	v, ok := a.openModal(a.As)
	if !ok || v.ID != a.form.Get("view") {
		return v, errClosed
	}
	return v, nil
}

// input finds the field that the form names.
func (a act) input(v slacktest.View) (slackhtml.Input, error) {
	for _, in := range slackhtml.Inputs(bodyOf(v).Blocks, a.filledIn(v.ID)) {
		if in.BlockID == a.form.Get("block") && in.ActionID == a.form.Get("action") {
			return in, nil
		}
	}
	return slackhtml.Input{}, errors.New("this field is gone")
}

// suggest returns the options for what was typed into a search.
func suggest(ctx context.Context, a act) ([]slackhtml.Option, []slackhtml.Option, error) {
	v, err := a.modalNow()
	if err != nil {
		return nil, nil, err
	}
	in, err := a.input(v)
	if err != nil {
		return nil, nil, err
	}
	ack, err := a.Slack.Suggest(ctx, a.Bot.URL(), v, slacktest.Field{BlockID: in.BlockID, ActionID: in.ActionID, Value: a.form.Get("q")})
	if err := failed(ack, err); err != nil {
		return nil, nil, err
	}
	var answer struct {
		Options []slackhtml.Option `json:"options"`
	}
	if err := json.Unmarshal(ack.Body, &answer); err != nil {
		return nil, nil, fmt.Errorf("linqbot's options are none: %w", err)
	}
	a.change(func() { a.offered[v.ID+" "+in.Key] = answer.Options })
	return answer.Options, in.Picked, nil
}

// choose picks an option, or takes it out again.
func choose(ctx context.Context, a act) (done, error) {
	v, err := a.modalNow()
	if err != nil {
		return done{}, err
	}
	in, err := a.input(v)
	if err != nil {
		return done{}, err
	}
	picked, err := a.toggled(v, in, a.form.Get("value"))
	if err != nil {
		return done{}, err
	}
	a.fill(v.ID, func(f *slackhtml.Filled) {
		f.Picked[in.Key] = picked
		delete(f.Errors, in.BlockID)
	})
	if !in.Dispatch || in.Multi || len(picked) == 0 {
		return done{}, nil
	}
	return done{}, failed(a.Slack.Pick(ctx, a.Bot.URL(), v, slacktest.Field{BlockID: in.BlockID, ActionID: in.ActionID, Value: picked[0].Value}))
}

func (a act) toggled(v slacktest.View, in slackhtml.Input, value string) ([]slackhtml.Option, error) {
	is := func(o slackhtml.Option) bool { return o.Value == value }
	if slices.ContainsFunc(in.Picked, is) {
		return slices.DeleteFunc(slices.Clone(in.Picked), is), nil
	}
	a.mu.Lock()
	offered := append(slices.Clone(in.Options), a.offered[v.ID+" "+in.Key]...)
	a.mu.Unlock()
	i := slices.IndexFunc(offered, is)
	switch {
	case i < 0:
		return nil, errors.New("this option is gone")
	case !in.Multi:
		return offered[i : i+1], nil
	case in.Most > 0 && len(in.Picked) >= in.Most:
		return nil, fmt.Errorf("%d can be picked at the most", in.Most)
	}
	return append(slices.Clone(in.Picked), offered[i]), nil
}

// fill changes what is filled in. It copies the maps, since others may be reading the old ones.
func (w *world) fill(viewID string, f func(*slackhtml.Filled)) {
	w.change(func() {
		was := w.filled[viewID]
		next := slackhtml.Filled{Picked: map[string][]slackhtml.Option{}, Text: map[string]string{}, Errors: map[string]string{}}
		maps.Copy(next.Picked, was.Picked)
		maps.Copy(next.Text, was.Text)
		maps.Copy(next.Errors, was.Errors)
		f(&next)
		w.filled[viewID] = next
	})
}

// keepWritten takes over what was written into the fields, and what was ticked.
func (a act) keepWritten(v slacktest.View) {
	inputs := slackhtml.Inputs(bodyOf(v).Blocks, a.filledIn(v.ID))
	a.fill(v.ID, func(f *slackhtml.Filled) {
		clear(f.Errors)
		for _, in := range inputs {
			switch {
			case in.Written:
				f.Text[in.Key] = a.form.Get("text:" + in.Key)
			case in.Type == "checkboxes" || in.Type == "radio_buttons":
				ticked := a.form["pick:"+in.Key]
				f.Picked[in.Key] = slices.DeleteFunc(slices.Clone(in.Options), func(o slackhtml.Option) bool { return !slices.Contains(ticked, o.Value) })
			}
		}
	})
}

func (a act) fields(v slacktest.View) []slacktest.Field {
	var fields []slacktest.Field
	for _, in := range slackhtml.Inputs(bodyOf(v).Blocks, a.filledIn(v.ID)) {
		f := slacktest.Field{BlockID: in.BlockID, ActionID: in.ActionID, Text: in.Text}
		switch {
		case in.Written && in.Text == "" || !in.Written && !in.Multi && len(in.Picked) == 0:
			continue
		case in.Multi:
			f.Values = []string{}
			for _, option := range in.Picked {
				f.Values = append(f.Values, option.Value)
			}
		case len(in.Picked) > 0:
			f.Value = in.Picked[0].Value
		}
		fields = append(fields, f)
	}
	return fields
}

// submit sends a form. Slack itself asks for what must not be empty.
func submit(ctx context.Context, a act) (done, error) {
	v, err := a.modalNow()
	if err != nil {
		return done{}, err
	}
	a.keepWritten(v)
	if missing := slackhtml.Missing(bodyOf(v).Blocks, a.filledIn(v.ID)); len(missing) > 0 {
		a.fill(v.ID, func(f *slackhtml.Filled) { maps.Copy(f.Errors, missing) })
		return done{}, nil
	}
	ack, err := a.Slack.Submit(ctx, a.Bot.URL(), v, a.fields(v)...)
	if err := failed(ack, err); err != nil {
		return done{}, err
	}
	came, err := a.Slack.Submitted(v, ack)
	if came.Open {
		a.fill(v.ID, func(f *slackhtml.Filled) { maps.Copy(f.Errors, came.Errors) })
	} else {
		a.change(func() { a.closed[v.ID] = true })
	}
	return done{}, err
}

func pressModal(ctx context.Context, a act) (done, error) {
	v, err := a.modalNow()
	if err != nil {
		return done{}, err
	}
	p, err := a.pressed()
	if err != nil {
		return done{}, err
	}
	return done{}, failed(a.Slack.PressView(ctx, a.Bot.URL(), v, p.ActionID, p.Value))
}

func closeModal(_ context.Context, a act) (done, error) {
	v, err := a.modalNow()
	if err != nil {
		return done{}, nil //nolint:nilerr // it is closed already
	}
	a.change(func() { a.closed[v.ID] = true })
	return done{}, nil
}
