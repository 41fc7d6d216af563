// Package migrations holds the schema of the ledger, as the changes that lead to it: one folder for each
// kind of store. It knows files only; linqbot/ledger/internal/store applies them. To change the schema, add
// a file with the next number to both folders.
package migrations

import (
	"embed"
	"io/fs"
)

//go:embed sqlite postgres
var files embed.FS

// For returns the migrations for a kind of store: the files of the folder with that name.
func For(kind string) (fs.FS, error) { return fs.Sub(files, kind) }
