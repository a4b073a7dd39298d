// Package activities does the steps of the processes: lock the subject, look the key up, judge by the
// pure rules, write, journal, all in one transaction, and answer with the facts as they are then.
//
// Each step of an application is a function of a change (the locked row, who acts, when); the shell
// around it, onApplication, is the same for all. A step run twice gives the same answer, one row and one
// mail, because the journal knows its key and a mail's key is derived from what it is about.
package activities
