// Package diskfree says how much room a disk has.
package diskfree

import "golang.org/x/sys/windows"

// Of returns how many bytes may still be written to the folder's disk.
func Of(dir string) (free uint64, err error) {
	name, err := windows.UTF16PtrFromString(dir)
	if err != nil {
		return 0, err
	}
	return free, windows.GetDiskFreeSpaceEx(name, &free, nil, nil)
}
