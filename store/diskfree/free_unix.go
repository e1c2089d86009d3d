//go:build unix

// Package diskfree says how much room a disk has.
package diskfree

import "golang.org/x/sys/unix"

// Of returns how many bytes may still be written to the folder's disk.
func Of(dir string) (uint64, error) {
	var s unix.Statfs_t
	if err := unix.Statfs(dir, &s); err != nil {
		return 0, err
	}
	free := uint64(s.Bavail) * uint64(s.Bsize) //nolint:unconvert // the types differ by system; neither is negative
	return free, nil
}
