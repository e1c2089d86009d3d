package ydoc

// rollback undoes a transaction that is not finished: what it wrote goes, what it deleted is back, and what it cut is
// whole again.
func (t *transaction) rollback() {
	d := t.doc
	for client, before := range t.before {
		s := d.clients[client]
		for s.state() > before {
			p := s.lastPlace()
			d.unlink(s.item(p))
			s.pop()
		}
		if s.count == 0 {
			delete(d.clients, client)
		}
	}
	for client, spans := range t.deleted {
		for _, sp := range spans {
			if state := d.clients[client].state(); state > sp.clock {
				d.undelete(d.clients[client], span{sp.clock, min(sp.length, state-sp.clock)})
			}
		}
	}
	cuts := t.cuts[:0]
	for _, at := range t.cuts {
		if at.clock < d.clients[at.client].state() {
			cuts = append(cuts, at)
		}
	}
	t.cuts = cuts
	t.mergeCuts()
	t.mend()
	t.separate()
	for _, name := range t.roots {
		d.size -= branchSize + len(name)
		delete(d.roots, name)
	}
}

// unlink takes an item out of the list of its parent.
func (d *Doc) unlink(it *item) {
	d.size -= it.size()
	if it.kind == kindGC {
		return
	}
	if it.right != nil {
		it.right.left = it.left
	}
	switch {
	case it.left != nil:
		it.left.right = it.right
	case it.sub == nil:
		it.parent.start = it.right
	}
	if it.sub != nil && it.right == nil {
		if it.left != nil {
			it.parent.attrs.set(it.left)
		} else {
			it.parent.attrs.drop(*it.sub)
		}
	}
}

func (d *Doc) undelete(s *structs, sp span) {
	p, ok := s.find(sp.clock), true
	for ; ok && s.item(p).clock < sp.end(); p, ok = s.next(p) {
		s.item(p).deleted = false
	}
}

// mend puts characters back that were torn apart.
func (t *transaction) mend() {
	for _, tear := range t.torn {
		s := t.doc.clients[tear.at.client]
		if tear.at.clock >= s.state() {
			continue
		}
		it := s.item(s.find(tear.at.clock))
		before, behind := cutText(it.data, it.length, tear.at.clock-it.clock)
		text := append(append([]byte(nil), before...), tear.character...)
		it.shared = false
		it.data = append(text, behind[2*len(replacement):]...)
	}
}
