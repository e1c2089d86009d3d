package app

import "regexp"

// What the reference takes for a link in a name: a scheme, www., a dotted name with a short ending, an IPv4 address.
// Plane: utils/url.py
var linkInText = regexp.MustCompile(`(?i)https?://\S+|www\.[a-z0-9]|([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,6}|` +
	`((25[0-5]|2[0-4][0-9]|[01]?[0-9][0-9]?)\.){3}(25[0-5]|2[0-4][0-9]|[01]?[0-9][0-9]?)`)

// HasLink says whether a text contains something like a URL. Names must not: letters carry them to strangers.
func HasLink(s string) bool { return len(s) <= 1000 && linkInText.MatchString(s) }

// Letters, digits and the usual signs before the @, a dotted name or an address in brackets behind it, as Django's validator has it.
var emailAddress = regexp.MustCompile(`^[-!#$%&'*+/=?^_` + "`" + `{}|~0-9A-Za-z]+(\.[-!#$%&'*+/=?^_` + "`" + `{}|~0-9A-Za-z]+)*@` +
	`([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+(?:[A-Za-z0-9-]{2,62}[A-Za-z0-9]|[A-Za-z]{2})$`)

// IsEmail says whether a text is an e-mail address that letters can be sent to.
func IsEmail(s string) bool { return len(s) <= 320 && emailAddress.MatchString(s) }
