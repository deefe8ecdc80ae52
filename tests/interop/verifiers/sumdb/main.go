// Go's x/mod/sumdb: the checkpoint's signature, the root over all entries, inclusion and consistency proofs.
//
// It accepts what was made, then rejects it with any one byte changed.
package main

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type inclusion struct {
	Entry  string   `json:"entry"`
	Index  int64    `json:"index"`
	Size   int64    `json:"size"`
	Root   string   `json:"root"`
	Hashes []string `json:"hashes"`
}

type files map[string][]byte

var (
	verifier    note.Verifier
	origin      string
	inclusions  []inclusion
	consistency []string
	earlier     []byte
)

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func hashOf(text string) (hash tlog.Hash, err error) {
	raw, err := hex.DecodeString(text)
	if err == nil && len(raw) != tlog.HashSize {
		err = fmt.Errorf("a hash of %d bytes", len(raw))
	}
	copy(hash[:], raw)
	return hash, err
}

func hashesOf(texts []string) (hashes []tlog.Hash, err error) {
	for _, text := range texts {
		hash, err := hashOf(text)
		if err != nil {
			return nil, err
		}
		hashes = append(hashes, hash)
	}
	return hashes, nil
}

// checkpoint returns size and root of a signed checkpoint.
func checkpoint(signed []byte) (size int64, root tlog.Hash, err error) {
	opened, err := note.Open(signed, note.VerifierList(verifier))
	if err != nil {
		return 0, root, err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] != origin || lines[3] != "" {
		return 0, root, fmt.Errorf("not a checkpoint of %s", origin)
	}
	size, err = strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return 0, root, err
	}
	raw, err := base64.StdEncoding.DecodeString(lines[2])
	if err != nil || len(raw) != tlog.HashSize {
		return 0, root, fmt.Errorf("not a root")
	}
	copy(root[:], raw)
	return size, root, nil
}

// entries returns the entries of all bundles, in order.
func entries(given files, size int64) (found [][]byte, err error) {
	for number := int64(0); number*256 < size; number++ {
		name := fmt.Sprintf("tile/entries/%03d", number)
		if width := size - number*256; width < 256 {
			name += fmt.Sprintf(".p/%d", width)
		}
		bundle, ok := given[name]
		if !ok {
			return nil, fmt.Errorf("no %s", name)
		}
		for len(bundle) > 0 {
			if len(bundle) < 2 {
				return nil, fmt.Errorf("%s is cut off", name)
			}
			length := int(bundle[0])<<8 | int(bundle[1])
			if len(bundle) < 2+length {
				return nil, fmt.Errorf("%s is cut off", name)
			}
			found = append(found, bundle[2:2+length])
			bundle = bundle[2+length:]
		}
	}
	return found, nil
}

// accepts tells whether the log is what its checkpoint says, and follows from the earlier one.
func accepts(given files) error {
	size, root, err := checkpoint(given["checkpoint"])
	if err != nil {
		return err
	}
	all, err := entries(given, size)
	if err != nil {
		return err
	}
	if int64(len(all)) != size {
		return fmt.Errorf("%d entries, and the checkpoint says %d", len(all), size)
	}
	var stored []tlog.Hash
	reader := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		hashes := make([]tlog.Hash, len(indexes))
		for place, index := range indexes {
			hashes[place] = stored[index]
		}
		return hashes, nil
	})
	for number, entry := range all {
		hashes, err := tlog.StoredHashes(int64(number), entry, reader)
		if err != nil {
			return err
		}
		stored = append(stored, hashes...)
	}
	made, err := tlog.TreeHash(size, reader)
	if err != nil {
		return err
	}
	if made != root {
		return fmt.Errorf("another root")
	}
	for _, proven := range inclusions {
		proof, err := hashesOf(proven.Hashes)
		if err != nil {
			return err
		}
		if err := tlog.CheckRecord(proof, size, root, proven.Index, tlog.RecordHash(all[proven.Index])); err != nil {
			return err
		}
	}
	oldSize, oldRoot, err := checkpoint(earlier)
	if err != nil {
		return err
	}
	proof, err := hashesOf(consistency)
	if err != nil {
		return err
	}
	return tlog.CheckTree(proof, size, root, oldSize, oldRoot)
}

func main() {
	folder := os.Args[1]
	key, err := os.ReadFile(filepath.Join(folder, "vkey"))
	must(err)
	verifier, err = note.NewVerifier(strings.TrimSpace(string(key)))
	must(err)
	origin = verifier.Name()
	earlier, err = os.ReadFile(filepath.Join(folder, "earlier"))
	must(err)
	for name, into := range map[string]any{"inclusion.json": &inclusions, "consistency.json": &consistency} {
		content, err := os.ReadFile(filepath.Join(folder, name))
		must(err)
		must(json.Unmarshal(content, into))
	}
	given := files{}
	root := filepath.Join(folder, "log")
	must(filepath.Walk(root, func(path string, info os.FileInfo, err error) error {
		if err != nil || info.IsDir() {
			return err
		}
		name, _ := filepath.Rel(root, path)
		// Tiles of hashes are laid out otherwise in a checksum database: it makes its own from the entries.
		if name == "checkpoint" || strings.HasPrefix(name, "tile/entries/") {
			given[name], err = os.ReadFile(path)
		}
		return err
	}))
	must(accepts(given))
	tried := 0
	for name, content := range given {
		for place := range content {
			other := append([]byte{}, content...)
			other[place] ^= 1
			changed := files{}
			for each, bytes := range given {
				changed[each] = bytes
			}
			changed[name] = other
			tried++
			if accepts(changed) == nil {
				must(fmt.Errorf("accepted %s with a changed byte", name))
			}
		}
	}
	fmt.Printf("accepted; rejected each of %d changed bytes\n", tried)
}
