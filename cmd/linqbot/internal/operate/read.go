package operate

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"linqbot/commands/parse"
	"linqbot/commands/peoplelist"
	"linqbot/commands/richtext"
	"linqbot/ledger"
)

// Stdin is the name of the file that is standard input.
const Stdin = "-"

// ReadFile reads a file with a list of people; [Stdin] names standard input.
func ReadFile(stdin io.Reader, file string) ([]byte, error) {
	from, name := stdin, "standard input"
	if file != Stdin {
		opened, err := os.Open(file) //nolint:gosec // which an operator names
		if err != nil {
			return nil, fmt.Errorf("--file: %w", err)
		}
		defer func() { _ = opened.Close() }()
		from, name = opened, file
	}
	data, err := io.ReadAll(io.LimitReader(from, peoplelist.MostBytes+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("--file: %w", err)
	case len(data) > peoplelist.MostBytes:
		return nil, fmt.Errorf("--file: %s is larger than 1 MB, and a list takes 500 people at most: split it", name)
	}
	return data, nil
}

// read returns whom to remove, and puts the chat, if there is one, into the order. The text may also hold the flag and
// the reason that a command in Slack takes. A file, or more people than a command in Slack takes, are read as a list.
func read(cfg Config, asked Request, o *ledger.BatchOrder) ([]parse.ParsedHandle, parse.Tail, error) {
	region := cfg.Settings.Region
	if asked.File != nil {
		if asked.Job == ledger.List {
			chat, err := parse.Chat(asked.Text)
			if err != nil {
				return nil, parse.Tail{}, err
			}
			o.ChatID = chat.String()
		}
		people, err := listed(peoplelist.ReadFile(asked.File, region))
		return people, parse.Tail{}, err
	}
	list, isList := parse.RemoveList(asked.Text)
	if asked.Job == ledger.Offboard {
		list, isList = parse.OffboardList(asked.Text)
	}
	switch {
	case isList:
		if asked.Job == ledger.List {
			o.ChatID = list.Chat.String()
		}
		people, err := listed(peoplelist.Read(list.People, region))
		return people, list.Tail, err
	case asked.Job == ledger.Offboard:
		args, err := parse.Offboard(asked.Text, region)
		return args.Handles, args.Tail, err
	default:
		args, err := parse.Remove(asked.Text, region)
		o.ChatID = args.Chat.String()
		return args.Handles, args.Tail, err
	}
}

// listed returns the people of a list, or what is wrong with it, line by line.
func listed(list peoplelist.List, wrong richtext.Answer, ok bool) ([]parse.ParsedHandle, error) {
	if ok {
		return list.People, nil
	}
	texts := make([]string, len(wrong))
	for i, text := range wrong {
		texts[i] = strings.TrimPrefix(text.String(), string(richtext.MarkRefused)+" ")
	}
	return nil, errors.New(strings.TrimSuffix(strings.Join(texts, "\n"), "."))
}

// misread says what is wrong with what was typed, to the one who typed it.
func misread(err error) error {
	usage, ok := errors.AsType[*parse.UsageError](err)
	if !ok {
		return err
	}
	if usage.Code == parse.UsageTextTooLong {
		return errors.New("these are too many people for one line: give them in a file, with --file")
	}
	why := strings.NewReplacer("/linq-remove", "linqbot remove", "/linq-offboard", "linqbot offboard").Replace(usage.Why.String())
	return errors.New(strings.TrimSuffix(why, "."))
}
