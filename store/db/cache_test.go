package db

import (
	"strconv"
	"testing"
)

// What becomes out of date while it is read is returned, and not kept: who asks next reads it again.
func TestWhatIsForgottenWhileItIsReadIsNotKept(t *testing.T) {
	for _, c := range []struct {
		name      string
		meanwhile func(*Cache)
		reads     int // of two who ask
	}{
		{"nothing", func(*Cache) {}, 1},
		{"the key is forgotten", func(c *Cache) { c.Forget("key") }, 2},
		{"the key is forgotten among others", func(c *Cache) { c.Forget("other", "key") }, 2},
		{"everything is forgotten", func(c *Cache) { c.Forget(everything) }, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			cache, err := newCache()
			if err != nil {
				t.Fatal(err)
			}
			defer cache.kept.Close()
			d, reads := &DB{Cache: cache}, 0
			for range 2 {
				got, err := Cached(d, "key", func() (int, error) {
					reads++
					if reads == 1 {
						c.meanwhile(cache)
					}
					return reads, nil
				})
				if err != nil || got != reads {
					t.Fatalf("got %d, %v after %d reads", got, err, reads)
				}
				cache.kept.Wait() // ristretto keeps a little later
			}
			if reads != c.reads {
				t.Errorf("read %d times, not %d", reads, c.reads)
			}
		})
	}
}

// Who cannot hear what other nodes forget answers from the database.
func TestACacheThatHearsNobodyIsNotUsed(t *testing.T) {
	cache, err := newCache()
	if err != nil {
		t.Fatal(err)
	}
	defer cache.kept.Close()
	d, reads := &DB{Cache: cache}, 0
	for n, off := range []bool{false, false, true, true, false} {
		cache.off.Store(off)
		if _, err := Cached(d, "key", func() (int, error) { reads++; return reads, nil }); err != nil {
			t.Fatal(err)
		}
		cache.kept.Wait()
		if want := []int{1, 1, 2, 3, 3}[n]; reads != want {
			t.Errorf("step %d: read %d times, not %d", n, reads, want)
		}
	}
}

// What is kept is gone when Forget returns, and stays gone: ristretto takes what it was given a little later, and for a
// moment had what was taken from it in between.
func TestWhatIsForgottenDoesNotComeBack(t *testing.T) {
	cache, err := newCache()
	if err != nil {
		t.Fatal(err)
	}
	defer cache.kept.Close()
	for n := range 20_000 {
		key := strconv.Itoa(n)
		cache.keep(key, n, cache.epoch(key))
		cache.Forget(key)
		for range 20 {
			if v, ok := cache.get(key); ok {
				t.Fatalf("%v came back, of key %s", v, key)
			}
		}
	}
}
