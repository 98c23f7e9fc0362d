package httpx

import (
	"bytes"
	"io/fs"
	"net/http"
	"path"
	"strings"
)

// Pages serves a browser application: its files as they are, and index.html for every
// other path, because the application finds its own way from there. Files under
// assets/ carry a hash in their names and may be kept for ever; index.html is asked
// for each time and gets the page's nonce for styles.
func Pages(files fs.FS) http.Handler {
	server := http.FileServerFS(files)
	index, err := fs.ReadFile(files, "index.html")
	if err != nil {
		index = []byte("<!doctype html><title>AllClear</title><p>This program was built without the web app. Build it with <code>make build</code>.</p>")
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := strings.TrimPrefix(path.Clean(r.URL.Path), "/")
		if info, err := fs.Stat(files, name); err == nil && !info.IsDir() && name != "index.html" {
			w.Header().Set("Cache-Control", "public, max-age=3600")
			if strings.HasPrefix(name, "assets/") {
				w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
			}
			server.ServeHTTP(w, r)
			return
		}
		if strings.HasPrefix(name, "assets/") {
			http.NotFound(w, r) // an old page asking for a file of an older build
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		meta := `<meta name="csp-nonce" content="` + Nonce(r.Context()) + `"></head>`
		_, _ = w.Write(bytes.Replace(index, []byte("</head>"), []byte(meta), 1))
	})
}
