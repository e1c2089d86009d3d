package ydoc

// A caret is a place in a text: between two items, where the marks are on that were begun before.
type caret struct {
	left, right *item
	marks       map[string]string
}

// forward goes over one item.
func (c *caret) forward() {
	if !c.right.deleted && c.right.kind == kindFormat {
		c.apply(c.right)
	}
	c.left, c.right = c.right, c.right.right
}

func (c *caret) apply(format *item) {
	key, value := format.mark()
	if value == "null" {
		delete(c.marks, key)
	} else {
		c.marks[key] = value
	}
}

// mark returns the key of a mark and its value, as JSON of a form.
func (it *item) mark() (key, value string) {
	key, v := it.format()
	b, err := appendJSON(nil, v, len(it.data))
	if err != nil {
		return key, "null"
	}
	return key, string(b)
}

// rewriteText makes pieces the text, writing only what is between its unchanged start and end.
func (w *writer) rewriteText(br *branch, pieces []piece) {
	old, err := drafter{unlimited}.pieces(br.runs(), 0)
	if err != nil {
		w.err = err
		return
	}
	old, pieces, same := trimStart(old, append([]piece(nil), pieces...))
	old, pieces = trimEnd(old, pieces)
	var gone uint64
	for i := range old {
		gone += old[i].units()
	}
	if gone == 0 && len(pieces) == 0 {
		return
	}
	c := &caret{right: br.start, marks: map[string]string{}}
	w.walk(c, same, func(*item) {})
	after := w.remove(c, gone)
	if len(pieces) > 0 {
		c.approach(pieces[0].marks, after)
	}
	for i := range pieces {
		w.switchTo(br, c, pieces[i].marks)
		w.piece(br, c, &pieces[i])
	}
	w.switchTo(br, c, after)
}

// walk goes over so many units, and ends right behind the last.
func (w *writer) walk(c *caret, count uint64, visit func(*item)) {
	for count > 0 && c.right != nil {
		it := c.right
		if !it.deleted && it.inText() {
			if count < it.length {
				w.startingAt(id{it.client, it.clock + count})
			}
			count -= it.length
		}
		c.forward()
		visit(it)
	}
}

// remove deletes so many units and the marks that begin or end among them, and returns which would be on there.
func (w *writer) remove(c *caret, count uint64) (after map[string]string) {
	at := &caret{left: c.left, right: c.right, marks: copied(c.marks)}
	w.walk(at, count, w.delete)
	return at.marks
}

func copied(m map[string]string) map[string]string {
	c := make(map[string]string, len(m))
	for k, v := range m {
		c[k] = v
	}
	return c
}

// approach goes over what is deleted, and over marks that are to be on or off anyway.
func (c *caret) approach(marks, after map[string]string) {
	for c.right != nil {
		if !c.right.deleted {
			if c.right.kind != kindFormat {
				return
			}
			key, value := c.right.mark()
			wanted, on := marks[key]
			if !on {
				wanted = "null"
			}
			if value != wanted {
				return
			}
			if on {
				after[key] = value
			} else {
				delete(after, key)
			}
		}
		c.forward()
	}
}

// switchTo begins and ends marks.
func (w *writer) switchTo(br *branch, c *caret, marks map[string]string) {
	for _, key := range sortedKeys(c.marks) {
		if _, stays := marks[key]; !stays {
			w.format(br, c, key, "null")
		}
	}
	for _, key := range sortedKeys(marks) {
		if c.marks[key] != marks[key] {
			w.format(br, c, key, marks[key])
		}
	}
}

func (w *writer) format(br *branch, c *caret, key, value string) {
	data := appendBytes(appendBytes(nil, key), value)
	w.at(c, item{kind: kindFormat, data: data, parent: br})
	if value == "null" {
		delete(c.marks, key)
	} else {
		c.marks[key] = value
	}
}

// at writes an item at the caret, which goes behind it.
func (w *writer) at(c *caret, it item) {
	it.left = c.left
	c.left = w.put(it, c.right)
}

func (w *writer) piece(br *branch, c *caret, p *piece) {
	switch {
	case p.embed != nil:
		c.left = w.node(br, c.left, c.right, p.embed)
	case p.json != "":
		w.at(c, item{kind: kindEmbed, data: []byte(p.json), parent: br})
	default:
		w.at(c, item{kind: kindString, data: []byte(p.text), length: units([]byte(p.text)), parent: br})
	}
}
