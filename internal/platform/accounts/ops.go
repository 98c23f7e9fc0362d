package accounts

import "github.com/allclear/allclear/internal/platform/op"

// The operations on accounts.
var (
	ViewUser    = op.Define("accounts.user.view", op.View)
	CreateUser  = op.Define("accounts.user.create", op.Change)
	UpdateUser  = op.Define("accounts.user.update", op.Change)
	DisableUser = op.Define("accounts.user.disable", op.Change)
	ResetUser   = op.Define("accounts.user.reset", op.Change)
	CreateGrant = op.Define("accounts.grant.create", op.Change)
	DeleteGrant = op.Define("accounts.grant.delete", op.Change)
	ViewRoles   = op.Define("accounts.role.view", op.View)
	ViewSelf    = op.Define("accounts.self.view", op.View)
	UpdateSelf  = op.Define("accounts.self.update", op.Change)
	CreateToken = op.Define("accounts.token.create", op.Change)
	RevokeToken = op.Define("accounts.token.revoke", op.Change)
)

// What stands in the trail for deeds of people who are not signed in yet, or who end
// their session. They ask for no permission, so they are not operations.
const (
	openSession      = "accounts.session.open"
	closeSession     = "accounts.session.close"
	setFirstPassword = "accounts.password.first"
)
