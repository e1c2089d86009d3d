package instance

import (
	"encoding/json"
	"strings"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/instance"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

var configurations = []web.Op{
	web.Do("GET", prefix+"configurations/", web.InstanceAdmin(), 200, "List the settings", listSettings),
	web.Do("PATCH", prefix+"configurations/", web.InstanceAdmin(), 200, "Change settings", changeSettings),
	web.Do("DELETE", prefix+"configurations/disable-email-feature/", web.InstanceAdmin(), 200, "Forget the mail server", disableMail),
}

// Setting is a setting as this API shows it, secrets in the clear: only administrators see them.
type Setting struct {
	ID          string  `json:"id"`
	CreatedAt   string  `json:"created_at"`
	UpdatedAt   string  `json:"updated_at"`
	DeletedAt   *string `json:"deleted_at"`
	Key         string  `json:"key"`
	Value       *string `json:"value"`
	Category    string  `json:"category"`
	IsEncrypted bool    `json:"is_encrypted"`
	CreatedBy   *string `json:"created_by"`
	UpdatedBy   *string `json:"updated_by"`
}

func showSettings(c *app.Call, rows []store.InstanceConfiguration) ([]Setting, error) {
	out := make([]Setting, len(rows))
	for i, s := range rows {
		out[i] = Setting{
			ID: s.ID, CreatedAt: c.Time(s.CreatedAt), UpdatedAt: c.Time(s.UpdatedAt),
			DeletedAt: c.TimePtr(s.DeletedAt), Key: s.Key, Value: s.Value, Category: s.Category,
			IsEncrypted: s.IsEncrypted, CreatedBy: s.CreatedByID, UpdatedBy: s.UpdatedByID,
		}
		if s.Value != nil && s.IsEncrypted {
			value, err := c.SettingValue(&s)
			if err != nil {
				return nil, err
			}
			out[i].Value = &value
		}
	}
	return out, nil
}

func listSettings(c *app.Call, _ web.Nothing) ([]Setting, error) {
	rows, err := instance.ListSettings(c)
	if err != nil {
		return nil, err
	}
	return showSettings(c, rows)
}

// changeSettings takes any JSON for a value and keeps it as text, as Python's str() writes it.
func changeSettings(c *app.Call, in struct {
	Raw []byte `body:"raw"`
}) ([]Setting, error) {
	var sent map[string]json.RawMessage
	if len(in.Raw) > 0 && json.Unmarshal(in.Raw, &sent) != nil {
		return nil, app.Field("non_field_errors", "Invalid data. Expected a dictionary.")
	}
	values := map[string]string{}
	for key, raw := range sent {
		values[key] = pythonText(raw)
	}
	rows, err := instance.ChangeSettings(c, values)
	if err != nil {
		return nil, err
	}
	return showSettings(c, rows)
}

func pythonText(raw json.RawMessage) string {
	var s string
	switch string(raw) {
	case "null":
		return ""
	case "true":
		return "True"
	case "false":
		return "False"
	}
	if json.Unmarshal(raw, &s) != nil {
		return string(raw)
	}
	return strings.TrimSpace(s)
}

func disableMail(c *app.Call, _ web.Nothing) (web.Nothing, error) {
	return web.Nothing{}, instance.DisableMail(c)
}
