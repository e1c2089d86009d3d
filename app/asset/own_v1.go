package asset

import (
	"errors"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

var errPictureFrom = refuse("Invalid file type. Only JPEG and PNG files are allowed.")

// BeginOwnV1 is BeginOwn for programs.
func BeginOwnV1(c *app.Call, in Input) (*store.FileAsset, *Form, error) {
	a, form, err := BeginOwn(c, in)
	if errors.Is(err, errPicture) {
		err = errPictureFrom
	}
	return a, form, err
}

// ConfirmOwnV1 is ConfirmOwn for programs: the picture has arrived, but it is not put on. Plane: api/views/asset.py
func ConfirmOwnV1(c *app.Call, id string, attributes app.Opt[store.JSON]) error {
	return c.Write(func(t *store.Tx) error {
		a, err := findOwn(t, c, id)
		if err != nil {
			return err
		}
		return arrive(t, a, attributes)
	})
}
