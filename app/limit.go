package app

import (
	"net/netip"
	"time"

	"github.com/sailplane/sailplane/store"
)

// MinuteWindow is the window of the limits that are told by the minute.
const MinuteWindow = time.Minute

// Limits count what clients ask, for all nodes of a database together.
func (a *App) Limits() *store.Limits { return store.LimitsOf(a.DB) }

// Network is what counts as one client: an address of IPv4, or the /64 of IPv6 that every household has for itself.
func Network(ip string) string {
	addr, err := netip.ParseAddr(ip)
	if err != nil {
		return ip
	}
	if addr = addr.Unmap().WithZone(""); addr.Is4() {
		return addr.String()
	}
	return netip.PrefixFrom(addr, 64).Masked().String()
}
