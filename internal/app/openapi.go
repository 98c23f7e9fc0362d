package app

import (
	"log/slog"
	"net/http"

	"github.com/allclear/allclear/internal/httpapi"
	"github.com/allclear/allclear/internal/platform/importer"
)

// OpenAPI returns the description of the API as OpenAPI 3.1 JSON. It needs no database.
func OpenAPI() ([]byte, error) {
	api := httpapi.New(http.NewServeMux(), httpapi.Deps{
		Log: slog.New(slog.DiscardHandler), Imports: importer.New(importer.Config{}), Live: httpapi.NewHub(), Version: Version,
	})
	return api.OpenAPI()
}
