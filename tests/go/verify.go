// A second opinion on a log of 联评, by code nobody of this project wrote: signatures by golang.org/x/mod/sumdb/note,
// inclusion and consistency by golang.org/x/mod/sumdb/tlog (Debian: golang-golang-x-mod-dev).
//
// usage: verify FOLDER
//
// FOLDER holds what anybody can fetch from a log's public pages: key (a public key, one line), old and new (two
// checkpoints), consistency (hashes from old to new, base64, one a line), and proofs *.tlog-proof. All of it must be
// good: then it prints one line and ends with 0. Otherwise it says what is wrong and ends with 1.
package main

import (
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type head struct {
	origin string
	size   int64
	root   tlog.Hash
}

func main() {
	if len(os.Args) != 2 {
		fail(errors.New("usage: verify FOLDER"))
	}
	said, err := verify(os.Args[1])
	if err != nil {
		fail(err)
	}
	fmt.Println(said)
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

// verify checks everything in the folder and says what it was.
func verify(folder string) (string, error) {
	key, err := verifier(filepath.Join(folder, "key"))
	if err != nil {
		return "", err
	}
	older, err := checkpoint(filepath.Join(folder, "old"), key)
	if err != nil {
		return "", fmt.Errorf("old: %w", err)
	}
	newer, err := checkpoint(filepath.Join(folder, "new"), key)
	if err != nil {
		return "", fmt.Errorf("new: %w", err)
	}
	if err := consistent(filepath.Join(folder, "consistency"), older, newer); err != nil {
		return "", fmt.Errorf("consistency: %w", err)
	}
	proofs, err := filepath.Glob(filepath.Join(folder, "*.tlog-proof"))
	if err != nil || len(proofs) == 0 {
		return "", errors.New("no proofs to check")
	}
	for _, path := range proofs {
		if err := included(path, key); err != nil {
			return "", fmt.Errorf("%s: %w", filepath.Base(path), err)
		}
	}
	return fmt.Sprintf("%s: %d to %d leaves, %d proofs, all good", newer.origin, older.size, newer.size, len(proofs)), nil
}

func verifier(path string) (note.Verifier, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return note.NewVerifier(strings.TrimSpace(string(text)))
}

func checkpoint(path string, key note.Verifier) (head, error) {
	message, err := os.ReadFile(path)
	if err != nil {
		return head{}, err
	}
	return open(message, key)
}

// open checks a checkpoint's signature and reads its three lines.
func open(message []byte, key note.Verifier) (head, error) {
	opened, err := note.Open(message, note.VerifierList(key))
	if err != nil {
		return head{}, err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] != key.Name() {
		return head{}, errors.New("not a checkpoint of this log")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return head{}, err
	}
	root, err := tlog.ParseHash(lines[2])
	return head{lines[0], size, root}, err
}

func consistent(path string, older, newer head) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	proof, err := hashes(strings.Fields(string(text)))
	if err != nil {
		return err
	}
	return tlog.CheckTree(proof, newer.size, newer.root, older.size, older.root)
}

// included checks a tlog-proof whose extra line is the leaf itself.
func included(path string, key note.Verifier) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	above, message, found := strings.Cut(string(text), "\n\n")
	lines := strings.Split(above, "\n")
	if !found || len(lines) < 3 || lines[0] != "c2sp.org/tlog-proof@v1" {
		return errors.New("not a proof")
	}
	leaf, err := base64.StdEncoding.Strict().DecodeString(strings.TrimPrefix(lines[1], "extra "))
	if err != nil {
		return err
	}
	index, err := strconv.ParseInt(strings.TrimPrefix(lines[2], "index "), 10, 64)
	if err != nil {
		return err
	}
	proof, err := hashes(lines[3:])
	if err != nil {
		return err
	}
	tree, err := open([]byte(message), key)
	if err != nil {
		return err
	}
	return tlog.CheckRecord(proof, tree.size, tree.root, index, tlog.RecordHash(leaf))
}

func hashes(lines []string) ([]tlog.Hash, error) {
	found := make([]tlog.Hash, 0, len(lines))
	for _, line := range lines {
		one, err := tlog.ParseHash(line)
		if err != nil {
			return nil, err
		}
		found = append(found, one)
	}
	return found, nil
}
