package web

import (
	"encoding/json"
	"maps"
)

// Example is a request of an operation and its answer, in JSON, for the API description. Either may be empty.
type Example struct{ Request, Answer string }

// Explained gives an operation what its summary has no room for: what it is for, and what to know of it.
func (op Op) Explained(text string) Op {
	op.explained = text
	return op
}

// Like gives an operation an example.
func (op Op) Like(request, answer string) Op {
	op.example = Example{Request: request, Answer: answer}
	return op
}

// Example is the operation's; empty for none.
func (op Op) Example() Example { return op.example }

// withExample adds an example to what a description has of a body, by media type.
func withExample(content map[string]any, example string) map[string]any {
	media, _ := content["application/json"].(map[string]any)
	if media == nil || example == "" {
		return content
	}
	media = maps.Clone(media)
	media["example"] = json.RawMessage(example)
	return map[string]any{"application/json": media}
}
