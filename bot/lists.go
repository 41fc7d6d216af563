package bot

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/slack-go/slack"

	"linqbot/bot/blockkit"
	"linqbot/bot/slackapi"
	"linqbot/commands/parse"
	"linqbot/commands/peoplelist"
	"linqbot/commands/richtext"
	"linqbot/linq"
)

// openList opens the form for the list in a message, which is a file or its text. A person who may not use it gets a
// form that says why. A trigger lives for 3 s, so the form opens before the file is read.
func (b *Bot) openList(ctx context.Context, in interaction) {
	where := blockkit.Place{Channel: in.channel(), Thread: in.thread()}
	denied, may := b.cfg.Interactive.Lists.MayRead(ctx, in.invocation(where.Channel))
	note := blockkit.Joined(denied)
	if may {
		note = richtext.Say("%s Reading the list.", string(richtext.MarkQueued))
	} else if len(denied) == 0 {
		return
	}
	b.goBackground(func(ctx context.Context) {
		opened, ok := b.openView(ctx, in.TriggerID, b.cfg.Teams.Renderer().Modal(blockkit.Modal{Closed: true, Note: note}), notOpened)
		switch {
		case !ok && may:
			b.tell(ctx, in, listNotOpened())
		case !ok:
			b.tell(ctx, in, denied)
		case may:
			b.fillList(ctx, in, opened, where)
		}
	})
}

func listNotOpened() richtext.Answer {
	return richtext.Answer{richtext.Say("%s Slack did not open the form. Nothing was removed. Try again.", string(richtext.MarkNeedsPerson))}
}

// fillList shows the list, or what is wrong with it.
func (b *Bot) fillList(ctx context.Context, in interaction, opened *slack.ViewResponse, where blockkit.Place) {
	list, wrong, ok := b.listOf(ctx, in.Message)
	form, fits := b.cfg.Teams.Renderer().ListForm(where, list.People)
	if ok && !fits {
		wrong, ok = richtext.Answer{richtext.Say("%s This list is too long for a form. Split it.", string(richtext.MarkRefused))}, false
	}
	if !ok {
		form = b.cfg.Teams.Renderer().Note(wrong)
	}
	if !b.updateView(ctx, opened.ID, opened.Hash, form, notFilled) {
		b.tell(ctx, in, listNotOpened())
	}
}

// listOf reads the list of a message: its first file, or its text if it has none.
func (b *Bot) listOf(ctx context.Context, message slackapi.Message) (peoplelist.List, richtext.Answer, bool) {
	lists := b.cfg.Interactive.Lists
	files := message.Files()
	if len(files) == 0 {
		return lists.Read(message.OwnText())
	}
	if len(files) > 1 {
		return peoplelist.List{}, richtext.Answer{richtext.Say("%s This message has several files. Post the list in a message of its own.", string(richtext.MarkRefused))}, false
	}
	data, err := slackapi.Download(ctx, b.cfg.Interactive.HTTP, files[0], b.cfg.Interactive.Token, b.cfg.SlackURL, peoplelist.MostBytes)
	if err != nil {
		b.log.WithError(err).Warn("a file with a list was not read")
		return peoplelist.List{}, richtext.Answer{fileTrouble(err)}, false
	}
	return lists.ReadFile(data)
}

func fileTrouble(err error) richtext.Text {
	switch {
	case errors.Is(err, slackapi.ErrNotSlacksFile):
		return richtext.Say("%s This file is not kept by Slack, so linqbot does not read it. Upload the list to Slack as a CSV or text file, or paste it into a message.", string(richtext.MarkRefused))
	case errors.Is(err, slackapi.ErrFileTooLarge):
		return richtext.Say("%s This file is larger than 1 MB. A list takes at most 500 people.", string(richtext.MarkRefused))
	case errors.Is(err, slackapi.ErrFileClosed):
		return richtext.Say("%s Slack does not let linqbot read this file. Someone who runs linqbot should give the app the scope %s and install it again, and linqbot has to be in this channel. Until then, paste the list into a message.",
			string(richtext.MarkNeedsPerson), richtext.ID("files:read"))
	default:
		return richtext.Say("%s Slack did not hand out this file. Try again in a moment, or paste the list into a message.", string(richtext.MarkNeedsPerson))
	}
}

// submitList records the list of the form for the chat that was picked. Mistakes show at their fields, but only to
// people who may act.
func (b *Bot) submitList(ctx context.Context, w http.ResponseWriter, in interaction) {
	where := blockkit.MemoryOf(in.View.PrivateMetadata)
	asked := in.invocation(where.Channel)
	asked.Delivery, asked.ThreadTS = "view-"+in.View.ID, where.Thread
	lists := b.cfg.Interactive.Lists
	if denied, may := lists.MayRead(ctx, asked); !may {
		b.closeModal(w, denied)
		return
	}
	wrong := func(block, text string) {
		writeJSON(w, slack.NewErrorsViewSubmissionResponse(map[string]string{block: text}))
	}
	chosen, _, _ := chosenIn(in.View)
	chat, err := linq.ParseChatID(chosen)
	if err != nil {
		wrong(blockkit.BlockChat, "Pick a group chat.")
		return
	}
	list, answer, ok := lists.Read(in.View.listText())
	if !ok {
		wrong(blockkit.BlockList+"1", shortened(blockkit.Joined(answer).String()))
		return
	}
	asked.Because = in.View.text(blockkit.BlockReason)
	if _, err := parse.Reason(asked.Because); err != nil {
		wrong(blockkit.BlockReason, reasonTooLong())
		return
	}
	answer, _ = lists.Submit(ctx, asked, chat, list.People)
	b.closeModal(w, answer)
}

// listText returns the text of all fields of the list.
func (v view) listText() string {
	var blocks []string
	for block := range v.State.Values {
		if strings.HasPrefix(block, blockkit.BlockList) {
			blocks = append(blocks, block)
		}
	}
	slices.SortFunc(blocks, func(a, c string) int {
		if len(a) != len(c) { // list-2 comes before list-10
			return len(a) - len(c)
		}
		return strings.Compare(a, c)
	})
	var parts []string
	for _, block := range blocks {
		parts = append(parts, v.text(block))
	}
	return strings.Join(parts, "\n")
}

// shortened keeps an error within what Slack shows at a field.
func shortened(text string) string {
	const most = 500
	if characters := []rune(text); len(characters) > most {
		return string(characters[:most-1]) + "…"
	}
	return text
}
