// <as-of-slider>: moves through the moments of a document without leaving the page. Inside stands a
// form with a range and one link per step, which work alone. Here a move of the range fetches the same
// page at that moment and puts its #review in place of ours.

const REGION = "review";
const SETTLE_MS = 120;

class AsOfSlider extends HTMLElement {
  #asked = 0;
  #timer = 0;

  connectedCallback() {
    const range = this.querySelector("input[type=range]");
    const submit = this.querySelector("button");
    if (!range || !submit) return;
    submit.hidden = true;
    range.addEventListener("input", () => {
      const label = this.#labelOf(range);
      if (label) range.setAttribute("aria-valuetext", label);
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#show(this.#urlOf(range)), SETTLE_MS);
    });
    for (const link of this.querySelectorAll("a[data-step]")) {
      link.addEventListener("click", (event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
        event.preventDefault();
        this.#show(link.href, link.dataset.step);
      });
    }
  }

  disconnectedCallback() {
    clearTimeout(this.#timer);
    this.#asked += 1;
  }

  #labelOf(range) {
    const option = range.list?.options[range.valueAsNumber - 1];
    return option ? option.label : "";
  }

  #urlOf(range) {
    const form = range.form;
    const url = new URL(form.action);
    url.search = new URLSearchParams(new FormData(form)).toString();
    return url.href;
  }

  async #show(url, step) {
    const asked = ++this.#asked;
    const region = document.getElementById(REGION);
    region.classList.add("busy");
    region.setAttribute("aria-busy", "true");
    let page;
    try {
      const answer = await fetch(url, { credentials: "same-origin" });
      if (!answer.ok) throw new Error(`status ${answer.status}`);
      page = new DOMParser().parseFromString(await answer.text(), "text/html");
    } catch {
      page = null;
    }
    if (asked !== this.#asked) return;
    const next = page?.getElementById(REGION);
    // Signed out, or something is wrong: the page itself says what.
    if (!next) {
      location.assign(url);
      return;
    }
    const opened = [...region.querySelectorAll("details[open][data-line]")];
    for (const { dataset } of opened) {
      const same = next.querySelector(`details[data-line="${CSS.escape(dataset.line)}"]`);
      if (same) same.open = true;
    }
    region.replaceWith(document.adoptNode(next));
    document.title = page.title;
    history.replaceState(null, "", url);
    const control = step ? `a[data-step="${step}"]` : "input[type=range]";
    const range = next.querySelector("as-of-slider input[type=range]");
    (next.querySelector(`as-of-slider ${control}`) ?? range)?.focus({ preventScroll: true });
  }
}

customElements.define("as-of-slider", AsOfSlider);
