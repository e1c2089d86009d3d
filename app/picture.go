package app

// PictureURL is where a logo, cover or avatar is: an uploaded file's address, else the one that was given, else nil.
func PictureURL(asset, given *string) *string {
	if asset != nil {
		url := "/api/assets/v2/static/" + *asset + "/"
		return &url
	}
	if given == nil || *given == "" {
		return nil
	}
	return given
}
