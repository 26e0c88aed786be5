//! Pages as people meet them, in a real browser: with scripts and without, and with nothing but the
//! keyboard. No page may make the console complain or want what its policy forbids.

mod driver;
mod firm;

use driver::{Browser, END, ENTER, LEFT, Looks, SPACE};
use firm::{OWNER, Site};

const DESKTOP: (u32, u32) = (1280, 900);

/// Signs the owner in by the link in a mail, beginning at a page that nobody sees without.
async fn sign_in(site: &Site, browser: &Browser) {
    browser.go(&site.url("/invoices")).await;
    browser.fill("#email", OWNER).await;
    browser.click("main button").await;
    browser.wait_for_text("h1", "Look into your mail").await;
    browser.go(&site.mailed_link().await).await;
    browser.click("main button").await;
    browser.wait_for_text("h1", "Invoices").await;
}

/// From the list to the review of the draft, which is then issued and paid in part.
async fn issue_and_pay(browser: &Browser) {
    browser.wait_for_text("table.list", "Harbour <b>& Sons</b>").await;
    browser.click("table.list tbody a").await;
    browser.wait_for_text("h1", "Draft invoice").await;
    assert_eq!(browser.count(".line").await, 2);
    browser.click("#line-1 summary").await;
    browser.wait_for_text("#line-1 .inside", "Mina").await;
    browser.wait_for_text("#line-1 .inside", "Max at ").await;
    browser.click("summary.button").await;
    browser.click("form[action$='/issue'] button").await;
    browser.wait_for_text(".badge", "Issued").await;
    browser.wait_for_text(".timeline", "Issued and sealed").await;
    browser.click("details:has(form[action$='/payments']) summary").await;
    browser.fill("#amount", "1 000.00").await;
    browser.fill("#reference", "EFT <i>77</i>").await;
    browser.click("form[action$='/payments'] button").await;
    browser.wait_for_text(".totals", "Still due").await;
    browser.wait_for_text(".timeline", "EFT <i>77</i>").await;
}

async fn is_at_peace(site: &Site, browser: &Browser) {
    let none: Vec<String> = Vec::new();
    assert_eq!(browser.complaints().await, none);
    assert_eq!(site.csp_reports().await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_invoice_is_reviewed_issued_paid_and_looked_at_as_it_was() {
    let site = Site::new().await;
    let draft = site.draft().await;
    let browser = Browser::start(Looks { scripts: true, window: DESKTOP }).await;
    sign_in(&site, &browser).await;
    issue_and_pay(&browser).await;
    // Back one moment without leaving the page: the payment is not yet there, and nothing is lost.
    browser.click("a[data-step='back']").await;
    browser.wait_for_text(".moments", "As it was").await;
    browser.wait_for_text(".moments", "Issued and sealed").await;
    assert!(!browser.text(".totals").await.contains("Still due"));
    assert!(browser.count(".changed").await > 1, "what the issue changed is marked");
    assert!(browser.url().await.contains(&format!("/invoices/{draft}?as_of=")));
    assert_eq!(browser.count(".timeline .later").await, 1);
    browser.click("a[data-step='now']").await;
    browser.wait_for_text(".moments", "As it is now").await;
    browser.wait_for_text(".totals", "Still due").await;
    is_at_peace(&site, &browser).await;
    browser.quit().await;
    site.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_of_it_works_without_scripts() {
    let site = Site::new().await;
    site.draft().await;
    let browser = Browser::start(Looks { scripts: false, window: (390, 844) }).await;
    sign_in(&site, &browser).await;
    issue_and_pay(&browser).await;
    // The range is a field of a plain form here.
    browser.click("#moment").await;
    browser.press(&[END, LEFT]).await;
    browser.click(".range button").await;
    browser.wait_for_text(".moments", "As it was").await;
    assert!(!browser.text(".totals").await.contains("Still due"));
    browser.click("a[data-step='on']").await;
    browser.wait_for_text(".totals", "Still due").await;
    browser.click(".me button").await;
    browser.wait_for("#email").await;
    browser.go(&site.url("/invoices")).await;
    browser.wait_for("#email").await;
    is_at_peace(&site, &browser).await;
    browser.quit().await;
    site.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_keyboard_alone_leads_from_the_list_to_an_issued_invoice_and_back_in_time() {
    let site = Site::new().await;
    site.draft().await;
    let browser = Browser::start(Looks { scripts: true, window: DESKTOP }).await;
    sign_in(&site, &browser).await;
    browser.tab_to(".skip").await;
    browser.tab_to("table.list tbody a").await;
    browser.press(&[ENTER]).await;
    browser.wait_for_text("h1", "Draft invoice").await;
    browser.tab_to("summary.button").await;
    browser.press(&[ENTER]).await;
    browser.tab_to("form[action$='/issue'] button").await;
    browser.press(&[SPACE]).await;
    browser.wait_for_text(".badge", "Issued").await;
    browser.tab_to("#moment").await;
    browser.press(&[LEFT]).await;
    browser.wait_for_text(".moments", "As it was").await;
    // The focus stays where it was, though the page was drawn anew.
    browser.press(&[END]).await;
    browser.wait_for_text(".moments", "Issued and sealed").await;
    browser.tab_to("#line-1 summary").await;
    browser.press(&[ENTER]).await;
    browser.wait_for_text("#line-1 .inside", "Mina").await;
    is_at_peace(&site, &browser).await;
    browser.quit().await;
    site.stop().await;
}
