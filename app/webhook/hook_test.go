package webhook

import (
	"net/netip"
	"testing"
)

func TestWhereWebhooksMayNotGo(t *testing.T) {
	for _, tt := range []struct {
		addresses []string
		closed    bool
	}{
		{[]string{"93.184.215.14"}, false},
		{[]string{"2606:2800:21f::1"}, false},
		{[]string{"127.0.0.1"}, false},
		{[]string{"::ffff:127.0.0.1"}, false},
		{[]string{"::1", "127.0.0.1"}, false},
		{[]string{"::1"}, true},
		{[]string{"10.0.0.1"}, true},
		{[]string{"::ffff:10.0.0.1"}, true},
		{[]string{"127.0.0.1", "10.0.0.1"}, true},
		{[]string{"93.184.215.14", "10.0.0.1"}, true},
		{[]string{"93.184.215.14", "::1"}, true},
		{[]string{"169.254.169.254"}, true},
	} {
		var addresses []netip.Addr
		for _, a := range tt.addresses {
			addresses = append(addresses, netip.MustParseAddr(a))
		}
		if got := closed(guard([]string{"127.0.0.0/8"}), addresses); got != tt.closed {
			t.Errorf("%v: closed %v", tt.addresses, got)
		}
	}
}
