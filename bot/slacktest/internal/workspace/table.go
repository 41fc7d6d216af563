package workspace

// Table keeps values by id, in the order in which they came.
type Table[T any] struct {
	byID map[string]T
	ids  []string
}

// Get returns the value with that id.
func (t *Table[T]) Get(id string) (T, bool) {
	v, ok := t.byID[id]
	return v, ok
}

// Put adds a value, or replaces the one with the same id in its place.
func (t *Table[T]) Put(id string, v T) {
	if t.byID == nil {
		t.byID = make(map[string]T)
	}
	if _, ok := t.byID[id]; !ok {
		t.ids = append(t.ids, id)
	}
	t.byID[id] = v
}

// All returns the values in the order in which they came.
func (t *Table[T]) All() []T {
	all := make([]T, len(t.ids))
	for i, id := range t.ids {
		all[i] = t.byID[id]
	}
	return all
}
