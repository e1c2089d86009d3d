//go:build unix

package main

import (
	"fmt"
	"os"
	"os/user"
	"strconv"
	"syscall"
)

// beOwner makes root the owner of the data folder for what a verb does: files that root made there would be closed to
// the server, which runs as somebody else. It says so, since other folders may be closed to that one.
func beOwner(dir string) (notice string, err error) {
	if os.Geteuid() != 0 {
		return "", nil
	}
	info, err := os.Stat(dir)
	if err != nil {
		return "", nil //nolint:nilerr // the verb itself says what it thinks of a folder that is not there
	}
	owner, ok := info.Sys().(*syscall.Stat_t)
	if !ok || owner.Uid == 0 {
		return "", nil
	}
	if err := syscall.Setgroups([]int{int(owner.Gid)}); err != nil {
		return "", fmt.Errorf("work as the owner of %s: %w", dir, err)
	}
	if err := syscall.Setgid(int(owner.Gid)); err != nil {
		return "", fmt.Errorf("work as the owner of %s: %w", dir, err)
	}
	if err := syscall.Setuid(int(owner.Uid)); err != nil {
		return "", fmt.Errorf("work as the owner of %s: %w", dir, err)
	}
	name := strconv.Itoa(int(owner.Uid))
	if u, err := user.LookupId(name); err == nil {
		name = u.Username
	}
	return fmt.Sprintf("working as %s, the owner of %s", name, dir), nil
}
