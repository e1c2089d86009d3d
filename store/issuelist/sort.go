package issuelist

import "slices"

// What package slices has not: sorted lists put together, and the beginning of a list that need not be sorted whole.

// merged puts sorted runs together.
func merged[E any](runs [][]E, compare func(x, y E) int) []E {
	switch len(runs) {
	case 0:
		return nil
	case 1:
		return runs[0]
	}
	x, y := merged(runs[:len(runs)/2], compare), merged(runs[len(runs)/2:], compare)
	all := make([]E, 0, len(x)+len(y))
	for len(x) > 0 && len(y) > 0 {
		if compare(y[0], x[0]) < 0 {
			all, y = append(all, y[0]), y[1:]
		} else {
			all, x = append(all, x[0]), x[1:]
		}
	}
	return append(append(all, x...), y...)
}

// firstOf rearranges a list so that its first n are the n that come first, in no order (Hoare's selection).
func firstOf[E any](list []E, n int, compare func(x, y E) int) {
	for len(list) > 1 && n > 0 && n < len(list) {
		pivot := middle(list, compare)
		low, at, high := 0, 0, len(list)
		for at < high {
			switch c := compare(list[at], pivot); {
			case c < 0:
				list[low], list[at] = list[at], list[low]
				low, at = low+1, at+1
			case c > 0:
				high--
				list[at], list[high] = list[high], list[at]
			default:
				at++
			}
		}
		switch {
		case n < low:
			list = list[:low]
		case n > high:
			list, n = list[high:], n-high
		default:
			return
		}
	}
}

// middle is the median of three.
func middle[E any](list []E, compare func(x, y E) int) E {
	three := []E{list[0], list[len(list)/2], list[len(list)-1]}
	slices.SortFunc(three, compare)
	return three[1]
}
