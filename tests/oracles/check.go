// Judge a bundle, or proofs one by one, with Go's own sumdb note and tlog.
//
//	check FOLDER VERIFIER-KEY...   ACCEPTED, or REFUSED and the rule that is broken
//	check < PROOFS                 one JSON object a line; true or false for each
//
// The rules: manifest and checkpoint (signatures), size (both name one tree), root (over all leaves, where the bundle has
// them all), older (signatures of older checkpoints), consistency (with each of them), record (proofs of single records),
// quoted (signatures of the checkpoints in those).
package main

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

var rule = "keys"

func must(problem error) {
	if problem != nil {
		fmt.Println("REFUSED", rule, problem)
		os.Exit(1)
	}
}

func read(parts ...string) []byte {
	content, problem := os.ReadFile(filepath.Join(parts...))
	must(problem)
	return content
}

func number(text string) int64 {
	found, problem := strconv.ParseInt(text, 10, 64)
	must(problem)
	return found
}

func hash(text string) (found tlog.Hash, problem error) {
	raw, problem := base64.StdEncoding.Strict().DecodeString(text)
	if problem == nil && len(raw) != tlog.HashSize {
		problem = fmt.Errorf("a hash of %d bytes", len(raw))
	}
	copy(found[:], raw)
	return found, problem
}

func hashes(texts []string) (found []tlog.Hash, problem error) {
	for _, text := range texts {
		one, wrong := hash(text)
		if wrong != nil {
			problem = wrong
		}
		found = append(found, one)
	}
	return found, problem
}

type auditor struct {
	folder string
	origin string
	keys   note.Verifiers
}

func (a auditor) opened(content []byte) string {
	opened, problem := note.Open(content, a.keys)
	must(problem)
	return opened.Text
}

func (a auditor) checkpoint(content []byte) tlog.Tree {
	lines := strings.Split(a.opened(content), "\n")
	if len(lines) != 4 || lines[0] != a.origin {
		must(fmt.Errorf("no checkpoint of %s", a.origin))
	}
	root, problem := hash(lines[2])
	must(problem)
	return tlog.Tree{N: number(lines[1]), Hash: root}
}

// leaves gives the leaves of the bundle by index, and whether they are all that the tree has.
func (a auditor) leaves(tree tlog.Tree) (map[int64][]byte, bool) {
	var origin string
	var begin, end, size int64
	form := "hitl-bundle/v1\norigin %s\nrange %d %d\ntree %d\n"
	_, problem := fmt.Sscanf(a.opened(read(a.folder, "manifest.note")), form, &origin, &begin, &end, &size)
	must(problem)
	if origin != a.origin {
		must(fmt.Errorf("a manifest of %s", origin))
	}
	rule = "size"
	if size != tree.N {
		must(fmt.Errorf("a manifest of a tree of %d", size))
	}
	found := map[int64][]byte{}
	for _, leaf := range bytes.SplitAfter(read(a.folder, "entries.ndjson"), []byte("\n")) {
		if len(leaf) > 0 {
			found[begin+int64(len(found))] = bytes.TrimSuffix(leaf, []byte("\n"))
		}
	}
	return found, begin == 0 && end == size
}

func (a auditor) root(tree tlog.Tree, leaves map[int64][]byte) {
	var stored []tlog.Hash
	reader := tlog.HashReaderFunc(func(indexes []int64) (found []tlog.Hash, problem error) {
		for _, index := range indexes {
			found = append(found, stored[index])
		}
		return found, nil
	})
	for index := int64(0); index < int64(len(leaves)); index++ {
		more, problem := tlog.StoredHashes(index, leaves[index], reader)
		must(problem)
		stored = append(stored, more...)
	}
	root, problem := tlog.TreeHash(int64(len(leaves)), reader)
	must(problem)
	if int64(len(leaves)) != tree.N || root != tree.Hash {
		must(fmt.Errorf("%d leaves have the root %v", len(leaves), root))
	}
}

func (a auditor) consistency(tree tlog.Tree) {
	var told []struct {
		From  int64
		Proof []string
	}
	must(json.Unmarshal(read(a.folder, "consistency.json"), &told))
	proofs := map[int64]tlog.TreeProof{}
	for _, one := range told {
		proof, problem := hashes(one.Proof)
		must(problem)
		proofs[one.From] = proof
	}
	older, problem := filepath.Glob(filepath.Join(a.folder, "checkpoints", "*"))
	must(problem)
	for _, path := range older {
		rule = "older"
		before := a.checkpoint(read(path))
		rule = "consistency"
		if before.N == 0 && before.Hash == sha256.Sum256(nil) {
			continue // a tree of none is the beginning of every tree, and tlog knows no proof of that
		}
		must(tlog.CheckTree(proofs[before.N], tree.N, tree.Hash, before.N, before.Hash))
	}
}

func (a auditor) records(tree tlog.Tree, leaves map[int64][]byte) {
	paths, problem := filepath.Glob(filepath.Join(a.folder, "proofs", "*.tlog-proof"))
	must(problem)
	for _, path := range paths {
		rule = "record"
		parts := bytes.SplitN(read(path), []byte("\n\n"), 2)
		lines := strings.Split(string(parts[0]), "\n")
		if len(parts) != 2 || len(lines) < 2 || lines[0] != "c2sp.org/tlog-proof@v1" {
			must(fmt.Errorf("no proof of a record"))
		}
		rule = "quoted"
		quoted := a.checkpoint(parts[1])
		rule = "record"
		if quoted != tree {
			must(fmt.Errorf("a proof against another tree"))
		}
		index := number(strings.TrimPrefix(lines[1], "index "))
		proof, problem := hashes(lines[2:])
		must(problem)
		must(tlog.CheckRecord(proof, tree.N, tree.Hash, index, tlog.RecordHash(leaves[index])))
	}
}

func (a auditor) outside(tree tlog.Tree) {
	for _, line := range bytes.SplitAfter(read(a.folder, "outside.ndjson"), []byte("\n")) {
		var told struct {
			I     int64
			Leaf  string
			Proof []string
		}
		if len(line) > 0 {
			must(json.Unmarshal(line, &told))
			proof, problem := hashes(told.Proof)
			must(problem)
			must(tlog.CheckRecord(proof, tree.N, tree.Hash, told.I, tlog.RecordHash([]byte(told.Leaf))))
		}
	}
}

func bundle(folder string, keys []string) {
	var known []note.Verifier
	for _, text := range keys {
		key, problem := note.NewVerifier(text)
		must(problem)
		known = append(known, key)
	}
	a := auditor{folder, known[0].Name(), note.VerifierList(known...)}
	rule = "checkpoint"
	tree := a.checkpoint(read(folder, "checkpoint"))
	rule = "manifest"
	leaves, whole := a.leaves(tree)
	rule = "root"
	if whole {
		a.root(tree, leaves)
	}
	rule = "consistency"
	a.consistency(tree)
	a.records(tree, leaves)
	rule = "record"
	a.outside(tree)
	fmt.Println("ACCEPTED", tree.N)
}

// proofs judges consistency proofs (old, new, first, second) and inclusion proofs (index, size, leaf, root).
func proofs() {
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		var told struct {
			Kind         string
			Small, Large int64
			Part, Root   string
			Proof        []string
		}
		must(json.Unmarshal(lines.Bytes(), &told))
		proof, problem := hashes(append(told.Proof, told.Part, told.Root))
		if problem == nil {
			count := len(told.Proof)
			part, root := proof[count], proof[count+1]
			if told.Kind == "record" {
				problem = tlog.CheckRecord(proof[:count], told.Large, root, told.Small, part)
			} else {
				problem = tlog.CheckTree(proof[:count], told.Large, root, told.Small, part)
			}
		}
		fmt.Println(problem == nil)
	}
}

func main() {
	if len(os.Args) > 2 {
		bundle(os.Args[1], os.Args[2:])
	} else {
		proofs()
	}
}
