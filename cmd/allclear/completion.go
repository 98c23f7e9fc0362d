package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/alecthomas/kong"
)

type completionCommand struct {
	Shell string `arg:"" enum:"bash,zsh,fish" help:"bash, zsh or fish."`
}

// Run prints a script that completes commands and flags, made from the same table that
// parses them.
func (c *completionCommand) Run(s *session) error {
	words := map[string][]string{}
	collect(s.parser.Model.Node, "", words)
	switch c.Shell {
	case "fish":
		for path, next := range words {
			condition := "__fish_use_subcommand"
			if path != "" {
				condition = "__fish_seen_subcommand_from " + path[strings.LastIndexByte(path, ' ')+1:]
			}
			fmt.Printf("complete -c allclear -n '%s' -a '%s'\n", condition, strings.Join(next, " "))
		}
		return nil
	case "zsh":
		fmt.Println("autoload -U +X bashcompinit && bashcompinit")
	}
	fmt.Print("_allclear() {\n  local cur=${COMP_WORDS[COMP_CWORD]} path= word\n" +
		"  for word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do [[ $word == -* ]] || path=\"${path:+$path }$word\"; done\n  case $path in\n")
	for path, next := range words {
		fmt.Printf("    %q) COMPREPLY=($(compgen -W %q -- \"$cur\"));;\n", path, strings.Join(next, " "))
	}
	_, err := fmt.Fprint(os.Stdout, "    *) COMPREPLY=($(compgen -f -- \"$cur\"));;\n  esac\n}\ncomplete -F _allclear allclear\n")
	return err
}

// collect lists what may follow each command: its subcommands, else its flags.
func collect(n *kong.Node, path string, words map[string][]string) {
	var next []string
	for _, child := range n.Children {
		next = append(next, child.Name)
		collect(child, strings.TrimSpace(path+" "+child.Name), words)
	}
	for _, f := range n.Flags {
		if !f.Hidden {
			next = append(next, "--"+f.Name)
		}
	}
	if len(next) > 0 {
		words[path] = next
	}
}
