package httpapi

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"path"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/allclear/allclear/internal/command/incident"
	"github.com/allclear/allclear/internal/control/cases"
	"github.com/allclear/allclear/internal/control/lab"
	"github.com/allclear/allclear/internal/platform/access"
	"github.com/allclear/allclear/internal/platform/accounts"
	"github.com/allclear/allclear/internal/platform/audit"
	"github.com/allclear/allclear/internal/platform/disclosure"
	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/httpx"
	"github.com/allclear/allclear/internal/platform/importer"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/ref"
	"github.com/allclear/allclear/internal/registry/people"
	"github.com/allclear/allclear/internal/registry/places"
	"github.com/allclear/allclear/internal/science/protocol"
	"github.com/allclear/allclear/internal/situation"
	"github.com/allclear/allclear/internal/workflow"
)

// prefix stands before every path of the API.
const prefix = "/api/v1"

// maxBody bounds a request that is not a file: 1 MiB.
const maxBody = 1 << 20

// Deps is what the API calls.
type Deps struct {
	Door      *op.Door
	Log       *slog.Logger
	Accounts  *accounts.Service
	Witness   *audit.Witness
	Packs     *protocol.Library
	Incidents *incident.Service
	Cases     *cases.Service
	People    *people.Service
	Lab       *lab.Service
	Workflow  *workflow.Workflow
	Situation *situation.Service
	Imports   *importer.Engine
	// Disclosure watches over what leaves the register, Exports are the files of it.
	Disclosure *disclosure.Service
	Exports    *disclosure.Exports
	Live       *Hub
	Demo       bool
	Version    string
	MaxUpload  int64 // bytes of an uploaded file
	// StartImport hands a ready import to the job runner.
	StartImport func(ctx context.Context, call op.Call, id ref.ImportJob) (importer.Job, error)
	// StartBulk writes a change of many people down and hands it to the job runner; selected
	// says whom it is about, and the path of the place. UndoBulk takes one back.
	StartBulk func(ctx context.Context, call op.Call, d people.Deed, selected func(context.Context, *op.Tx) (people.Selection, string, error)) (people.Bulk, error)
	UndoBulk  func(ctx context.Context, call op.Call, id ref.Bulk) (people.Bulk, error)
}

// API is the built interface.
type API struct {
	Deps
	huma   huma.API
	routes []Route
	tiles  *places.Tiles
}

// New builds the API on mux.
func New(mux *http.ServeMux, d Deps) *API {
	config := huma.DefaultConfig("AllClear", d.Version)
	config.CreateHooks = nil // no $schema links in answers
	config.SchemasPath = ""
	config.DocsPath = ""
	config.OpenAPIPath = prefix + "/openapi"
	config.RejectUnknownQueryParameters = true
	config.Info.Description = "Operations of a city against an outbreak. Every route names its operation (x-operation), " +
		"which is also the permission it needs. Errors are application/problem+json with a stable code."
	config.Components.Schemas = huma.NewMapRegistry("#/components/schemas/", schemaName)
	config.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"session": {Type: "apiKey", In: "cookie", Name: cookieName},
		"token":   {Type: "http", Scheme: "bearer"},
	}
	a := &API{Deps: d, huma: humago.New(mux, config), tiles: places.NewTiles(tileMemory)}
	a.sessionRoutes()
	a.userRoutes()
	a.placeRoutes()
	a.peopleRoutes()
	a.householdRoutes()
	a.duplicateRoutes()
	a.addressRoutes()
	a.incidentRoutes()
	a.caseRoutes()
	a.countRoutes()
	a.situationRoutes()
	a.packRoutes()
	a.importRoutes()
	a.auditRoutes()
	a.disclosureRoutes()
	a.exportRoutes()
	a.viewRoutes()
	a.bulkRoutes()
	a.liveRoutes(mux)
	mux.HandleFunc(prefix+"/", a.unknown)
	return a
}

// schemaName names a type in the description of the API. Types of other packages carry
// the package's name, because two of them may have a type of one name.
func schemaName(t reflect.Type, hint string) string {
	name := huma.DefaultSchemaNamer(t, hint)
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	pkg := path.Base(t.PkgPath())
	if t.Name() == "" || t.PkgPath() == "" || pkg == "httpapi" {
		return strings.ToUpper(name[:1]) + name[1:]
	}
	return strings.ToUpper(pkg[:1]) + pkg[1:] + name
}

// Routes is the route table.
func (a *API) Routes() []Route { return a.routes }

// OpenAPI returns the description of the API as OpenAPI 3.1 JSON.
func (a *API) OpenAPI() ([]byte, error) { return a.huma.OpenAPI().MarshalJSON() }

// unknown answers a path or method that no route has, in the form of all other errors.
func (a *API) unknown(w http.ResponseWriter, r *http.Request) {
	a.writeProblem(w, r, fault.NotFoundf("not_found", "there is no such path"))
}

// CrossOrigin answers a write that another site's page tried to send in a person's name.
func (a *API) CrossOrigin(w http.ResponseWriter, r *http.Request) {
	a.writeProblem(w, r, fault.Forbiddenf("request.cross_origin", "the request came from another site's page"))
}

func (a *API) writeProblem(w http.ResponseWriter, r *http.Request, err error) {
	p := problemOf(err, httpx.RequestID(r.Context()), a.Log)
	w.Header().Set("Content-Type", p.ContentType(""))
	w.WriteHeader(p.Status)
	_ = a.huma.Marshal(w, "application/json", p)
}

type principalKey struct{}

// principal is who sent the request; the zero principal is nobody.
func principal(ctx context.Context) access.Principal {
	p, _ := ctx.Value(principalKey{}).(access.Principal)
	return p
}

// Authenticate finds out who sends each request, from the session cookie or a bearer
// token. A request with neither goes on as nobody; one with a wrong secret is refused.
func (a *API) Authenticate(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.URL.Path, prefix+"/") {
			next.ServeHTTP(w, r)
			return
		}
		p, err := a.identify(r)
		if err != nil && !errors.Is(err, errNobody) {
			if fault.KindOf(err) != fault.Unauthenticated || !strings.HasPrefix(r.URL.Path, prefix+"/session") {
				a.writeProblem(w, r, err)
				return
			}
		}
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), principalKey{}, p)))
	})
}

var errNobody = errors.New("no credentials")

func (a *API) identify(r *http.Request) (access.Principal, error) {
	if header := r.Header.Get("Authorization"); header != "" {
		token, ok := strings.CutPrefix(header, "Bearer ")
		if !ok {
			return access.Principal{}, fault.Unauthenticatedf("session.bad_token", "the Authorization header must be a bearer token")
		}
		return a.Accounts.Authenticate(r.Context(), "", token)
	}
	cookie, err := r.Cookie(cookieOf(r))
	if err != nil {
		return access.Principal{}, errNobody
	}
	return a.Accounts.Authenticate(r.Context(), cookie.Value, "")
}
