package routes_test

import (
	"testing"

	"github.com/sailplane/sailplane/web/webtest"
)

func TestMain(m *testing.M) { webtest.Main(m) }
