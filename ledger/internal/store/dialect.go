package store

// Dialect is what the SQL of the two stores does not share.
type Dialect struct {
	Migrations string // the folder of its migrations

	// LockRows is what a SELECT ends with that keeps others from changing the rows it returns.
	LockRows string
	// TakeRows is LockRows that also passes over rows which others have locked.
	TakeRows string

	// LockNamed is a query that locks, until the end of the transaction, each name of the JSON list $1 in its order. It is
	// empty where there is one writer at a time.
	LockNamed string

	// InList follows a column that has to be in a JSON list, the value of the placeholder.
	InList func(placeholder string) string
	// List is that JSON list in a FROM, as a column named value.
	List func(placeholder string) string

	HasTable string // a query of whether there is a table $1

	LatestRiver func() (int64, error) // the version of River's tables that this program makes
}
