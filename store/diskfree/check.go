package diskfree

import "fmt"

// Least is what a disk must have for the server to go on: below it nothing can be saved any more.
const Least = 4 << 20

// Check returns an error when the folder's disk is full, or as good as full.
func Check(dir string) error {
	free, err := Of(dir)
	if err != nil {
		return fmt.Errorf("look at the disk: %w", err)
	}
	if free < Least {
		return fmt.Errorf("the disk is full: %d KiB are free", free>>10)
	}
	return nil
}
