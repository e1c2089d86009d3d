package main

import (
	"io"
	"log"
	"net"

	"github.com/emersion/go-smtp"
	"github.com/rogpeppe/go-internal/testscript"
)

// runMailbox runs a mail server that takes every letter until the script ends; its port is in the variable that is
// named.
func runMailbox(s *testscript.TestScript, _ bool, args []string) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	s.Check(err)
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return taker{}, nil }))
	server.ErrorLog = log.New(io.Discard, "", 0)
	go server.Serve(l) // it ends with the script
	s.Defer(func() { server.Close() })
	_, port, err := net.SplitHostPort(l.Addr().String())
	s.Check(err)
	s.Setenv(args[0], port)
}

// taker takes every letter and keeps none.
type taker struct{}

func (taker) Mail(string, *smtp.MailOptions) error { return nil }
func (taker) Rcpt(string, *smtp.RcptOptions) error { return nil }
func (taker) Data(r io.Reader) error               { _, err := io.Copy(io.Discard, r); return err }
func (taker) Reset()                               {}
func (taker) Logout() error                        { return nil }
