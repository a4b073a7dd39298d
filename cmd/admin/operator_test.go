package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"go.temporal.io/sdk/client"
	"golang.org/x/text/encoding/charmap"

	"github.com/stazh/stazh/activities"
	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/activities/store/localpg/pgtest"
	"github.com/stazh/stazh/cmd/internal/app"
	"github.com/stazh/stazh/workflows/workflowstest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// desk is an operator at a database of the test's own; commands work without a Temporal service.
type desk struct {
	t       testing.TB
	dsn     string
	catalog *store.Catalog
	reader  *store.Reader
}

func newDesk(t testing.TB) *desk {
	d := &desk{t: t, dsn: pgtest.Migrated(t)}
	a, err := d.open(context.Background(), "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(a.Close)
	d.catalog, d.reader = a.Catalog, a.Reader
	return d
}

func (d *desk) open(context.Context, string) (*app.App, error) {
	db, err := store.Open(d.dsn, 4)
	if err != nil {
		return nil, err
	}
	a := &app.App{DB: db, Reader: store.NewReader(db), Catalog: store.NewCatalog(db), Log: app.Logger("error")}
	a.Client = workflowstest.Client(d.t, activities.New(store.NewRecords(db), a.Reader))
	return a, nil
}

// run gives one command and returns what it wrote, and its error as main would say it.
func (d *desk) run(stdin string, args ...string) (out, progress, said string) {
	d.t.Helper()
	root := commandsOn(&operator{open: d.open, dial: func(context.Context, string) (client.Client, error) {
		return nil, fmt.Errorf("no answer from Temporal")
	}})
	var o, p bytes.Buffer
	root.SetArgs(args)
	root.SetIn(strings.NewReader(stdin))
	root.SetOut(&o)
	root.SetErr(&p)
	if err := root.ExecuteContext(context.Background()); err != nil {
		said = sentence(err)
	}
	return o.String(), p.String(), said
}

func (d *desk) vacancy() uuid.UUID {
	d.t.Helper()
	ctx := context.Background()
	act := func(key string) store.Act {
		return store.Act{Actor: "system", Key: key, Wall: time.Now(), Business: time.Now()}
	}
	p, err := d.catalog.SaveProfile(ctx, act("p"), store.Profile{Title: "Bank"})
	if err != nil {
		d.t.Fatal(err)
	}
	if _, err := d.catalog.SaveSource(ctx, act("s"), store.Source{Name: "HeadHunter", Kind: "board"}); err != nil {
		d.t.Fatal(err)
	}
	v, err := d.catalog.SaveVacancy(ctx, act("v"), store.Vacancy{
		ProfileID: p.ID, Title: "Bank, Moscow", City: "Moscow", Zone: "Europe/Moscow", Language: "ru", Headcount: 1, PayLevel: 1, State: store.VacancyOpen,
	}, nil)
	if err != nil {
		d.t.Fatal(err)
	}
	return v.ID
}

func TestAccountAndTokens(t *testing.T) {
	d := newDesk(t)
	create := []string{"account", "create", "--email", "ann@example.org", "--name", "Ann Smith", "--role", "admin"}
	if _, _, said := d.run("12345\n", append(create, "--password-stdin")...); !strings.HasPrefix(said, "password: ") {
		t.Errorf("a short password: %q", said)
	}
	if _, _, said := d.run("", append(create, "--password-stdin")...); said != "no password came on standard input" {
		t.Errorf("no password: %q", said)
	}
	if out, _, said := d.run("velvet-tram-lantern\n", append(create, "--password-stdin")...); said != "" || !strings.Contains(out, "can sign in now") {
		t.Fatalf("%q %q", out, said)
	}
	if _, _, said := d.run("velvet-tram-lantern\n", append(create, "--password-stdin")...); !strings.HasPrefix(said, "email: ") {
		t.Errorf("the address taken: %q", said)
	}
	if _, _, said := d.run("", "account", "create", "--email", "bob@example.org", "--name", "Bob", "--role", "king"); !strings.HasPrefix(said, "roles: ") {
		t.Errorf("no such role: %q", said)
	}
	if out, _, said := d.run("", "account", "create", "--email", "bob@example.org", "--name", "Bob", "--role", "hr", "--role", "curator"); said != "" || !strings.Contains(out, "invitation to bob@example.org") {
		t.Errorf("%q %q", out, said)
	}
	bob, err := d.reader.StaffByEmail(context.Background(), "bob@example.org")
	if err != nil || !bob.Invited() || len(bob.Roles) != 2 {
		t.Errorf("%+v %v", bob.Roles, err)
	}

	secret, progress, said := d.run("", "token", "create", "--email", "ann@example.org", "--name", "export", "--scope", "write", "--days", "3")
	if said != "" || !strings.HasPrefix(secret, "stz_") || strings.Count(secret, "\n") != 1 {
		t.Fatalf("%q %q", secret, said)
	}
	id := regexp.MustCompile(`[0-9a-f-]{36}`).FindString(progress)
	if list, _, _ := d.run("", "token", "list", "--email", "ann@example.org"); !strings.Contains(list, id) || strings.Contains(list, strings.TrimSpace(secret)) {
		t.Errorf("list: %q", list)
	}
	accounts := (&app.App{Reader: d.reader, Catalog: d.catalog, Log: app.Logger("error")}).Accounts()
	if p, err := accounts.TokenPrincipal(context.Background(), strings.TrimSpace(secret)); err != nil || p.Email != "ann@example.org" {
		t.Errorf("%+v %v", p, err)
	}
	if out, _, said := d.run("", "token", "revoke", "--id", id); said != "" || !strings.Contains(out, "opens nothing") {
		t.Errorf("%q %q", out, said)
	}
	if _, err := accounts.TokenPrincipal(context.Background(), strings.TrimSpace(secret)); err == nil {
		t.Error("the revoked token still opens")
	}
	for _, wrong := range [][]string{
		{"token", "create", "--email", "no@example.org", "--name", "x"},
		{"token", "create", "--email", "ann@example.org", "--name", "x", "--scope", "all"},
		{"token", "create", "--email", "ann@example.org", "--name", "x", "--days", "4000"},
		{"token", "revoke", "--id", "12"},
		{"token", "revoke", "--id", uuid.NewString()},
		{"token", "list"},
	} {
		if _, _, said := d.run("", wrong...); said == "" {
			t.Errorf("accepted: %v", wrong)
		}
	}
}

// A board's export as it comes: Windows-1251, a row without contacts, a person twice.
const board = "ФИО;E-mail;Телефон;Город\r\n" +
	"Иванов Иван;ivan@example.org;+7 900 000-00-01;Москва\r\n" +
	"Петрова Анна;anna@example.org;;Москва\r\n" +
	"Без Контактов;;;Москва\r\n" +
	"Иванов Иван;ivan@example.org;;Москва\r\n" +
	"=Формула Опасная;f@example.org;;Москва\r\n"

func TestImportAndExport(t *testing.T) {
	d := newDesk(t)
	vacancy := d.vacancy().String()
	encoded, err := charmap.Windows1251.NewEncoder().String(board)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	file := filepath.Join(dir, "hh.csv")
	if err := os.WriteFile(file, []byte(encoded), 0o600); err != nil {
		t.Fatal(err)
	}
	args := []string{"import", "--vacancy", vacancy, "--source", "headhunter", "--file", file}
	rows := func() int {
		t.Helper()
		n, err := d.catalog.DB().NewSelect().Table("application").Count(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		return int(n)
	}
	dry, progress, said := d.run("", append(args, "--dry-run")...)
	if said != "" || !strings.Contains(dry, "line 4") || !strings.Contains(dry, "neither an e-mail") || !strings.Contains(progress, `"ФИО"`) || rows() != 0 {
		t.Errorf("dry run: %q %q %q", dry, progress, said)
	}
	out, _, said := d.run("", args...)
	if said != "" {
		t.Fatal(said)
	}
	added := rows()
	for _, want := range []string{"line 4", fmt.Sprintf("5 rows: %d added", added), "had applied already"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not in %q", want, out)
		}
	}
	if would := strings.ReplaceAll(strings.ReplaceAll(dry, "would be ", ""), "\n", " "); !strings.HasPrefix(strings.ReplaceAll(out, "\n", " "), would) {
		t.Errorf("the dry run said %q, the import %q", would, out)
	}
	if out, _, said := d.run("", args...); said != "" || rows() != added || !strings.Contains(out, "0 added") {
		t.Errorf("again: %q %q", out, said)
	}

	csv, progress, said := d.run("", "export", "responses", "--vacancy", vacancy)
	if said != "" || !strings.HasPrefix(csv, "id,name,email,") || !strings.Contains(csv, "Петрова Анна,anna@example.org,") || !strings.Contains(csv, ",'+79000000001,") {
		t.Errorf("%q %q", csv, said)
	}
	if strings.Count(csv, "\r\n") != added+1 || !strings.Contains(progress, fmt.Sprint(added)) {
		t.Errorf("%d rows in %q", added, csv)
	}
	target := filepath.Join(dir, "out.csv")
	if _, _, said := d.run("", "export", "responses", "--vacancy", vacancy, "--out", target, "--delimiter", ";", "--bom"); said != "" {
		t.Error(said)
	}
	info, err := os.Stat(target)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info, err)
	}
	if _, _, said := d.run("", "export", "responses", "--vacancy", vacancy, "--out", target); said == "" {
		t.Error("a file was overwritten")
	}
	for _, wrong := range [][]string{
		{"import", "--vacancy", "x", "--file", file},
		{"import", "--vacancy", uuid.NewString(), "--file", file},
		{"import", "--vacancy", vacancy, "--file", filepath.Join(dir, "no.csv")},
		{"import", "--vacancy", vacancy, "--file", file, "--source", "Nowhere"},
		{"import", "--vacancy", vacancy, "--file", file, "--mapping", "name"},
		{"import", "--vacancy", vacancy, "--file", file, "--mapping", "email=Nowhere"},
		{"import", "--vacancy", vacancy, "--file", file, "--encoding", "klingon"},
		{"export", "responses", "--vacancy", uuid.NewString()},
		{"export", "responses", "--vacancy", vacancy, "--delimiter", "ab"},
	} {
		if _, _, said := d.run("", wrong...); said == "" || strings.Contains(said, "internal") {
			t.Errorf("%v: %q", wrong, said)
		}
	}
	if _, _, said := d.run("", append(args, "--mapping", "comment=Город", "--dry-run")...); said != "" {
		t.Error(said)
	}
}

func TestJournalVerify(t *testing.T) {
	d := newDesk(t)
	d.vacancy()
	if out, _, said := d.run("", "journal", "verify"); said != "" || out != "3 rows, all whole.\n" {
		t.Errorf("%q %q", out, said)
	}
	// Whoever owns the database can get round the triggers; the chain still tells.
	for _, statement := range []string{
		"ALTER TABLE journal DISABLE TRIGGER journal_append_only", "UPDATE journal SET actor = 'staff/x' WHERE seq = 2",
	} {
		if _, err := d.catalog.DB().Exec(statement); err != nil {
			t.Fatal(err)
		}
	}
	if out, _, said := d.run("", "journal", "verify"); said != "1 of 3 rows are broken" || !strings.HasPrefix(out, "row 2 on ") {
		t.Errorf("%q %q", out, said)
	}
}

func TestConfiguration(t *testing.T) {
	for _, name := range []string{"DATABASE_URL", "SMTP_HOST", "SMTP_PORT", "LINK_KEYS", "PUBLIC_URL", "MAIL_FROM"} {
		t.Setenv(name, "")
		if err := os.Unsetenv(name); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := configuration("", "DATABASE_URL"); err == nil || !strings.Contains(err.Error(), "DATABASE_URL") || strings.Contains(err.Error(), "SMTP_HOST") {
		t.Errorf("nothing set: %v", err)
	}
	t.Setenv("SMTP_PORT", "99999")
	if _, err := configuration("", "DATABASE_URL"); err == nil || !strings.Contains(err.Error(), "DATABASE_URL") || !strings.Contains(err.Error(), "SMTP_PORT") {
		t.Errorf("two faults: %v", err)
	}
	t.Setenv("SMTP_PORT", "25")
	if _, err := configuration(""); err != nil {
		t.Errorf("nothing needed: %v", err)
	}

	dir := t.TempDir()
	if _, err := configuration(dir, "DATABASE_URL"); err == nil || !strings.Contains(err.Error(), "go run ./cmd/dev") {
		t.Errorf("nothing runs there: %v", err)
	}
	body := "DATABASE_URL=postgres://localhost/stazh\nPUBLIC_URL=http://127.0.0.1:8080\nTEMPORAL_ADDRESS=127.0.0.1:7000\n"
	if err := os.WriteFile(filepath.Join(dir, "environment"), []byte(body), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("TEMPORAL_ADDRESS", "elsewhere:1")
	c, err := configuration(dir, "DATABASE_URL")
	if err != nil || c.DatabaseURL != "postgres://localhost/stazh" || c.TemporalAddress != "127.0.0.1:7000" || !c.Dev {
		t.Errorf("%v", err)
	}
}

func TestReconcileSaysWhoIsMissing(t *testing.T) {
	if _, _, said := newDesk(t).run("", "reconcile"); said != "no answer from Temporal" {
		t.Errorf("%q", said)
	}
}
