package commands_test

import (
	"context"
	"iter"
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"linqbot/commands/chatindex"
	"linqbot/commands/policy"
	"linqbot/linq"
)

// cutLister lists one chat, and ends in an error.
type cutLister struct{ err error }

func (l cutLister) AllChats(context.Context, linq.ChatsQuery) iter.Seq2[linq.Chat, error] {
	return func(yield func(linq.Chat, error) bool) {
		id, _ := linq.ParseChatID(chatID)
		if yield(linq.Chat{ID: id, IsGroup: true, DisplayName: "Spring launch"}, nil) && l.err != nil {
			yield(linq.Chat{}, l.err)
		}
	}
}

// Of a listing that was cut off people are shown what there is, and told that there may be more.
func TestAListingThatWasCutOff(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		err  error
		more bool
	}{
		"cut off": {&linq.ListingError{Reason: "it has more than 1000 pages"}, true},
		"whole":   {nil, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			index := chatindex.New(chatindex.Config{Lister: cutLister{test.err}, Region: "US"})
			find := finder(index, policy.Policy{Everyone: true})
			for _, words := range []string{"spring", "", "nothing of the kind"} {
				answer := written(find.Run(t.Context(), asks(words)))
				assert.Equal(t, strings.Contains(answer, "some may be missing"), test.more, words)
			}
		})
	}
}
