package conformance

import (
	"fmt"
	"sync"

	"github.com/itchyny/gojq"
)

// programs are the compiled jq programs of all recordings.
var programs sync.Map

// query runs a jq program on a document and returns its first value. It knows three variables: $answer is the response
// itself (status, headers, size, base64), $cookies what the client has, $taken what the steps named and took.
func query(program string, doc, answer any, cookies, taken map[string]any) (any, error) {
	code, ok := programs.Load(program)
	if !ok {
		parsed, err := gojq.Parse(program)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", program, err)
		}
		if code, err = gojq.Compile(parsed, gojq.WithVariables([]string{"$answer", "$cookies", "$taken"})); err != nil {
			return nil, fmt.Errorf("%s: %w", program, err)
		}
		programs.Store(program, code)
	}
	v, ok := code.(*gojq.Code).Run(doc, answer, cookies, taken).Next()
	if !ok {
		return nil, fmt.Errorf("%s: gives nothing", program)
	}
	if err, failed := v.(error); failed {
		return nil, fmt.Errorf("%s: %w", program, err)
	}
	return fromJSON(asJSON(v)), nil // jq counts in its own types
}
