package service

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/sailplane/sailplane/app"
)

// Assistant is a language model that speaks OpenAI's protocol.
type Assistant struct{ Base, Key, Model string }

// Where the providers speak it, and the model that is asked when none is set.
var assistants = map[string]Assistant{
	"openai":    {Base: "https://api.openai.com/v1", Model: "gpt-4o-mini"},
	"anthropic": {Base: "https://api.anthropic.com/v1", Model: "claude-3-sonnet-20240229"},
	"gemini":    {Base: "https://generativelanguage.googleapis.com/v1beta/openai", Model: "gemini-pro"},
}

// Complete has the installation's language model continue a task, whose material is the prompt.
func Complete(c *app.Call, task, prompt string) (string, error) {
	s, err := c.Settings(c)
	if err != nil {
		return "", err
	}
	a, known := assistants[strings.ToLower(s["LLM_PROVIDER"])]
	if a.Key = s["LLM_API_KEY"]; !known || a.Key == "" {
		return "", app.Refuse(app.Invalid, "LLM provider API key and model are required")
	}
	if s["LLM_MODEL"] != "" {
		a.Model = s["LLM_MODEL"]
	}
	if task == "" {
		return "", app.Refuse(app.Invalid, "Task is required")
	}
	text, err := a.Ask(c, task+"\n"+prompt)
	if err != nil {
		return "", &app.Error{Kind: app.Unreachable, Text: "The language model did not answer.", Cause: err}
	}
	return text, nil
}

// Ask sends one message and returns the reply.
func (a Assistant) Ask(ctx context.Context, text string) (string, error) {
	type message struct {
		Role    string `json:"role"`
		Content string `json:"content"`
	}
	body, err := json.Marshal(map[string]any{"model": a.Model, "messages": []message{{"user", text}}})
	if err != nil {
		return "", fmt.Errorf("ask a language model: %w", err)
	}
	r, err := http.NewRequest(http.MethodPost, a.Base+"/chat/completions", bytes.NewReader(body))
	if err != nil {
		return "", fmt.Errorf("ask a language model: %w", err)
	}
	r.Header.Set("Authorization", "Bearer "+a.Key)
	r.Header.Set("Content-Type", "application/json")
	var answer struct{ Choices []struct{ Message message } }
	if err := exchange(ctx, r, &answer); err != nil {
		return "", err
	}
	if len(answer.Choices) == 0 {
		return "", fmt.Errorf("ask %s: no reply in its answer", r.URL.Host)
	}
	return answer.Choices[0].Message.Content, nil
}
