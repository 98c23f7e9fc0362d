package main

import (
	"fmt"
	"io"
	"os"
	"runtime"

	"github.com/allclear/allclear/internal/app"
)

type versionCommand struct{}

// Run prints the version.
func (c *versionCommand) Run(s *session) error {
	v := map[string]string{"version": app.Version, "go": runtime.Version(), "platform": runtime.GOOS + "/" + runtime.GOARCH}
	return s.print(v, func(w io.Writer) { fmt.Fprintln(w, "allclear", app.Version) })
}

type openapiCommand struct{}

// Run prints the API's description; it needs no database.
func (c *openapiCommand) Run(*session) error {
	text, err := app.OpenAPI()
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(os.Stdout, string(text))
	return err
}
