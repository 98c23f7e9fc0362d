// Package accounts knows the people who may sign in, what they hold, and their
// sessions and API tokens.
//
// Words. A user is an account; a grant is a role that it holds over a place; its home
// is the place whose administrators look after it. A one-time code lets a person set
// the first password, or a new one after a reset. A session is a signed-in browser; a
// token is a key for programs, limited to some operations.
//
//	created ──code──▶ has a password ──▶ signs in ──▶ second factor enrolled
//	   ▲                    │   ▲
//	   └────────reset───────┘   └── disabled ⇄ enabled
//
// Invariants.
//   - No account exists until somebody makes one, and none has a password that
//     somebody else knows (but for an operator at the machine who sets it).
//   - Who signs in cannot learn whether an account exists: unknown, disabled and wrong
//     give the same answer after the same work.
//   - Wrong tries only ever delay. They are counted per account and address, so that
//     nobody can lock a person out from elsewhere.
//   - Nobody grants what they could not do themselves, nobody edits their own grants,
//     and a place that has an administrator keeps one.
//   - Secrets are kept hashed or sealed; a second-factor code works once.
//   - A disabled account, an ended session and a changed grant take effect with the
//     next request: nothing is cached.
//   - A token never opens a session and never touches accounts.
package accounts
