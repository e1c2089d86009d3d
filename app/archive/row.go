package archive

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/sailplane/sailplane/store"
)

// WriteRow writes a row of a table as a line of JSON.
func WriteRow(b *bytes.Buffer, columns []store.Column, values []any) error {
	for i, c := range columns {
		b.WriteByte("{,"[min(i, 1)])
		b.WriteString(`"` + c.Name + `":`)
		if err := writeValue(b, values[i]); err != nil {
			return fmt.Errorf("%s: %w", c.Name, err)
		}
	}
	b.WriteString("}\n")
	return nil
}

func writeValue(b *bytes.Buffer, value any) error {
	switch v := value.(type) {
	case float64:
		if math.IsInf(v, 0) || math.IsNaN(v) {
			return fmt.Errorf("it holds %v", v)
		}
		b.WriteString(strconv.FormatFloat(v, 'g', -1, 64))
		return nil
	case []byte:
		value = base64.StdEncoding.EncodeToString(v)
	case time.Time:
		value = v.UTC().Format(time.RFC3339Nano)
	}
	enc := json.NewEncoder(b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(value); err != nil {
		return err
	}
	b.Truncate(b.Len() - 1) // the end of the line
	return nil
}
