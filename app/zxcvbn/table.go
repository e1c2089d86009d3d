package zxcvbn

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/sailplane/sailplane/embed"
)

// kept is how long the tables stay after their last use: passwords are rated rarely, and they take 6 MiB.
const kept = 5 * time.Minute

// tables are what is known beforehand.
type tables struct {
	ranks     map[string]uint16 // by lower-case ASCII word; 1 is the commonest
	longest   int               // of the words
	keyboards []keyboard
}

var cache struct {
	sync.Mutex
	tables *tables
	drop   *time.Timer
}

// loaded gives the tables, which it reads unless they were used of late.
func loaded() *tables {
	cache.Lock()
	defer cache.Unlock()
	if cache.tables == nil {
		cache.tables = load()
		cache.drop = time.AfterFunc(kept, drop)
	}
	cache.drop.Reset(kept)
	return cache.tables
}

func drop() {
	cache.Lock()
	defer cache.Unlock()
	cache.tables = nil
}

// load panics when it cannot read what is compiled in.
func load() *tables {
	t := &tables{ranks: make(map[string]uint16, 1<<16)}
	var words strings.Builder
	unzip("words.txt.gz", func(r io.Reader) error {
		_, err := io.Copy(&words, r)
		return err
	})
	for line := range strings.Lines(words.String()) {
		word, number, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		rank, err := strconv.ParseUint(number, 10, 16)
		if err != nil {
			panic(fmt.Errorf("rank of %s: %w", word, err))
		}
		t.ranks[word] = uint16(rank)
		t.longest = max(t.longest, len(word))
	}
	var graphs []map[string][]string
	unzip("keyboards.json.gz", func(r io.Reader) error { return json.NewDecoder(r).Decode(&graphs) })
	for i, graph := range graphs {
		t.keyboards = append(t.keyboards, newKeyboard(graph, i < 2, graphs[i/2*2]))
	}
	return t
}

func unzip(name string, read func(io.Reader) error) {
	f, err := embed.Zxcvbn.Open("zxcvbn/" + name)
	if err != nil {
		panic(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(bufio.NewReader(f))
	if err == nil {
		err = read(z)
	}
	if err != nil {
		panic(fmt.Errorf("read %s: %w", name, err))
	}
}
