// Check a whole-log bundle with Go's own sumdb note and tlog: check FOLDER VERIFIER-KEY
//
// The note's signature, the root over all leaves, consistency with every older checkpoint, and each record proof.
package main

import (
	"bytes"
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

type stored []tlog.Hash

func (hashes stored) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	found := make([]tlog.Hash, len(indexes))
	for place, index := range indexes {
		found[place] = hashes[index]
	}
	return found, nil
}

func must(problem error) {
	if problem != nil {
		fmt.Println("REFUSED", problem)
		os.Exit(1)
	}
}

func read(parts ...string) []byte {
	content, problem := os.ReadFile(filepath.Join(parts...))
	must(problem)
	return content
}

func hash(text string) tlog.Hash {
	found, problem := tlog.ParseHash(text)
	must(problem)
	return found
}

func checkpoint(content []byte, key note.Verifier) tlog.Tree {
	opened, problem := note.Open(content, note.VerifierList(key))
	must(problem)
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] != key.Name() {
		must(fmt.Errorf("no checkpoint of %s", key.Name()))
	}
	size, problem := strconv.ParseInt(lines[1], 10, 64)
	must(problem)
	return tlog.Tree{N: size, Hash: hash(lines[2])}
}

func main() {
	folder := os.Args[1]
	key, problem := note.NewVerifier(os.Args[2])
	must(problem)
	manifest, problem := note.Open(read(folder, "manifest.note"), note.VerifierList(key))
	must(problem)
	if !strings.HasPrefix(manifest.Text, "hitl-bundle/v1\norigin "+key.Name()+"\nrange 0 ") {
		must(fmt.Errorf("no manifest of a bundle from the log's first entry on"))
	}
	tree := checkpoint(read(folder, "checkpoint"), key)
	var hashes stored
	leaves := bytes.Split(bytes.TrimSuffix(read(folder, "entries.ndjson"), []byte("\n")), []byte("\n"))
	for index, leaf := range leaves {
		more, problem := tlog.StoredHashes(int64(index), leaf, hashes)
		must(problem)
		hashes = append(hashes, more...)
	}
	root, problem := tlog.TreeHash(int64(len(leaves)), hashes)
	must(problem)
	if int64(len(leaves)) != tree.N || root != tree.Hash {
		must(fmt.Errorf("%d leaves have the root %v", len(leaves), root))
	}
	consistency(folder, key, tree)
	records(folder, tree)
	fmt.Println("ACCEPTED", tree.N)
}

func consistency(folder string, key note.Verifier, tree tlog.Tree) {
	var told []struct {
		From  int64
		Proof []string
	}
	must(json.Unmarshal(read(folder, "consistency.json"), &told))
	proofs := map[int64]tlog.TreeProof{}
	for _, one := range told {
		proof := tlog.TreeProof{}
		for _, text := range one.Proof {
			proof = append(proof, hash(text))
		}
		proofs[one.From] = proof
	}
	older, problem := filepath.Glob(filepath.Join(folder, "checkpoints", "*"))
	must(problem)
	for _, path := range older {
		before := checkpoint(read(path), key)
		if before.N == tree.N {
			if before.Hash != tree.Hash {
				must(fmt.Errorf("two roots of size %d", tree.N))
			}
			continue
		}
		must(tlog.CheckTree(proofs[before.N], tree.N, tree.Hash, before.N, before.Hash))
	}
}

func records(folder string, tree tlog.Tree) {
	paths, problem := filepath.Glob(filepath.Join(folder, "proofs", "*.tlog-proof"))
	must(problem)
	leaves := bytes.Split(read(folder, "entries.ndjson"), []byte("\n"))
	for _, path := range paths {
		lines := strings.Split(string(read(path)), "\n")
		index, problem := strconv.ParseInt(strings.TrimPrefix(lines[1], "index "), 10, 64)
		must(problem)
		proof := tlog.RecordProof{}
		for _, text := range lines[2:] {
			if text == "" {
				break
			}
			raw, problem := base64.StdEncoding.DecodeString(text)
			must(problem)
			if len(raw) != tlog.HashSize {
				must(fmt.Errorf("a hash of %d bytes", len(raw)))
			}
			var one tlog.Hash
			copy(one[:], raw)
			proof = append(proof, one)
		}
		must(tlog.CheckRecord(proof, tree.N, tree.Hash, index, tlog.RecordHash(leaves[index])))
	}
}
