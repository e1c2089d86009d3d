package v1

import "github.com/sailplane/sailplane/web"

// slips are operations under the addresses at which clients look for them, which are not those of the reference.
var slips = []web.Op{
	do("POST", root+"users/assets/", web.SignedIn(), 200, "Begin a picture of oneself", createUserAsset).
		Explained("The same as assets/user-assets/, under the Python client's address.").
		Like(`{"name":"ada.png","type":"image/png","size":2048,"entity_type":"USER_AVATAR"}`,
			`{"upload_data":null,"asset_id":"`+exampleID+`","asset_url":null}`),
	do("POST", archivedCycles+"{cycle_id:uuid}/archive/", writers, 204, "Archive a cycle", archiveCycle).
		Explained("The same as cycles/{cycle_id}/archive/, under the Node client's address."),
	do("GET", inProject+"modules/archived/", readers, 200, "List archived modules", listArchivedModules).
		Explained("The same as archived-modules/, under the Node client's address.").
		Like("", examplePage(`{"id":"`+exampleID+`","name":"Sign-in","members":[]}`)),
}
