package store

import (
	"fmt"

	"github.com/pocketbase/dbx"
)

// AccountsOf returns so many accounts at a provider, in the order of what they are called there, after one.
func AccountsOf(t *Tx, provider, after string, most int) (rows []Account, err error) {
	err = Accounts.Query(t).AndWhere(dbx.And(dbx.HashExp{"provider": provider},
		dbx.NewExp("provider_account_id > {:after}", dbx.Params{"after": after}))).
		OrderBy("provider_account_id").Limit(int64(most)).All(&rows)
	if err != nil {
		return nil, fmt.Errorf("list accounts at a provider: %w", err)
	}
	return rows, nil
}
