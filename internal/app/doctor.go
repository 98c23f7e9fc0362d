package app

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/i18n"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/situation"
	"github.com/allclear/allclear/web"
)

// Finding is the result of one check of an installation.
type Finding struct {
	Check string         `json:"check"`
	OK    bool           `json:"ok"`
	Text  situation.Text `json:"text"`
	Mend  string         `json:"mend,omitempty"` // the command or step that mends it
}

// Doctor checks an installation: what can be read goes on being checked after a failure.
func Doctor(ctx context.Context, c Config, log *slog.Logger) []Finding {
	out := []Finding{checkDisk(c.Data), checkKeyFile(c.keyFile()), checkListen(c.Listen), checkWeb()}
	a, err := Open(ctx, c, log, false)
	if err != nil {
		return append(out, Finding{Check: "database", Text: situation.Text{ZH: i18n.Sentence(err, true), EN: i18n.Sentence(err, false)}, Mend: mendOf(err)})
	}
	defer func() { _ = a.Close() }()
	out = append(out, Finding{Check: "database", OK: true, Text: same(fmt.Sprintf("%s, schema is this program's", a.DB.Dialect()), fmt.Sprintf("%s，结构与程序一致", a.DB.Dialect()))})
	out = append(out, a.checkSettings(ctx)...)
	return append(out, a.checkIntegrity(ctx), a.checkTrail(ctx), a.checkAccounts(ctx))
}

// mendOf names the step that mends what keeps the program from opening.
func mendOf(err error) string {
	code := fault.CodeOf(err)
	switch {
	case code == "store.migrations_pending":
		return "allclear migrate"
	case strings.HasPrefix(code, "vault."), strings.HasPrefix(code, "audit."):
		return "restore the keys directory from your copy (docs/operate/backup.md)"
	case strings.HasPrefix(code, "protocol."):
		return "allclear pack check DATA/packs"
	}
	return "docs/operate/playbooks/database-away.md"
}

func same(en, zh string) situation.Text { return situation.Text{ZH: zh, EN: en} }

// fullEnough is the share of a used disk from which an operator must act (test T04).
const fullEnough = 0.85

func checkDisk(dir string) Finding {
	f := Finding{Check: "disk"}
	var s syscall.Statfs_t
	for syscall.Statfs(dir, &s) != nil { // the directory may not be there yet
		if parent := filepath.Dir(dir); parent != dir {
			dir = parent
			continue
		}
		f.Text = same("the disk of the data directory cannot be read", "无法读取数据目录所在磁盘")
		return f
	}
	used := 1 - float64(s.Bavail)/float64(max(s.Blocks, 1))
	f.OK = used < fullEnough
	f.Text = same(fmt.Sprintf("%.0f %% used, %d GB free", used*100, s.Bavail*uint64(s.Bsize)>>30), fmt.Sprintf("已用 %.0f%%，剩余 %d GB", used*100, s.Bavail*uint64(s.Bsize)>>30))
	if !f.OK {
		f.Mend = "free space, or move the data directory"
	}
	return f
}

func checkKeyFile(file string) Finding {
	f := Finding{Check: "keys"}
	info, err := os.Stat(file)
	switch {
	case err != nil && os.IsNotExist(err):
		f.OK, f.Text = true, same("no key file yet: the first start makes it", "尚无密钥文件，首次启动时生成")
	case err != nil:
		f.Text = same("the key file cannot be read", "无法读取密钥文件")
	case info.Mode().Perm()&0o077 != 0:
		f.Text, f.Mend = same("others on this machine can read the key file", "本机其他用户可读取密钥文件"), "chmod 600 "+file
	default:
		f.OK, f.Text = true, same("the key file is private; keep a copy apart from the database", "密钥文件仅本人可读；请与数据库分开留存副本")
	}
	return f
}

func checkListen(address string) Finding {
	f := Finding{Check: "listen", OK: true, Text: same("listens on this machine only", "仅监听本机")}
	host, _, err := net.SplitHostPort(address)
	if ip := net.ParseIP(host); address != "" && (err != nil || (host != "localhost" && (ip == nil || !ip.IsLoopback()))) {
		f.OK, f.Text = false, same("listens on the network without TLS", "未加密监听网络")
		f.Mend = "listen on 127.0.0.1 behind a reverse proxy that speaks TLS (docs/operate/install.md)"
	}
	return f
}

func checkWeb() Finding {
	if web.Built() {
		return Finding{Check: "web app", OK: true, Text: same("is in the binary", "已内置")}
	}
	return Finding{Check: "web app", Text: same("this binary was built without it", "本程序未内置网页端"), Mend: "make build"}
}

func (a *App) checkSettings(ctx context.Context) []Finding {
	settings, err := a.DB.Settings(ctx)
	if err != nil {
		return []Finding{{Check: "settings", Text: same(err.Error(), err.Error())}}
	}
	var out []Finding
	for _, s := range settings {
		f := Finding{Check: s.Name, OK: s.OK, Text: same(s.Got, s.Got)}
		if !s.OK {
			f.Text = same(fmt.Sprintf("is %s and must be %s", s.Got, s.Want), fmt.Sprintf("当前为 %s，应为 %s", s.Got, s.Want))
			f.Mend = "set " + s.Name + " = " + s.Want + " on the database server"
		}
		out = append(out, f)
	}
	return out
}

func (a *App) checkIntegrity(ctx context.Context) Finding {
	if err := a.DB.IntegrityCheck(ctx); err != nil {
		return Finding{Check: "integrity", Text: same("the database file is damaged", "数据库文件已损坏"), Mend: "allclear backup restore FILE --data NEW_DIR"}
	}
	return Finding{Check: "integrity", OK: true, Text: same("the database is sound", "数据库完好")}
}

func (a *App) checkTrail(ctx context.Context) Finding {
	r, err := a.Witness.Verify(ctx, a.DB)
	switch {
	case err != nil:
		return Finding{Check: "audit trail", Text: same(i18n.Sentence(err, false), i18n.Sentence(err, true)), Mend: "docs/operate/playbooks/audit-trail.md"}
	case !r.OK:
		return Finding{Check: "audit trail", Text: same(r.Problem, "审计记录已被改动"), Mend: "docs/operate/playbooks/audit-trail.md"}
	case r.Checkpoint == nil:
		return Finding{Check: "audit trail", OK: true, Text: same(fmt.Sprintf("%d entries, intact; no checkpoint yet", r.Entries), fmt.Sprintf("%d 条，完整；尚无检查点", r.Entries)), Mend: "allclear audit checkpoint"}
	}
	at := r.Checkpoint.SignedAt.Time().Format(time.DateTime)
	return Finding{Check: "audit trail", OK: true, Text: same(fmt.Sprintf("%d entries, intact; signed %s UTC", r.Entries, at), fmt.Sprintf("%d 条，完整；最近签名 %s UTC", r.Entries, at))}
}

func (a *App) checkAccounts(ctx context.Context) Finding {
	f := Finding{Check: "accounts", OK: true}
	var users, without int
	err := a.DB.Read(ctx, func(tx *store.Tx) error {
		return tx.QueryRow(ctx, `SELECT count(*), count(*) FILTER (WHERE totp_secret = '' AND NOT disabled) FROM users`).Scan(&users, &without)
	})
	if err != nil {
		return Finding{Check: "accounts", Text: same("cannot be read", "无法读取")}
	}
	f.Text = same(fmt.Sprintf("%d accounts, %d without a second factor", users, without), fmt.Sprintf("%d 个账号，其中 %d 个未启用双重验证", users, without))
	if users == 0 {
		f.Mend = "allclear admin create-user NAME --role administrator"
	}
	return f
}
