package web

import (
	"net/http"
	"time"
)

// DeviceCookie is where a browser keeps that people have signed in with it before: see app.Call.KnowDevice.
const DeviceCookie = "known-device"

// deviceLife is how long browsers keep it; they take no more.
const deviceLife = 400 * 24 * time.Hour

func devices(r *http.Request) string {
	cookie, err := r.Cookie(DeviceCookie)
	if err != nil || len(cookie.Value) > 1000 {
		return ""
	}
	return cookie.Value
}

// giveDevice has the client remember who has signed in with it, if somebody has now.
func giveDevice(x *exchange, r *http.Request) {
	if c := x.call; c.Devices != devices(r) {
		http.SetCookie(x, SessionCookieFor(c, DeviceCookie, c.Devices, deviceLife))
	}
}
