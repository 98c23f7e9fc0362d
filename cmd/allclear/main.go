// Command allclear runs a city's operations against an outbreak: the server with the
// web app inside, and everything that is done on the machine itself.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // the machine may have no time zone database

	"github.com/alecthomas/kong"

	"github.com/allclear/allclear/internal/app"
)

// Exit codes. Scripts rely on them.
const (
	exitDone    = 0 // done
	exitFailed  = 1 // failed; nothing or only what was reported happened
	exitUsage   = 2 // the command line is wrong
	exitRefused = 3 // done, but some rows were refused
)

func main() { os.Exit(run(os.Args[1:])) }

func run(args []string) int {
	var cli commands
	exited := -1
	if file := os.Getenv("ALLCLEAR_CONFIG"); file != "" {
		if _, err := os.Stat(file); err != nil {
			fmt.Fprintf(os.Stderr, "allclear: ALLCLEAR_CONFIG names %s, which cannot be read\n", file)
			return exitUsage
		}
	}
	parser, err := kong.New(&cli,
		kong.Name("allclear"),
		kong.Description("AllClear 全清: a city's operations against an outbreak, from the first case to an evidence-based all-clear."),
		kong.UsageOnError(), kong.ConfigureHelp(kong.HelpOptions{Compact: true, NoExpandSubcommands: true}),
		kong.Exit(func(code int) { exited = code }),
		kong.Vars{"version": app.Version},
		kong.Configuration(yamlFile, configFiles()...),
	)
	if err != nil {
		fmt.Fprintln(os.Stderr, "allclear:", err)
		return exitUsage
	}
	command, err := parser.Parse(args)
	if exited >= 0 { // --help was answered
		return exited
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "allclear: %v\nRun `allclear --help` to see what there is.\n", err)
		return exitUsage
	}
	// The first signal ends the work in order; a second one ends the program at once.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop)
	return exitCode(cli.Globals, command.Run(&session{ctx: ctx, globals: cli.Globals, parser: parser}))
}

// configFiles are the files that flags are read from, if they exist.
func configFiles() []string {
	if file := os.Getenv("ALLCLEAR_CONFIG"); file != "" {
		return []string{file}
	}
	return []string{"allclear.yaml", "/etc/allclear/allclear.yaml"}
}
