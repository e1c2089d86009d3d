package console

import (
	"fmt"
	"strings"

	"github.com/boombuler/barcode/qr"
	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"

	"github.com/sailplane/sailplane/app/user"
)

// Picture is a QR code: how many squares it is wide, and those that are dark as a path of SVG.
type Picture struct {
	Size int
	Path string
}

// pictureOf draws a text, so that a telephone can read it.
func pictureOf(text string) (Picture, error) {
	code, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		return Picture{}, fmt.Errorf("draw a QR code: %w", err)
	}
	var b strings.Builder
	p := Picture{Size: code.Bounds().Dx()}
	for y := range p.Size {
		for x := range p.Size {
			if r, _, _, _ := code.At(x, y).RGBA(); r == 0 {
				fmt.Fprintf(&b, "M%d %dh1v1h-1z", x, y)
			}
		}
	}
	p.Path = b.String()
	return p, nil
}

// node is the picture with the light border that readers want. It stands in the page itself: nothing is loaded.
func (p Picture) node() g.Node {
	if p.Size == 0 {
		return nil
	}
	const border = 4
	box := fmt.Sprintf("%d %d %d %d", -border, -border, p.Size+2*border, p.Size+2*border)
	return h.SVG(h.Class("qr"), g.Attr("viewBox", box), h.Role("img"), h.Aria("label", say("factor.picture")),
		g.El("path", g.Attr("d", p.Path)))
}

func (p factorPage) body(v view) g.Node {
	remember := v.tick(field{Name: "remember", Label: "factor.remember", Hint: "factor.remember-hint"}, false)
	if p.Has {
		return g.Group{
			lead("factor.lead", text(p.User.Email)),
			v.form(factorPath, "card form",
				v.input(field{Name: "code", Label: "factor.code", Required: true, Autocomplete: "one-time-code", Raw: true,
					Hint: "factor.code-hint"}),
				remember,
				submit("primary", "sign-in.submit")),
			h.P(h.Class("aside"), t("factor.lost")),
			h.P(h.Class("aside"), link(signInPath, t("factor.again"))),
		}
	}
	return g.Group{
		lead("factor-set-up.lead", text(p.User.Email)),
		reasons(p.Wanting),
		v.form(factorPath, "card form",
			setupSteps(p.Picture, p.Secret),
			v.input(field{Name: "code", Label: "factor.code", Required: true, Autocomplete: "one-time-code", Raw: true}),
			remember,
			submit("primary", "factor-set-up.submit")),
		h.P(h.Class("aside"), link(signInPath, t("factor.again"))),
	}
}

const factorPath = Home + "factor/"

// reasons say why somebody has to have a second factor.
func reasons(w user.Wanting) g.Node {
	switch {
	case w.Everybody:
		return notice(t("factor.wanted-everybody"))
	case w.Administer:
		return notice(t("factor.wanted-administrators"))
	case len(w.Workspaces) > 0:
		return notice(t("factor.wanted-workspaces", strings.Join(w.Workspaces, ", ")))
	}
	return nil
}

// setupSteps are the picture, and what is typed where there is no camera.
func setupSteps(p Picture, key string) g.Node {
	var groups []string
	for at := 0; at < len(key); at += 4 {
		groups = append(groups, key[at:min(at+4, len(key))])
	}
	return g.Group{
		h.P(t("factor-set-up.scan")),
		p.node(),
		h.P(h.Class("hint"), t("factor-set-up.type"), g.Text(" "), h.Code(h.ID("factor-key"), g.Text(strings.Join(groups, " ")))),
	}
}

func (p passedPage) body(view) g.Node {
	return g.Group{
		codeList(p.Codes),
		h.P(h.Class("actions"), link(p.Onward, h.Class("button"), t("factor-passed.onward"))),
	}
}

// codeList shows recovery codes, once.
func codeList(codes []string) g.Node {
	if len(codes) == 0 {
		return nil
	}
	return h.Section(h.Class("card made"), h.Aria("labelledby", "recovery-codes"),
		h.H2(h.ID("recovery-codes"), t("factor.codes")),
		hint("factor.codes-hint"),
		secret(strings.Join(codes, "\n")))
}
