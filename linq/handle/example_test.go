package handle_test

import (
	"fmt"

	"linqbot/linq/handle"
)

// A handle masks itself wherever it is printed.
func ExampleHandle() {
	person := handle.New("+12025550132")
	fmt.Println(person)
	fmt.Printf("%+v\n", struct{ Who handle.Handle }{person})
	fmt.Println(handle.New("ada@example.com"))
	fmt.Println(person.Full())
	// Output:
	// +1 ••• ••• 0132
	// {Who:+1 ••• ••• 0132}
	// a•••@example.com
	// +12025550132
}

func ExampleMaskText() {
	fmt.Println(handle.MaskText("call +1 (202) 555-0132 or write to ada@example.com"))
	// Output: call +1 ••• ••• 0132 or write to a•••@example.com
}
