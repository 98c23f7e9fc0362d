// Command testcount reads the events of `go test -json` on standard input, prints the
// output of what failed, and ends with "go: passed failed skipped" and the slowest
// packages. Subtests count, their parents don't.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
)

type event struct {
	Action, Package, Test, Output string
	Elapsed                       float64
}

func main() {
	counts := map[string]int{}
	output := map[string]*strings.Builder{}
	parents := map[string]bool{}
	results := map[string]string{}
	elapsed := map[string]float64{}
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(make([]byte, 1<<20), 1<<26)
	for lines.Scan() {
		var e event
		if json.Unmarshal(lines.Bytes(), &e) != nil {
			fmt.Println(lines.Text()) // a build error that is not an event
			continue
		}
		key := e.Package + " " + e.Test
		switch e.Action {
		case "output", "build-output":
			if output[key] == nil {
				output[key] = &strings.Builder{}
			}
			output[key].WriteString(e.Output)
		case "pass", "fail", "skip":
			results[key] = e.Action
			if e.Test == "" {
				elapsed[e.Package] = e.Elapsed
			}
			for i := strings.LastIndexByte(key, '/'); e.Test != "" && i > len(e.Package); i = strings.LastIndexByte(key[:i], '/') {
				parents[key[:i]] = true
			}
		case "build-fail":
			results[key] = "fail"
		}
	}
	for key, result := range results {
		isPackage := strings.HasSuffix(key, " ")
		if result == "fail" && output[key] != nil {
			fmt.Printf("--- FAIL %s\n%s", key, output[key])
		}
		if (!isPackage && !parents[key]) || (isPackage && result == "fail") {
			counts[result]++
		}
	}
	printSlowest(elapsed)
	fmt.Printf("go: %d %d %d\n", counts["pass"], counts["fail"], counts["skip"])
}

func printSlowest(elapsed map[string]float64) {
	names := make([]string, 0, len(elapsed))
	for n := range elapsed {
		names = append(names, n)
	}
	slices.SortFunc(names, func(a, b string) int { return int(elapsed[b]*1000 - elapsed[a]*1000) })
	for _, n := range names[:min(5, len(names))] {
		fmt.Printf("slowest: %6.1f s %s\n", elapsed[n], n)
	}
}
