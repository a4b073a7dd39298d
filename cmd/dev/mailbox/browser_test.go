package mailbox

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// browser returns a Chromium's context, 360 pixels wide.
func browser(t *testing.T) context.Context {
	t.Helper()
	if _, err := exec.LookPath("chromium"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("Chromium is missing: install Debian's package chromium")
		}
		t.Skip("Chromium is missing: install Debian's package chromium")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath("chromium"), chromedp.NoSandbox)
	ctx, cancel := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	// The first call starts the browser, which lives as long as this call's context: no timeout on it.
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(360, 740)); err != nil {
		t.Fatal(err)
	}
	ctx, cancel = context.WithTimeout(ctx, 20*time.Second)
	t.Cleanup(cancel)
	return ctx
}

// In a real browser: a new mail appears without a reload, nothing is wider than a phone, and a link in the mail
// opens although the frame around it is a sandbox, while the mail's script does not run.
func TestInABrowser(t *testing.T) {
	ctx := browser(t)
	page, sink := open(t)
	visited := make(chan string, 10)
	site := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.URL.Path, "/favicon") {
			visited <- r.URL.Path
		}
	}))
	defer site.Close()

	if err := chromedp.Do(ctx, chromedp.Navigate(page), chromedp.WaitVisible(".empty")); err != nil {
		t.Fatal(err)
	}
	mail := strings.ReplaceAll(invitation, "http://localhost:1", site.URL)
	mail = strings.Replace(mail, "alert(1)", fmt.Sprintf(`new Image().src="%s/script"`, site.URL), 1)
	// A link that fills the frame: wherever one clicks, one hits it.
	mail = strings.Replace(mail, `<a href=`, `<a style="position:fixed;inset:0" href=`, 1)
	send(t, sink, strings.Repeat("long", 15)+"@example.com", mail)
	narrow := func() {
		t.Helper()
		width, err := chromedp.Run(ctx, chromedp.Evaluate[float64]("document.documentElement.scrollWidth"))
		if err != nil || width != 360 {
			t.Errorf("the page is %v pixels wide, %v", width, err)
		}
	}
	if err := chromedp.Do(ctx, chromedp.WaitVisible(".mails .subject")); err != nil {
		t.Fatal(err)
	}
	narrow()
	if err := chromedp.Do(ctx, chromedp.Navigate(page+"/mail/1"), chromedp.WaitVisible("iframe")); err != nil {
		t.Fatal(err)
	}
	narrow()
	// The frame may not have loaded yet, and nobody outside a sandbox can see when it has: click until it answers.
	for path := ""; path == ""; {
		if err := chromedp.Do(ctx, chromedp.Click("iframe")); err != nil {
			t.Fatalf("the link in the mail did not open: %v", err)
		}
		select {
		case path = <-visited:
			if path != "/c/x" {
				t.Errorf("visited %s", path)
			}
		case <-time.After(300 * time.Millisecond):
		}
	}
}
