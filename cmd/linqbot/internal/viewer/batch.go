package viewer

import (
	"context"
	"fmt"
	"net/http"
	"strconv"

	"linqbot/commands/outcome"
	"linqbot/ledger"
)

const itemsOnPage = 100

// batchPage is one batch whole.
type batchPage struct {
	batchLine
	Facts  facts
	Counts facts
	Items  []itemLine
	Next   string // the address of the items after these
	First  string // that of the first ones; "" where these are they
	Steps  []step
	Cut    bool // there are more steps
	Thread threadView
}

// itemLine is an item in a table.
type itemLine struct {
	Position  int
	Who, Chat string
	State     badge
	ID, Short string // of its request; "" while there is none
	Note      string
}

func (v *Viewer) batch(ctx context.Context, in *ledger.Reader, r *http.Request) (string, any, error) {
	id := r.PathValue("id")
	if !isShortID(id) && !isID(id) {
		return "", nil, errNoSuchPage
	}
	b, err := in.BatchNamed(ctx, id)
	if err != nil {
		return "", nil, notFound(err)
	}
	after, err := strconv.Atoi(r.URL.Query().Get("after"))
	if err != nil || after < 0 {
		after = 0
	}
	page, err := v.batchPage(ctx, in, b, after)
	return "Batch " + b.ShortID(), page, err
}

func (v *Viewer) batchPage(ctx context.Context, in *ledger.Reader, b ledger.Batch, after int) (batchPage, error) {
	page := batchPage{
		batchLine: batchLineOf(b), Facts: batchFacts(b),
	}
	progress, err := in.Progress(ctx, b.ID)
	if err != nil {
		return batchPage{}, err
	}
	page.Counts = countsOf(progress)
	items, err := in.BatchItems(ctx, b.ID, after, itemsOnPage+1)
	if err != nil {
		return batchPage{}, err
	}
	if len(items) > itemsOnPage {
		items = items[:itemsOnPage]
		page.Next = fmt.Sprintf("/batches/%s?after=%d#items", b.ID, items[itemsOnPage-1].Position)
	}
	if after > 0 {
		page.First = "/batches/" + b.ID + "#items"
	}
	for _, item := range items {
		page.Items = append(page.Items, itemOf(item))
	}
	history, err := in.BatchHistory(ctx, b.ID, mostHistory+1)
	if err != nil {
		return batchPage{}, err
	}
	page.Cut = len(history) > mostHistory
	page.Steps = batchSteps(history[:min(len(history), mostHistory)])
	page.Thread, err = v.threadOf(ctx, in, b.ID)
	return page, err
}

func itemOf(item ledger.BatchResult) itemLine {
	line := itemLine{Position: item.Position, Who: person(item.Handle), Chat: short(item.ChatName), State: plainBadge("not asked")}
	if line.Chat == "" {
		line.Chat = shown(item.ChatID)
	}
	switch {
	case item.Request.ID != "":
		line.ID, line.Short, line.State = item.Request.ID, item.Request.ShortID(), badgeOf(item.Request)
		line.Note = shown(item.Request.Reason)
	case item.Foreseen != "":
		line.Note = words(outcome.SayForeseen(item.Foreseen))
	}
	return line
}

func countsOf(p ledger.Progress) facts {
	var counts facts
	counts.number("all", p.All)
	for _, state := range ledger.States() {
		counts.number(string(state), p.States[state])
	}
	counts.number("not asked", p.NotAsked())
	return counts
}

func batchSteps(history []ledger.BatchEvent) []step {
	steps := make([]step, len(history))
	for i, e := range history {
		steps[i] = step{At: e.At, State: plainBadge(string(e.State)), By: member(e.UserID), Cause: shown(e.Cause)}
		if i > 0 {
			steps[i].Since = took(e.At.Sub(history[i-1].At))
		}
	}
	return steps
}
