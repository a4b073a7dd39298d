package auth

import (
	"context"
	"crypto/rand"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"
	"golang.org/x/text/unicode/norm"

	"github.com/stazh/stazh/workflows/fault"
)

// hashing is OWASP's second choice for argon2id (Password Storage Cheat Sheet: m = 19 MiB, t = 2, p = 1),
// about 33 ms on one core.
var hashing = &argon2id.Params{Memory: 19 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}

// A password's bounds, in characters. Twelve at least, without rules about kinds of characters: length
// is what counts (NIST SP 800-63B). The upper bound keeps a request from being work.
const (
	MinPassword = 12
	MaxPassword = 200
)

// hashers is how many passwords are hashed at once: each takes 19 MiB and a core.
const hashers = 4

// hasher hashes and compares passwords, a few at a time.
type hasher struct {
	places chan struct{}
	// nobody is the hash of a random password, compared when there is no account, so that the answer
	// takes as long.
	nobody string
}

func newHasher() *hasher {
	h, err := argon2id.CreateHash(rand.Text(), hashing)
	if err != nil {
		panic("auth: no randomness: " + err.Error())
	}
	return &hasher{places: make(chan struct{}, hashers), nobody: h}
}

// enter waits for a place; fault unavailable busy if none comes free in ten seconds.
func (h *hasher) enter(ctx context.Context) error {
	wait := time.NewTimer(10 * time.Second)
	defer wait.Stop()
	select {
	case h.places <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-wait.C:
		return fault.New(fault.Unavailable, "busy")
	}
}

func (h *hasher) hash(ctx context.Context, password string) (string, error) {
	if err := h.enter(ctx); err != nil {
		return "", err
	}
	defer func() { <-h.places }()
	return argon2id.CreateHash(norm.NFC.String(password), hashing)
}

// matches compares a password with a hash, in the same time whether or not there is one (""), and says
// whether the hash has older parameters.
func (h *hasher) matches(ctx context.Context, password, hash string) (ok, old bool, err error) {
	if err := h.enter(ctx); err != nil {
		return false, false, err
	}
	defer func() { <-h.places }()
	against := hash
	if against == "" {
		against = h.nobody
	}
	if len(password) > 4*MaxPassword {
		password = "" // cannot be right; not worth normalising
	}
	ok, params, err := argon2id.CheckHash(norm.NFC.String(password), against)
	if err != nil {
		return false, false, fault.New(fault.Internal, "bad_hash") // the library's text may quote the hash
	}
	return ok && hash != "", *params != *hashing, nil
}

// CheckPassword judges a new password and returns a field's code, "" if it will do: required,
// too_short:12, too_long:200, invalid_text, weak_password. Weak is what guessing programs try first: few
// different characters, runs of the keyboard or the alphabet, the commonest words, and the person's own
// name or address (whom).
func CheckPassword(password string, whom ...string) string {
	password = norm.NFC.String(password)
	switch n := utf8.RuneCountInString(password); {
	case n == 0:
		return "required"
	case !utf8.ValidString(password) || strings.ContainsRune(password, 0):
		return "invalid_text"
	case n < MinPassword:
		return "too_short:12"
	case n > MaxPassword:
		return "too_long:200"
	}
	if weak(password, whom) {
		return "weak_password"
	}
	return ""
}

// weak strips what guessers know and asks whether enough is left: at least six characters, five of them
// different.
func weak(password string, whom []string) bool {
	rest := strings.ToLower(password)
	known := append([]string{}, common...)
	for _, w := range whom {
		for part := range strings.FieldsFuncSeq(strings.ToLower(w), func(r rune) bool { return strings.ContainsRune(" .@_-+", r) }) {
			if utf8.RuneCountInString(part) >= 3 {
				known = append(known, part)
			}
		}
	}
	for _, k := range known {
		rest = strings.ReplaceAll(rest, k, "")
	}
	rest = strings.Join(dropRuns([]rune(rest)), "")
	different := map[rune]bool{}
	for _, r := range rest {
		different[r] = true
	}
	return utf8.RuneCountInString(rest) < 6 || len(different) < 5
}

// dropRuns leaves one character of each run of equal or successive ones: "aaaa", "4567", "gfed".
func dropRuns(text []rune) []string {
	var kept []string
	for i, r := range text {
		if i > 0 {
			if step := r - text[i-1]; step >= -1 && step <= 1 {
				continue
			}
		}
		kept = append(kept, string(r))
	}
	return kept
}

// common are the words at the heart of the passwords most often found in leaks, in the languages we
// serve, and rows of keys; longer ones first where one holds another.
var common = []string{
	"qwertyuiop", "asdfghjkl", "zxcvbnm", "qwerty", "asdfgh", "zxcvb", "qazwsx", "1q2w3e4r5t", "1q2w3e4r", "1q2w3e", "qwe", "asd", "zxc",
	"йцукенгшщзхъ", "фывапролджэ", "ячсмитьбю", "йцукен", "фывап", "ячсми", "явертъ",
	"passw0rd", "password", "пароль", "парола", "parola", "parol", "p@ssw0rd", "letmein", "welcome", "administrator", "admin", "login",
	"iloveyou", "monkey", "dragon", "football", "baseball", "sunshine", "princess", "superman", "batman", "master", "shadow", "michael",
	"jordan", "charlie", "secret", "trustno1", "whatever", "freedom", "starwars", "computer", "internet", "changeme", "default", "samsung",
	"liverpool", "chelsea", "arsenal", "любовь", "любов", "солнце", "россия", "москва", "moscow", "russia", "bulgaria", "sofia", "софия", "българия",
	"привет", "здравей", "privet", "natasha", "наташа", "marina", "andrey", "dmitry", "alexander", "spartak", "zenit", "levski",
	"summer", "winter", "spring", "autumn", "2020", "2021", "2022", "2023", "2024", "2025", "2026", "2027", "stazh", "стаж",
}
