package app

import (
	"errors"

	"github.com/allclear/allclear/internal/platform/i18n"
)

// Explain returns the sentence that tells a person about an error.
func Explain(err error, chinese bool) string {
	var said Said
	if errors.As(err, &said) {
		return said.Fault.Detail
	}
	return i18n.Sentence(err, chinese)
}
