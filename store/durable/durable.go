// Package durable writes files that are there after a power cut, or not at all.
package durable

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
)

// What was acknowledged survives a power cut: a file is there once its content and the folder that names it are on the
// disk.

// SyncFolder puts on the disk which files a folder has. Windows does so by itself, and has no call for it.
func SyncFolder(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	f, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("sync a folder: %w", err)
	}
	return errors.Join(f.Sync(), f.Close())
}

// SyncFile puts a file that is written, and its name, on the disk.
func SyncFile(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return fmt.Errorf("sync a file: %w", err)
	}
	return errors.Join(f.Sync(), f.Close(), SyncFolder(filepath.Dir(path)))
}

// WriteFile writes a file that only its owner reads, and is there whole or not at all.
func WriteFile(path string, content []byte) error {
	part, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-")
	if err != nil {
		return err
	}
	_, err = part.Write(content)
	if err = errors.Join(err, part.Sync(), part.Close()); err == nil {
		err = os.Rename(part.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(part.Name()))
	}
	return SyncFolder(filepath.Dir(path))
}
