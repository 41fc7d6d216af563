package linqtest_test

import (
	"context"
	"fmt"

	"linqbot/linq"
	"linqbot/linq/handle"
	"linqbot/linq/linqtest"
)

// The answer to a call is lost after its effect. The journal tells what was asked, and the chat what came
// of it.
func ExampleLinq_Inject() {
	server := linqtest.New(linqtest.Config{})
	defer server.Close()
	id := server.AddChat(linqtest.Group("Spring launch", "+12025550100", "+12025550132", "+12025550143", "+12025550154"))
	if err := server.Serve(); err != nil {
		fmt.Println(err)
		return
	}
	client, err := linq.New(linq.Config{BaseURL: server.BaseURL(), APIKey: server.APIKey()})
	if err != nil {
		fmt.Println(err)
		return
	}
	chat, err := linq.ParseChatID(id)
	if err != nil {
		fmt.Println(err)
		return
	}

	server.Inject(linqtest.Fault{Op: linqtest.Remove, Times: 1, Drop: linqtest.AfterEffect})
	_, err = client.RemoveParticipant(context.Background(), chat, handle.New("+12025550132"))
	fmt.Println("an error:", err != nil)
	for _, call := range server.Calls() {
		fmt.Println("asked:", call.Op, handle.New(call.Handle))
	}
	for _, event := range server.Events() {
		fmt.Println("effect:", event.Type)
	}
	// Output:
	// an error: true
	// asked: remove participant +1 ••• ••• 0132
	// effect: participant.removed
}
