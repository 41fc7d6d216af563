package slackhtml_test

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"gotest.tools/v3/assert"
	"gotest.tools/v3/golden"

	"linqbot/cmd/linqbot/internal/slackhtml"
)

// people have the names that their ids say.
type people struct{}

func (people) UserName(id string) string    { return "name of " + id }
func (people) ChannelName(id string) string { return "channel " + id }
func (people) GroupHandle(id string) string { return "group " + id }

func renderer() slackhtml.Renderer {
	return slackhtml.Renderer{Names: people{}, Now: time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC)}
}

func TestMrkdwn(t *testing.T) {
	t.Parallel()
	for source, want := range map[string]string{
		"plain":                                    "plain",
		"*bold* _slanted_ ~struck~":                "<strong>bold</strong> <em>slanted</em> <s>struck</s>",
		"*a _b_ c*":                                "<strong>a <em>b</em> c</strong>",
		"2*3*4 a_b_c * a * **":                     "2*3*4 a_b_c * a * **",
		"*not\nover lines*":                        "*not<br>over lines*",
		"`*code* &lt;b&gt;`":                       "<code>*code* &lt;b&gt;</code>",
		"```\nx\n> y\n```":                         "<pre>x\n&gt; y</pre>",
		"&gt; quoted\n&gt; on\nback":               "<blockquote>quoted<br>on</blockquote>back",
		"<@U1> <#C1|x> <!here>":                    `<span class="mention">@name of U1</span> <span class="mention">#channel C1</span> <span class="mention">@here</span>`,
		"<!subteam^S1>":                            `<span class="mention">@group S1</span>`,
		"<https://x.y/a_b?c=1&amp;d=2|see _this_>": `<a href="https://x.y/a_b?c=1&amp;d=2" target="_blank" rel="noopener noreferrer">see _this_</a>`,
		"*<https://x.y|a* b>*":                     `<strong><a href="https://x.y" target="_blank" rel="noopener noreferrer">a* b</a></strong>`,
		"<javascript:alert(1)|press>":              "press",
		"<!date^1773480413^{date_short_pretty} {time_secs}|then>": `<time datetime="2026-03-14T09:26:53Z" title="then">Today 9:26:53 AM</time>`,
		"<!date^1773380413^{date_pretty}|then>":                   `<time datetime="2026-03-13T05:40:13Z" title="then">Yesterday</time>`,
		"<!date^1773380413^on {date_pretty}|then>":                `<time datetime="2026-03-13T05:40:13Z" title="then">on yesterday</time>`,
		"<!date^x^{date}|then>":                                   "then",
		":white_check_mark: :unknown: 10:30:00":                   "✅ :unknown: 10:30:00",
		`<b onclick="x">&lt;script&gt;"'`:                         "b onclick=&#34;x&#34;&lt;script&gt;&#34;&#39;",
		"a < b > c":                                               "a &lt; b &gt; c",
		"":                                                        "",
	} {
		assert.Equal(t, string(renderer().Mrkdwn(source)), want, source)
	}
}

func FuzzMrkdwn(f *testing.F) {
	f.Add("*a* <@U1> `x` ```y``` &gt; <https://x|y> :x: <!date^1^{date}|z>")
	f.Fuzz(func(t *testing.T, source string) {
		drawn := string(renderer().Mrkdwn(source))
		allowed := regexp.MustCompile(`</?(strong|em|s|code|pre|blockquote|br|span|a|time)( (class|href|target|rel|datetime|title)="[^"<>]*")*>`)
		if rest := allowed.ReplaceAllString(drawn, ""); strings.ContainsAny(rest, "<>") {
			t.Errorf("%q is drawn as %q", source, drawn)
		}
	})
}

// Each kind of block that is known.
func TestBlocks(t *testing.T) {
	t.Parallel()
	blocks := `[
		{"type":"header","text":{"type":"plain_text","text":"Your <requests>"}},
		{"type":"section","block_id":"s","text":{"type":"mrkdwn","text":"*Sam* left"},"accessory":{"type":"button","action_id":"add_back","value":"r\"1","text":{"type":"plain_text","text":"Add back"}}},
		{"type":"section","fields":[{"type":"plain_text","text":"one"},{"type":"mrkdwn","text":"_two_"}]},
		{"type":"context","elements":[{"type":"mrkdwn","text":"Trace id ` + "`x`" + `"},{"type":"image","alt_text":"a picture"}]},
		{"type":"actions","elements":[{"type":"button","style":"danger","action_id":"go","text":{"type":"plain_text","text":"Remove"},"confirm":{"title":{"type":"plain_text","text":"Sure?"},"text":{"type":"plain_text","text":"Really?"}}}]},
		{"type":"divider"},
		{"type":"markdown","text":"plain"},
		{"type":"image","title":{"type":"plain_text","text":"A title"},"alt_text":"an image"},
		{"type":"input","block_id":"chat","label":{"type":"plain_text","text":"Chat"},"dispatch_action":true,"element":{"type":"external_select","action_id":"chat","placeholder":{"type":"plain_text","text":"Name"},"initial_option":{"text":{"type":"plain_text","text":"Spring"},"value":"c1"}}},
		{"type":"input","block_id":"people","label":{"type":"plain_text","text":"People"},"element":{"type":"multi_static_select","action_id":"people","max_selected_items":2,"options":[{"text":{"type":"plain_text","text":"Ann"},"value":"1","description":{"type":"plain_text","text":"RCS"}},{"text":{"type":"plain_text","text":"Bob"},"value":"2"}]}},
		{"type":"input","block_id":"why","optional":true,"label":{"type":"plain_text","text":"Why"},"hint":{"type":"plain_text","text":"A word"},"element":{"type":"plain_text_input","action_id":"text","multiline":true,"max_length":5,"initial_value":"<x>"}},
		{"type":"input","block_id":"all","label":{"type":"plain_text","text":"All"},"element":{"type":"checkboxes","action_id":"all","options":[{"text":{"type":"plain_text","text":"Yes"},"value":"y"}]}},
		{"type":"hologram","of":"<Ann>"},
		{"type":"actions","elements":[{"type":"lever"}]}
	]`
	filled := slackhtml.Filled{
		Picked: map[string][]slackhtml.Option{"all all": {{Value: "y"}}},
		Errors: map[string]string{"people": "Pick <somebody>."},
	}
	drawn := strings.ReplaceAll(string(renderer().Blocks(json.RawMessage(blocks), filled)), "><", ">\n<") + "\n"
	golden.Assert(t, drawn, "blocks.golden")

	inputs := slackhtml.Inputs(json.RawMessage(blocks), filled)
	assert.Equal(t, len(inputs), 4)
	assert.Assert(t, inputs[0].Dispatch && inputs[0].Picked[0].Value == "c1")
	assert.Assert(t, inputs[1].Multi && inputs[1].Most == 2 && inputs[2].Written && inputs[2].Text == "<x>")
	assert.DeepEqual(t, slackhtml.Missing(json.RawMessage(blocks), filled), map[string]string{"people": "Please complete this required field."})
}

// Whatever linqbot says is drawn: its golden files hold no block and no element that is not known here.
func TestEverythingThatLinqbotSendsIsKnown(t *testing.T) {
	t.Parallel()
	root := "../../../../"
	known := 0
	for _, pattern := range []string{"bot/*/testdata/*.golden", "bot/testdata/*.golden", "commands/testdata/*/*.golden", "commands/testdata/*.golden"} {
		paths, err := filepath.Glob(root + pattern)
		assert.NilError(t, err)
		for _, path := range paths {
			content, err := os.ReadFile(path)
			assert.NilError(t, err)
			for line := range strings.Lines(string(content)) {
				block := strings.TrimSpace(line)
				if !strings.HasPrefix(block, `{"type":"`) || !json.Valid([]byte(block)) {
					continue
				}
				known++
				drawn := string(renderer().Blocks(json.RawMessage("["+block+"]"), slackhtml.Filled{}))
				assert.Assert(t, !strings.Contains(drawn, `class="unknown"`), "%s: %s", path, block)
			}
		}
	}
	assert.Assert(t, known > 50, fmt.Sprint(known))
}

// Nothing in linqbot makes a block or an element of another type. Tests of the edge may: they play Slack.
func TestWhatLinqbotMakesIsKnown(t *testing.T) {
	t.Parallel()
	known := map[string]bool{
		"SectionBlock": true, "ContextBlock": true, "ActionBlock": true, "HeaderBlock": true, "DividerBlock": true, "InputBlock": true,
		"ButtonBlockElement": true, "OptionsSelectBlockElement": true, "OptionsMultiSelectBlockElement": true, "PlainTextInputBlockElement": true,
		"ImageBlock": true, "ImageBlockElement": true, "CheckboxGroupsBlockElement": true, "RadioButtonsBlockElement": true,
	}
	made := regexp.MustCompile(`slack\.(?:New)?(\w+(?:Block|BlockElement))[({]`)
	found := 0
	bot := os.DirFS("../../../../bot")
	err := fs.WalkDir(bot, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		content, err := fs.ReadFile(bot, path)
		for _, match := range made.FindAllStringSubmatch(string(content), -1) {
			found++
			assert.Assert(t, known[match[1]], "%s makes a %s: teach this package to draw it", path, match[1])
		}
		return err
	})
	assert.NilError(t, err)
	assert.Assert(t, found > 10, fmt.Sprint(found))
}
