package parse_test

import (
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"linqbot/commands/commandstest"
	"linqbot/commands/parse"
	"linqbot/linq"
)

const (
	ada    = commandstest.Ada
	ben    = commandstest.Ben
	carla  = commandstest.Carla
	dan    = commandstest.Dan
	chatID = commandstest.ChatID
)

type mentionRow struct {
	name, region, message string
	chat, people          string // the people separated by commas
}

func mentionRows() []mentionRow {
	return []mentionRow{
		{name: "nothing"},
		{name: "words", message: "Please take Eva out of the spring launch."},
		{name: "a linked number", message: "Please remove <tel:+12025550132|(202) 555-0132>.", people: ada},
		{name: "a linked number without a country code", message: "<tel:2025550132|202-555-0132> left us", people: ada},
		{name: "a linked number whose label says more", message: "<tel:5550132|+1 202 555 0132>", people: ada},
		{name: "a linked e-mail", message: "Remove <mailto:carla@example.com|carla@example.com>, please", people: carla},
		{name: "a linked e-mail under a name", message: "Remove <mailto:carla@example.com|Carla>", people: carla},
		{name: "numbers in prose", message: "Ada (202-555-0132) and Ben, +1 202.555.0143, have gone.", people: ada + "," + ben},
		{name: "in brackets", message: "Ada [(202) 555-0132]: gone", people: ada},
		{name: "at the end of a sentence", message: "Call 202.555.0132. Or do not.", people: ada},
		{name: "emphasis", message: "*+12025550132* _carla@example.com_ ~202 555 0143~ `+12025550165`", people: strings.Join([]string{ada, carla, ben, dan}, ",")},
		{name: "italics", message: "_+12025550132_ and _202-555-0143_, _+1 202 555 0165_", people: strings.Join([]string{ada, ben, dan}, ",")},
		{name: "part of a name", message: "file_2025550132_final"},
		{name: "links to a chat with a number", message: "<https://wa.me/12025550132> or wa.me/12025550143, <https://api.whatsapp.com/send?phone=%2B12025550165|here>, phone=+12025550132", people: strings.Join([]string{ada, ben, dan}, ",")},
		{name: "links of other messengers", message: "<https://signal.me/#p/+12025550132|Signal> <viber://chat?number=%2B12025550143> imessage://+12025550165", people: strings.Join([]string{ada, ben, dan}, ",")},
		{name: "a link to something else", message: "<https://example.com/12025550132> smartphone=12025550143"},
		{name: "an e-mail in a sentence", message: "Is it carla@example.com? Or (ben@example.org)! \"eva@example.net\".", people: "carla@example.com,ben@example.org,eva@example.net"},
		{name: "an e-mail typed with brackets", message: "Carla &lt;carla@example.com&gt;", people: carla},
		{name: "lines", message: "• 202-555-0132\n• 202-555-0143\n• carla@example.com", people: ada + "," + ben + "," + carla},
		{name: "separated by a slash", message: "202-555-0132/202-555-0143", people: ada + "," + ben},
		{name: "separated by a space", message: "2025550132 2025550143", people: ada + "," + ben},
		{name: "a plus after a number", message: "+12025550132 +12025550143", people: ada + "," + ben},
		{name: "twice in two spellings", message: "202-555-0132, +1 202 555 0132 and Carla@Example.com, carla@example.com", people: "+12025550132,Carla@example.com"},
		{name: "no-break spaces and Unicode hyphens", message: "+1\u00a0202\u2011555\u20110132", people: ada},
		{name: "an extension", message: "202-555-0132 ext. 12", people: ada},
		{name: "a German number", region: "DE", message: "Tel. 030 / 901820-00, mobil 0171 1234567", people: "+493090182000,+491711234567"},
		{name: "a French number", region: "FR", message: "Appelez le 01.23.45.67.89 ou 01 23 45 67 88", people: "+33123456789,+33123456788"},
		{name: "a Danish number", region: "DK", message: "Ring 32.34.56.78", people: "+4532345678"},
		{name: "a Spanish number", region: "ES", message: "Llama al 612.345.678", people: "+34612345678"},
		{name: "a number after a date", message: "2026-03-09 202-555-0132", people: ada},

		{name: "a chat id", message: "The chat is " + chatID + ".", chat: chatID},
		{name: "a chat id in capitals and code", message: "`" + strings.ToUpper(chatID) + "`", chat: chatID},
		{name: "two chat ids", message: chatID + " not 550e8400-e29b-41d4-a716-446655440001", chat: chatID},
		{name: "a chat id in a link", message: "<https://dashboard.linqapp.com/chats/" + chatID + "?x=2025550132|the chat>", chat: chatID},
		{name: "an id of digits is no number", message: "12345678-1234-4234-8234-120255501320", chat: "12345678-1234-4234-8234-120255501320"},
		{name: "a chat id and people", message: "/linq-remove " + chatID + " 202-555-0132, <mailto:carla@example.com|carla@example.com>", chat: chatID, people: ada + "," + carla},
		{name: "32 digits", message: "trace 4bf92f3577b34da6a3ce929d0e0e4736"},

		{name: "dates", message: "On 2026-03-09, 03/09/2026, 9.3.2026, 2026-03-09 2026-03-10 and 2026/03/09."},
		{name: "dates in Germany", region: "DE", message: "Am 09.03.2026, 9.3.26, 2026-03-09, 2026-03-09 2026-03-10."},
		{name: "dates and times", message: "2026-03-09 16:45, 2026-03-09T16:45:10Z, 09.03.2026 16:45:10"},
		{name: "dates and times in Germany", region: "DE", message: "2026-03-09 16:45, 2026-03-09T16:45:10Z, 09.03.2026 16:45:10"},
		{name: "years", region: "DE", message: "2024-2026, 2024 - 2026, 2024/2026"},
		{name: "a time", region: "DE", message: "16:45:10 - 17:00"},
		{name: "prices", message: "$1,250,000.00 or $2025550132 or 2025550132 USD or 2025550132€"},
		{name: "prices in Germany", region: "DE", message: "1.250.000,00 €, 12.500.000 EUR, € 1250000, EUR 12500000, 1.250.000"},
		{name: "a percentage", message: "2025550132%"},
		{name: "order numbers", message: "Order 2025550132, order no. 2025550132, #2025550132, invoice: 2025550132, INV-2025550132, Ticket #2025550132, PO 2025550132"},
		{name: "part of a word", message: "A2025550132 x_2025550132 2025550132b"},
		{name: "a link", message: "<https://shop.example.com/orders/2025550132> http://example.com/2025550143"},
		{name: "a link with a number for its label", message: "<https://example.com|example.com>"},
		{name: "a message's address", message: "p1741538710000100 1741538710.000100"},
		{name: "addresses of computers", region: "DE", message: "192.168.100.200, 192.168.1.1, 10.0.0.12"},
		{name: "an account number", message: "DE89 3704 0044 0532 0130 00"},
		{name: "a card's number", message: "4111 1111 1111 1111"},
		{name: "a member, a channel, a date of Slack", message: "<@U2025550132> <#C2025550132|2025550132> <!date^2025550132^{date}|2025550132>"},
		{name: "a short number", message: "555-0132, 911 and 12345"},
		{name: "masked", message: "+1 ••• ••• 0132 and c•••@example.com"},
		{name: "no address", message: "carla@ @example.com carla@example a@b@c"},
	}
}

func TestFindMentions(t *testing.T) {
	t.Parallel()
	for _, row := range mentionRows() {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			if row.region == "" {
				row.region = "US"
			}
			chat, people := parse.Mentions(row.message, row.region)
			var full []string
			for _, person := range people {
				full = append(full, person.Full())
			}
			assert.Equal(t, chat, row.chat)
			assert.Equal(t, strings.Join(full, ","), row.people)
		})
	}
}

func FuzzFindMentions(f *testing.F) {
	for _, row := range mentionRows() {
		f.Add(row.message, row.region)
	}
	f.Fuzz(func(t *testing.T, message, region string) {
		chat, people := parse.Mentions(message, region)
		if id, err := linq.ParseChatID(chat); chat != "" && (err != nil || id.String() != chat) {
			t.Errorf("%q is no chat id", chat)
		}
		for i, person := range people {
			if _, err := parse.Handle(person.Full(), region); err != nil {
				t.Errorf("%q is no handle: %v", person.Full(), err)
			}
			for _, other := range people[:i] {
				if person.Is(other) {
					t.Errorf("%q is named twice", person.Full())
				}
			}
		}
	})
}
