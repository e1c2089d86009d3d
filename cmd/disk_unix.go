//go:build unix

package main

import "golang.org/x/sys/unix"

// freeSpace says how many bytes may still be written to the folder's disk.
func freeSpace(dir string) (uint64, error) {
	var s unix.Statfs_t
	if err := unix.Statfs(dir, &s); err != nil {
		return 0, err
	}
	return uint64(s.Bavail) * uint64(s.Bsize), nil //nolint:unconvert,gosec // the types differ by system; neither is negative
}
