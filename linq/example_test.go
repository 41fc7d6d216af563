package linq_test

import (
	"context"
	"errors"
	"fmt"

	"linqbot/linq"
	"linqbot/linq/handle"
	"linqbot/linq/linqtest"
)

// exampleLinq serves an in-memory Linq with one group chat, and returns a client for it.
func exampleLinq() (*linqtest.Linq, *linq.Client, linq.ChatID, error) {
	server := linqtest.New(linqtest.Config{})
	chat := server.AddChat(linqtest.Group("Spring launch", "+12025550100", "+12025550132", "+12025550143", "+12025550154"))
	if err := server.Serve(); err != nil {
		return nil, nil, linq.ChatID{}, err
	}
	client, err := linq.New(linq.Config{BaseURL: server.BaseURL(), APIKey: server.APIKey()})
	if err != nil {
		return nil, nil, linq.ChatID{}, err
	}
	id, err := linq.ParseChatID(chat)
	return server, client, id, err
}

// An acceptance means that the removal is queued. Reading the chat shows whether it was made.
func ExampleClient_RemoveParticipant() {
	server, client, chat, err := exampleLinq()
	if err != nil {
		fmt.Println(err)
		return
	}
	defer server.Close()
	ctx, person := context.Background(), handle.New("+12025550132")

	accepted, err := client.RemoveParticipant(ctx, chat, person)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(accepted.HTTPStatus, accepted.Status)

	read, err := client.Chat(ctx, chat)
	if err != nil {
		fmt.Println(err)
		return
	}
	participant, listed := read.Find(person)
	fmt.Println(participant.Handle, listed, participant.Status)
	// Output:
	// 202 accepted
	// +1 ••• ••• 0132 true removed
}

// An error says itself what it means, so its caller compares no numbers.
func ExampleError() {
	server, client, chat, err := exampleLinq()
	if err != nil {
		fmt.Println(err)
		return
	}
	defer server.Close()
	server.Inject(linqtest.Fault{Op: linqtest.Remove, Status: 503, Code: linq.CodeServiceUnavailable})

	_, err = client.RemoveParticipant(context.Background(), chat, handle.New("+12025550132"))
	if refusal, ok := errors.AsType[*linq.Error](err); ok {
		entry, _ := linq.LookUp(refusal.Code)
		fmt.Println(entry.Meaning)
		fmt.Println("try again:", refusal.Retriable())
		fmt.Println("may have acted:", refusal.MayHaveActed())
		fmt.Println("no such chat:", refusal.NoSuchChat())
	}
	// Output:
	// the service is unavailable for now
	// try again: true
	// may have acted: true
	// no such chat: false
}
