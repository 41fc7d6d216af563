package sqlite

// SelectKnown is what is asked before requests are inserted.
const SelectKnown = selectKnown
