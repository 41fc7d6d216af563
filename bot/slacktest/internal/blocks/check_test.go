package blocks_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"linqbot/bot/slacktest/internal/blocks"
)

func of(n int) string { return strings.Repeat("é", n) }

func plain(n int) string { return fmt.Sprintf(`{"type":"plain_text","text":%q}`, of(n)) }

func mrkdwn(n int) string { return fmt.Sprintf(`{"type":"mrkdwn","text":%q}`, of(n)) }

// many repeats a JSON value; %d in it is the number of each.
func many(n int, value string) string {
	list := make([]string, n)
	for i := range list {
		list[i] = strings.ReplaceAll(value, "%d", fmt.Sprint(i))
	}
	return "[" + strings.Join(list, ",") + "]"
}

func TestEachLimitHoldsAtItsEdge(t *testing.T) {
	option := fmt.Sprintf(`{"text":%s,"value":"v%%d"}`, plain(75))
	element := func(inside string) string {
		return `{"type":"actions","elements":[{` + inside + `}]}`
	}
	cases := map[string]struct {
		block func(n int) string
		most  int
	}{
		"section text":   {func(n int) string { return `{"type":"section","text":` + mrkdwn(n) + `}` }, 3000},
		"section fields": {func(n int) string { return `{"type":"section","fields":` + many(n, mrkdwn(5)) + `}` }, 10},
		"field":          {func(n int) string { return `{"type":"section","fields":[` + mrkdwn(n) + `]}` }, 2000},
		"header":         {func(n int) string { return `{"type":"header","text":` + plain(n) + `}` }, 150},
		"context":        {func(n int) string { return `{"type":"context","elements":` + many(n, mrkdwn(5)) + `}` }, 10},
		"markdown":       {func(n int) string { return fmt.Sprintf(`{"type":"markdown","text":%q}`, of(n)) }, 12000},
		"block id":       {func(n int) string { return fmt.Sprintf(`{"type":"divider","block_id":%q}`, of(n)) }, 255},
		"image alt text": {func(n int) string { return fmt.Sprintf(`{"type":"image","image_url":"u","alt_text":%q}`, of(n)) }, 2000},
		"actions": {func(n int) string {
			return `{"type":"actions","elements":` + many(n, `{"type":"button","action_id":"a%d","text":`+plain(5)+`}`) + `}`
		}, 25},
		"button text": {func(n int) string { return element(`"type":"button","text":` + plain(n)) }, 75},
		"button value": {func(n int) string {
			return element(fmt.Sprintf(`"type":"button","text":%s,"value":%q`, plain(5), of(n)))
		}, 2000},
		"button url": {func(n int) string { return element(fmt.Sprintf(`"type":"button","text":%s,"url":%q`, plain(5), of(n))) }, 3000},
		"action id": {func(n int) string {
			return element(fmt.Sprintf(`"type":"button","text":%s,"action_id":%q`, plain(5), of(n)))
		}, 255},
		"confirm text": {func(n int) string {
			return element(fmt.Sprintf(`"type":"button","text":%s,"confirm":{"title":%s,"text":%s,"confirm":%s,"deny":%s}`,
				plain(5), plain(100), mrkdwn(n), plain(30), plain(30)))
		}, 300},
		"select options": {func(n int) string { return element(`"type":"static_select","options":` + many(n, option)) }, 100},
		"option value": {func(n int) string {
			return element(fmt.Sprintf(`"type":"static_select","options":[{"text":%s,"value":%q}]`, plain(5), of(n)))
		}, 75},
		"overflow":    {func(n int) string { return element(`"type":"overflow","options":` + many(n, option)) }, 5},
		"radio":       {func(n int) string { return element(`"type":"radio_buttons","options":` + many(n, option)) }, 10},
		"placeholder": {func(n int) string { return element(`"type":"users_select","placeholder":` + plain(n)) }, 150},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			assert.DeepEqual(t, blocks.CheckMessage(json.RawMessage("["+c.block(c.most)+"]"), "t"), []string(nil))
			found := blocks.CheckMessage(json.RawMessage("["+c.block(c.most+1)+"]"), "t")
			assert.Equal(t, len(found), 1, "%q", found)
		})
	}
}

func TestWhatElseIsWrongWithAMessage(t *testing.T) {
	button := `{"type":"button","action_id":"a","text":` + plain(5) + `}`
	for name, c := range map[string]struct{ blocks, text, found string }{
		"too many":         {many(51, `{"type":"divider"}`), "t", "blocks: 51 of them, 0 to 50 allowed"},
		"not JSON":         {`[{`, "t", "blocks: unexpected end of JSON input"},
		"unknown type":     {`[{"type":"sections"}]`, "t", `blocks[0].type: unsupported type "sections"`},
		"nothing in it":    {`[{"type":"section"}]`, "t", "blocks[0]: neither text nor fields"},
		"empty text":       {`[{"type":"section","text":{"type":"mrkdwn","text":""}}]`, "t", "blocks[0].text: missing or empty"},
		"mrkdwn header":    {`[{"type":"header","text":` + mrkdwn(5) + `}]`, "t", `blocks[0].text.type: "mrkdwn", not one of ["plain_text"]`},
		"empty context":    {`[{"type":"context","elements":[]}]`, "t", "blocks[0].elements: 0 of them, 1 to 10 allowed"},
		"same block id":    {many(2, `{"type":"divider","block_id":"b"}`), "t", "blocks[1].block_id: used twice"},
		"same action id":   {`[{"type":"actions","elements":` + many(2, button) + `}]`, "t", "blocks[0].elements[1].action_id: used twice"},
		"no fallback text": {`[{"type":"divider"}]`, "", "text: missing beside blocks"},
		"long text":        {"", of(4001), "text: 4001 characters, at most 4000"},
	} {
		t.Run(name, func(t *testing.T) {
			assert.DeepEqual(t, blocks.CheckMessage(json.RawMessage(c.blocks), c.text), []string{c.found})
		})
	}
}

func TestViewLimits(t *testing.T) {
	modal := func(more string, blocks string) json.RawMessage {
		return json.RawMessage(`{"type":"modal","blocks":` + blocks + more + `}`)
	}
	titled := `,"title":` + plain(24)
	input := `[{"type":"input","label":` + plain(5) + `,"element":{"type":"plain_text_input","action_id":"a"}}]`
	assert.DeepEqual(t, blocks.CheckView(modal(titled, many(100, `{"type":"divider"}`))), []string(nil))
	assert.DeepEqual(t, blocks.CheckView(modal(titled+`,"submit":`+plain(6), input)), []string(nil))

	for name, c := range map[string]struct {
		view  json.RawMessage
		found string
	}{
		"title":     {modal(`,"title":`+plain(25), "[]"), "title: 25 characters, at most 24"},
		"no title":  {modal("", "[]"), "title: missing"},
		"no submit": {modal(titled, input), "submit: missing, and there is an input block"},
		"blocks":    {modal(titled, many(101, `{"type":"divider"}`)), "blocks: 101 of them, 0 to 100 allowed"},
		"metadata":  {modal(titled+fmt.Sprintf(`,"private_metadata":%q`, of(3001)), "[]"), "private_metadata: 3001 characters, at most 3000"},
		"no blocks": {json.RawMessage(`{"type":"home"}`), "blocks: unexpected end of JSON input"},
	} {
		t.Run(name, func(t *testing.T) {
			assert.DeepEqual(t, blocks.CheckView(c.view), []string{c.found})
		})
	}
}
