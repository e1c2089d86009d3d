package console

import (
	"strconv"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"
)

func (p filesPage) body(view) g.Node {
	place := fact("files.folder", h.Code(g.Text(p.Folder)))
	if p.Bucket != "" {
		place = g.Group{fact("files.bucket", h.Code(g.Text(p.Bucket))), fact("files.endpoint", h.Code(g.Text(p.Endpoint)))}
	}
	return g.Group{
		g.If(p.Fault != "", alert(fault(t("files.fault"), g.Text(" "+p.Fault)))),
		card("kept", "files.kept",
			facts(
				place,
				fact("files.count", g.Text(strconv.Itoa(p.Count))),
				fact("files.bytes", g.Text(size(p.Bytes))),
				g.If(p.Free >= 0, fact("files.free", g.Text(size(p.Free)))),
				fact("files.limit", g.Text(size(p.Limit)))),
			hint("files.hint")),
	}
}
