package chatindex_test

import (
	"strings"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/commands/chatindex"
	"linqbot/commands/commandstest"
	"linqbot/linq"
	"linqbot/linq/linqtest"
)

// bookOf is an index of the chats, read through the real client.
func indexOf(tb testing.TB, region string, chats ...linqtest.Chat) *chatindex.Index {
	tb.Helper()
	server := linqtest.Start(tb, linqtest.Config{Chats: chats})
	return chatindex.New(chatindex.Config{Lister: commandstest.ClientOf(tb, server), Region: region})
}

// found returns the names of what a search finds.
func found(tb testing.TB, index *chatindex.Index, words string) string {
	tb.Helper()
	chats, err := index.Search(tb.Context(), words)
	assert.NilError(tb, err)
	var names []string
	for _, chat := range chats {
		names = append(names, chat.DisplayName)
	}
	return strings.Join(names, "|")
}

// shelf are chats that differ in what people remember of them; each is newer than the next.
func shelf() []linqtest.Chat {
	spring := linqtest.Group("Spring launch", commandstest.Line, commandstest.Ada, commandstest.Ben, commandstest.Carla)
	spring.ID = "550e8400-e29b-41d4-a716-446655440000"
	munich := linqtest.Group("Münchner Straße, Büro 2", commandstest.Line, "+493090182000", "+491711234567")
	munich.ID = "abcdef00-1111-4222-8333-444455556666"
	lodz := linqtest.Group("Łódź Ærø ΟΔΥΣΣΕΑΣ 𝐁𝐨𝐥𝐝 R&D", commandstest.Line, "dan@example.org", "+81312345678")
	lodz.ID = "a0000000-1111-4222-8333-444455556666"
	mueller := linqtest.Group("Familie Mueller", commandstest.Line, "Eva.Mueller@Example.com", "+442079460958")
	mueller.ID = "00000000-1111-4222-8333-444455556666"
	left := linqtest.Group("Gone 2024", commandstest.Line, commandstest.Ben)
	left.ID = "10000000-1111-4222-8333-444455556666"
	left.People = append(left.People, linqtest.Person{Handle: commandstest.Ada, Status: linq.StatusLeft},
		linqtest.Person{Handle: commandstest.Carla, Status: linq.StatusRemoved})
	pair := linqtest.OneToOne(commandstest.Line, commandstest.Ada)
	pair.DisplayName = "Spring, one-to-one"
	chats := []linqtest.Chat{spring, munich, lodz, mueller, left, pair}
	newest := time.Date(2026, 3, 9, 16, 45, 10, 0, time.UTC)
	for i := range chats {
		chats[i].UpdatedAt = newest.Add(-time.Duration(i) * time.Hour)
		chats[i].CreatedAt = newest.AddDate(-1, 0, i)
	}
	return []linqtest.Chat{chats[3], chats[0], chats[5], chats[2], chats[1], chats[4]} // Linq promises no order
}

func TestSearch(t *testing.T) {
	t.Parallel()
	const (
		spring  = "Spring launch"
		munich  = "Münchner Straße, Büro 2"
		lodz    = "Łódź Ærø ΟΔΥΣΣΕΑΣ 𝐁𝐨𝐥𝐝 R&D"
		mueller = "Familie Mueller"
		gone    = "Gone 2024"
		all     = spring + "|" + munich + "|" + lodz + "|" + mueller + "|" + gone
	)
	indexes := map[string]*chatindex.Index{"US": indexOf(t, "US", shelf()...), "DE": indexOf(t, "DE", shelf()...)}
	for _, test := range []struct {
		name, region, words, want string
	}{
		{"nothing: every group, the newest first", "US", "", all},
		{"spaces", "US", " \t ", all},
		{"invisible signs", "US", "\u200e\u2060", all},

		{"a name", "US", "Spring launch", spring},
		{"in another case", "US", "SPRING LAUNCH", spring},
		{"in another order", "US", "launch spring", spring},
		{"part of the words", "US", "aunc pri", spring},
		{"more spaces", "US", "  spring \u00a0 launch ", spring},
		{"in quotes", "US", "“Spring launch”", spring},
		{"all words must be there", "US", "spring winter", ""},
		{"one letter", "US", "g", spring + "|" + gone},
		{"a one-to-one chat is none", "US", "one-to-one", ""},
		{"a comma between", "US", "launch, spring", spring},
		{"a name with a comma", "US", "Straße, Büro", munich},
		{"a sign of its own", "US", "R&D", lodz},

		{"an umlaut", "US", "münchner", munich},
		{"an umlaut in capitals", "US", "MÜNCHNER", munich},
		{"an umlaut of two characters", "US", "mu\u0308nchner", munich},
		{"no umlaut", "US", "munchner", munich},
		{"an umlaut written out", "US", "muenchner", munich},
		{"a name written out", "US", "Müller", mueller},
		{"ß", "US", "strasse", munich},
		{"ß in capitals", "US", "STRASSE", munich},
		{"a Polish name", "US", "lodz", lodz},
		{"a Polish name as it is", "US", "ŁÓDŹ", lodz},
		{"a Danish name", "US", "aero", lodz},
		{"a Danish name, ø written out", "US", "Æroe", lodz},
		{"a Greek name", "US", "οδυσσέας", lodz},
		{"letters that are drawn", "US", "bold", lodz},
		{"full-width letters", "US", "ｓｐｒｉｎｇ", spring},

		{"a number, E.164", "US", commandstest.Ada, spring},
		{"a number, international", "DE", "+1 (202) 555-0132", spring},
		{"a number, national", "US", "(202) 555-0132", spring},
		{"a number with a trunk code", "US", "1-202-555-0132", spring},
		{"a number, national elsewhere", "DE", "030 / 901820-00", munich},
		{"a number with 00", "DE", "00493090182000", munich},
		{"a number as Slack writes it", "US", "<tel:+12025550132|(202) 555-0132>", spring},
		{"a number of another region than ours", "DE", "2025550132", spring},
		{"a number of nobody", "US", "+12025550199", ""},
		{"who left does not count", "US", commandstest.Ada + "," + commandstest.Ben, spring},
		{"two who are together", "US", "(202) 555-0132, (202) 555-0143", spring},
		{"two who are not", "US", commandstest.Ada + ", +442079460958", ""},
		{"our own line", "US", commandstest.Line, all},

		{"four digits", "US", "0132", spring},
		{"four digits with a hyphen", "US", "55-01", spring + "|" + gone},
		{"three digits", "US", "013", ""},
		{"the beginning of a number", "US", "+1202", spring + "|" + gone},
		{"+ is the beginning", "US", "+5550132", ""},
		{"a national beginning", "DE", "0171 123", munich},
		{"digits of our line are not those of a person", "US", "0100", ""},
		{"digits in a name", "US", "2024", gone},
		{"a name and digits", "US", "spring 0132", spring},
		{"a name and other digits", "US", "spring 9999", ""},
		{"Arabic digits", "US", "٠١٣٢", spring},

		{"an e-mail", "US", "carla@example.com", spring},
		{"an e-mail in another case", "US", "CARLA@EXAMPLE.COM", spring},
		{"an e-mail as Slack writes it", "US", "<mailto:eva.mueller@example.com|eva.mueller@example.com>", mueller},
		{"the beginning of an e-mail", "US", "carla@", spring},
		{"the end of an e-mail", "US", "@example.org", lodz},
		{"an e-mail of who was removed", "US", "carla@example.com gone", ""},

		{"an id", "US", "550e8400-e29b-41d4-a716-446655440000", spring},
		{"an id in capitals", "US", "550E8400-E29B-41D4-A716-446655440000", spring},
		{"an id in backticks", "US", "`550e8400-e29b-41d4-a716-446655440000`", spring},
		{"the beginning of an id", "US", "550e", spring},
		{"a longer beginning", "US", "abcdef00-1111", munich},
		{"not its middle", "US", "e29b", ""},
		{"three characters are not enough", "US", "550", ""},
		{"a letter is not the beginning of an id", "US", "b", munich + "|" + lodz},
		{"an id and a word", "US", "550e launch", spring},
		{"an id and another word", "US", "550e winter", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, found(t, indexes[test.region], test.words), test.want)
		})
	}
}

func TestFiveThousandChats(t *testing.T) {
	t.Parallel()
	const count = 5000
	server := linqtest.Start(t, linqtest.Config{Chats: commandstest.ManyChats(count)})
	index := chatindex.New(chatindex.Config{Lister: commandstest.ClientOf(t, server), Region: "US"})
	chats, err := index.Search(t.Context(), "")
	assert.NilError(t, err)
	assert.Equal(t, len(chats), count)
	assert.Equal(t, len(server.Calls()), count/linq.MaxChatsLimit)
	assert.Equal(t, chats[0].DisplayName, "Café 4999 of the spring launch")
	for _, words := range []string{"cafe 3217", "+14155553217", "202 556 3217", "person3217@example.com", "10000c91"} {
		assert.Equal(t, found(t, index, words), "Café 3217 of the spring launch", words)
	}
	assert.Equal(t, len(server.Calls()), count/linq.MaxChatsLimit, "searching asks Linq for nothing")
}

func BenchmarkSearch(b *testing.B) {
	const count = 5000
	index := indexOf(b, "US", commandstest.ManyChats(count)...)
	found(b, index, "winter") // so that there is a list
	for name, words := range map[string]string{"name": "launch cafe 3217", "number": "(415) 555-3217", "part": "5553217", "id": "10000c91", "nothing": "winter"} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := index.Search(b.Context(), words); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
