package record

import (
	"slices"
	"strings"
)

func words(list string) []string { return strings.Split(list, "|") }

// groupWords are words in the names of states, by group, in several languages. The first group with a word that the
// name has is taken.
var groupWords = []struct {
	group string
	words []string
}{
	{"cancelled", words("cancel|won't|wont|declined|rejected|duplicate|invalid|abandon|obsolete|not planned|abgebrochen|abgelehnt|verworfen|annul|rejet|descart|rifiut|afgewezen")},
	{"backlog", words("backlog|icebox|someday|idea|later|später|ideen")},
	{"unstarted", words("to do|todo|to-do|open|new|ready|selected|planned|next|offen|zu erledigen|à faire|ouvert|por hacer|pendiente|abierto|da fare|a fazer|aberto|te doen")},
	{"completed", words("done|closed|complete|resolved|finished|released|shipped|deployed|fixed|erledigt|fertig|geschlossen|gelöst|abgeschlossen|terminé|fermé|résolu|fini|hecho|cerrad|resuelt|finalizad|fatto|chius|risolt|concluíd|fechad|resolvid|gereed|gesloten|klaar")},
	{"started", words("progress|doing|review|test|qa|started|active|block|hold|wait|working|dev|arbeit|prüfung|cours|curso|corso|andamento|behandeling")},
}

// GroupOf guesses the group of a state by its name; backlog when nothing is known.
func GroupOf(name string) string {
	name = strings.ToLower(strings.TrimSpace(name))
	for _, g := range groupWords {
		if slices.ContainsFunc(g.words, func(w string) bool { return strings.Contains(name, w) }) {
			return g.group
		}
	}
	return "backlog"
}

// priorityWords are what priorities are called elsewhere.
var priorityWords = map[string][]string{
	"urgent": words("urgent|highest|blocker|critical|p0|kritisch|höchste|la plus haute|crítica|immediate"),
	"high":   words("high|major|important|p1|hoch|haute|élevée|alta|hoog"),
	"medium": words("medium|normal|moderate|default|p2|mittel|moyenne|media|média|middel"),
	"low":    words("low|lowest|minor|trivial|p3|p4|niedrig|niedrigste|basse|faible|baja|baixa|bassa|laag"),
	"none":   words("none|no priority||not set|keine|aucune|ninguna"),
}

// PriorityOf is what a priority of a source is called here, by the mapping or by its name; false when neither tells.
func PriorityOf(m *Map, name string) (string, bool) {
	if to, ok := Lookup(m.Priorities, name); ok {
		return to, true
	}
	name = strings.ToLower(strings.TrimSpace(name))
	for _, priority := range Priorities {
		if slices.Contains(priorityWords[priority], name) {
			return priority, true
		}
	}
	return "none", false
}
