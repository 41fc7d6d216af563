package workspace

// File is a file that the app uploads.
type File struct {
	ID      string
	Name    string
	Title   string // default the name
	Content []byte // nil until it is uploaded

	Length int  // as it was announced
	Done   bool // its upload is completed, which happens once
}

// NewUpload announces a file, and returns the secret by which it is uploaded.
func (w *Workspace) NewUpload(name string, length int) (file *File, secret string) {
	file = &File{ID: w.NewID("F0"), Name: name, Title: name, Length: length}
	secret = w.NewSecret()
	w.Files.Put(file.ID, file)
	w.Uploads.Put(secret, file)
	return file, secret
}
