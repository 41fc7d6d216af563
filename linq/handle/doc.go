// Package handle is how Linq addresses a person, and how that is kept out of sight: a [Handle] masks
// itself wherever it is printed, and [MaskText] masks the handles in free text. It knows phone numbers and
// e-mail addresses, and nothing of what people type: see commands/parse. Everybody may import it. Begin
// with [Handle].
package handle
