// Package browser holds the tests that see linqbot's pages as people do: the playground and the operators' viewer, of
// the real program, in a real Chromium. They press keys, click, and read what is visible. It is a module of its own, so
// that nobody else downloads what drives the browser, and "go test ./..." starts none.
//
// Begin reading at playground_test.go; tab_test.go has what a person does, and eyes.js what they see.
package browser
