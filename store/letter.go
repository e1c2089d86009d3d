package store

import (
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/store/db"
)

// JobMentioned is the kind of the job that sends letters to who was mentioned. Whoever writes such a row of
// email_notification_logs leaves one (its payload is empty), so that the letter does not wait for the clock.
const JobMentioned = "letter.mentioned"

// LetterKey is one letter about work: to whom, and about which work item. Mentions have letters of their own.
type LetterKey struct {
	Receiver, Issue string
	Mention         bool
}

// noticeField is an expression for a text of a notice's data: of the work item or of what happened to it.
func noticeField(t *Tx, of, name string) string {
	if t.Postgres() {
		return "data #>> '{" + of + "," + name + "}'"
	}
	return "data ->> '$." + of + "." + name + "'"
}

func isMention(t *Tx) string {
	return "COALESCE(" + noticeField(t, "issue_activity", "field") + " = 'mention', FALSE)"
}

// LettersDue returns up to n letters that are due, the oldest first: those whose first row was written by then, and
// mentions at once.
func LettersDue(t *Tx, written time.Time, n int) ([]LetterKey, error) {
	var due []LetterKey
	mention := isMention(t)
	err := t.Each(`SELECT receiver_id, entity_identifier, `+mention+` FROM email_notification_logs
		WHERE processed_at IS NULL AND deleted_at IS NULL AND entity_identifier IS NOT NULL
		GROUP BY receiver_id, entity_identifier, `+mention+` HAVING `+mention+` OR MIN(created_at) <= ?
		ORDER BY MIN(created_at) LIMIT ?`, []any{Stamped(written), n}, func(rows *sql.Rows) error {
		var k LetterKey
		err := rows.Scan(&k.Receiver, &k.Issue, &k.Mention)
		due = append(due, k)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("look for letters: %w", err)
	}
	return due, nil
}

// TakeLetter marks up to n rows of a letter, the oldest first, and returns their ids; none when another node has taken
// them.
func TakeLetter(t *Tx, k LetterKey, n int) ([]string, error) {
	mention, skip := isMention(t), ""
	if !k.Mention {
		mention = "NOT " + mention
	}
	if t.Postgres() {
		skip = " FOR UPDATE SKIP LOCKED"
	}
	var ids []string
	err := t.Each(`UPDATE email_notification_logs SET processed_at = ?, updated_at = ? WHERE processed_at IS NULL AND id IN (
		SELECT id FROM email_notification_logs WHERE processed_at IS NULL AND deleted_at IS NULL AND receiver_id = ? AND entity_identifier = ?
		AND `+mention+` ORDER BY created_at, id LIMIT ?`+skip+`) RETURNING id`,
		[]any{t.Now, t.Now, k.Receiver, k.Issue, n}, func(rows *sql.Rows) error {
			var id string
			err := rows.Scan(&id)
			ids = append(ids, id)
			return err
		})
	if err != nil {
		return nil, fmt.Errorf("take a letter: %w", err)
	}
	return ids, nil
}

// LetterContext is what a letter says of a work item and of who gets it.
type LetterContext struct {
	Email       *string `db:"email"`
	Zone        string  `db:"user_timezone"`
	Name        string  `db:"name"`
	Number      int     `db:"sequence_id"`
	Text        string  `db:"description_html"`
	Identifier  string  `db:"identifier"` // of the project
	ProjectID   string  `db:"project_id"`
	Project     string  `db:"project"`
	WorkspaceID string  `db:"workspace_id"`
	Workspace   string  `db:"workspace"`
	Slug        string  `db:"slug"`
	Follows     bool    `db:"follows"`
}

// FindLetterContext returns a work item as a letter to somebody shows it; ErrNotFound when they may not see it any
// more, it is gone, or there is nobody to write to.
func FindLetterContext(t *Tx, receiver, issue string) (*LetterContext, error) {
	var c LetterContext
	who := dbx.Params{"receiver": receiver}
	err := t.Select("u.email", "u.user_timezone", "i.name", "i.sequence_id", "i.description_html", "p.identifier",
		"p.id AS project_id", "p.name AS project", "w.id AS workspace_id", "w.name AS workspace", "w.slug",
		"EXISTS (SELECT 1 FROM issue_subscribers s WHERE s.issue_id = i.id AND s.subscriber_id = u.id"+
			" AND s.deleted_at IS NULL) AS follows").
		From("issues i").InnerJoin("projects p", dbx.NewExp("p.id = i.project_id")).
		InnerJoin("workspaces w", dbx.NewExp("w.id = i.workspace_id")).
		InnerJoin("users u", dbx.NewExp("u.id = {:receiver}", who)).
		InnerJoin("project_members m", dbx.NewExp("m.project_id = p.id AND m.member_id = u.id AND m.is_active")).
		InnerJoin("workspace_members n", dbx.NewExp("n.workspace_id = w.id AND n.member_id = u.id AND n.is_active")).
		Where(dbx.HashExp{"i.id": issue, "i.deleted_at": nil, "p.deleted_at": nil, "p.archived_at": nil,
			"w.deleted_at": nil, "m.deleted_at": nil, "n.deleted_at": nil, "u.is_active": true, "u.is_bot": false}).
		AndWhere(dbx.NewExp("(m.role > 5 OR p.guest_view_all_features OR i.created_by_id = u.id)")).One(&c)
	if err != nil {
		return nil, db.Mark(err)
	}
	return &c, nil
}

// EachNotice calls do for rows of email_notification_logs, oldest first, one at a time: what they say may be long.
func EachNotice(t *Tx, ids []string, do func(*EmailNotificationLog) error) error {
	in, list := t.In("id", ids)
	return t.Each(`SELECT id, created_at, data, receiver_id, triggered_by_id FROM email_notification_logs
		WHERE `+in+` AND deleted_at IS NULL ORDER BY created_at, id`, []any{list}, func(rows *sql.Rows) error {
		var n EmailNotificationLog
		if err := rows.Scan(&n.ID, &n.CreatedAt, &n.Data, &n.ReceiverID, &n.TriggeredByID); err != nil {
			return err
		}
		return do(&n)
	})
}

// SeenInApp says which changes of a work item somebody has read or put away in the app, by the ids of their rows of
// history, and when.
func SeenInApp(t *Tx, receiver, issue string) (map[string]time.Time, error) {
	seen := map[string]time.Time{}
	err := t.Each(`SELECT `+noticeField(t, "issue_activity", "id")+`, read_at, archived_at FROM notifications
		WHERE entity_identifier = ? AND receiver_id = ? AND (read_at IS NOT NULL OR archived_at IS NOT NULL)`,
		[]any{issue, receiver}, func(rows *sql.Rows) error {
			var id *string
			var read, archived sql.NullTime
			if err := rows.Scan(&id, &read, &archived); err != nil || id == nil {
				return err
			}
			for _, at := range []time.Time{read.Time, archived.Time} {
				if at.After(seen[*id]) {
					seen[*id] = at
				}
			}
			return nil
		})
	if err != nil {
		return nil, fmt.Errorf("look for what was read: %w", err)
	}
	return seen, nil
}

// MarkLetterSent notes that a letter with those rows has gone.
func MarkLetterSent(t *Tx, ids []string) error {
	in, list := t.In("id", ids)
	_, err := t.Exec("UPDATE email_notification_logs SET sent_at = ?, updated_at = ? WHERE sent_at IS NULL AND "+in,
		t.Now, t.Now, list)
	if err != nil {
		return fmt.Errorf("mark a letter as sent: %w", err)
	}
	return nil
}

// Living says which rows of a table are there and not deleted, of those with the ids.
func Living(t *Tx, table string, ids []string) (map[string]bool, error) {
	there := map[string]bool{}
	if len(ids) == 0 {
		return there, nil
	}
	in, list := t.In("id", ids)
	err := t.Each("SELECT id FROM "+table+" WHERE deleted_at IS NULL AND "+in, []any{list}, func(rows *sql.Rows) error {
		var id string
		err := rows.Scan(&id)
		there[id] = true
		return err
	})
	return there, err
}

// IssueNumber is how people call a living work item, RKT-12; empty when there is none.
func IssueNumber(t *Tx, issue string) (string, error) {
	var identifier string
	var number int
	err := t.One(`SELECT p.identifier, i.sequence_id FROM issues i JOIN projects p ON p.id = i.project_id
		WHERE i.id = ? AND i.deleted_at IS NULL`, []any{issue}, &identifier, &number)
	if errors.Is(err, ErrNotFound) {
		return "", nil
	}
	return fmt.Sprintf("%s-%d", identifier, number), err
}
