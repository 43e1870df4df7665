/** The frame around every page: where one can go, whether PlantOps answers, and the door for those not logged in. */
import { css, html, LitElement, nothing } from "lit";
import { customElement, state } from "lit/decorators.js";

import { store, Watching } from "./data/store.js";
import { tellProblem } from "./elements/told.js";
import { leaf } from "./look/leaf.js";
import { shared } from "./look/shared.js";
import { follow, type Place, placeOf } from "./router.js";
import { moment } from "./words/format.js";
import { language, words } from "./words/index.js";

import "./elements/told.js";
import "./pages/garden.js";
import "./pages/login.js";

/** Pages that are fetched when somebody goes there. */
const LATER: Partial<Record<Place["page"], () => Promise<unknown>>> = {
  plant: () => import("./pages/plant.js"),
  today: () => import("./pages/today.js"),
  devices: () => import("./pages/devices.js"),
  settings: () => import("./pages/settings.js"),
  system: () => import("./pages/system.js"),
};

/** Pages that shall open while PlantOps is away: to look at. They are fetched milliseconds after the garden is there. */
const AWAY = ["plant", "today", "devices", "system"] as const;
const CALM = 3_000;

const PAGES = [
  { page: "garden", href: "/", name: words.app.garden },
  { page: "today", href: "/today", name: words.app.today },
  { page: "devices", href: "/devices", name: words.app.devices },
  { page: "settings", href: "/settings", name: words.app.settings },
  { page: "system", href: "/system", name: words.app.system },
] as const;

/** What stands there until it is known who looks: seen only where that takes its time. */
const opening = html`<main class="opening empty"><p class="soft" role="status">${words.app.loading}</p></main>`;

@customElement("plantops-app")
export class App extends LitElement {
  @state() private place: Place = placeOf(location.pathname);
  #calm = false;

  static override styles = [
    shared,
    css`
      :host {
        display: block;
      }
      header {
        position: sticky;
        top: 0;
        z-index: 5;
        display: flex;
        align-items: center;
        gap: 0.5rem;
        padding: 0.5rem max(1rem, calc((100vw - 76rem) / 2));
        background: var(--ground);
        border-bottom: 1px solid var(--line);
      }
      .name {
        display: flex;
        align-items: center;
        gap: 0.5rem;
        margin-right: auto;
        font-weight: 700;
        color: inherit;
        text-decoration: none;
      }
      nav {
        display: flex;
        gap: 0.25rem;
      }
      nav a {
        padding: 0.6rem 0.9rem;
        border-radius: 0.6rem;
        color: inherit;
        text-decoration: none;
      }
      nav a[aria-current] {
        background: var(--raised);
        font-weight: 650;
      }
      .plain {
        border: 0;
        background: none;
      }
      main {
        max-width: 76rem;
        margin: 0 auto;
        padding: 1.4rem 1rem 4rem;
      }
      main:focus-visible {
        outline: none;
      }
      .away {
        margin: 0;
        padding: 0.6rem max(1rem, calc((100vw - 76rem) / 2));
        background: var(--warn);
        color: var(--ground);
      }
      .away[hidden] {
        display: none;
      }
      .old {
        filter: saturate(0.25);
      }
      .opening {
        animation: appear 0.2s 0.3s backwards;
      }
      @keyframes appear {
        from {
          opacity: 0;
        }
      }
      .skip:not(:focus) {
        position: absolute;
        clip-path: inset(50%);
      }
      @media (max-width: 40rem) {
        nav {
          position: fixed;
          inset: auto 0 0;
          justify-content: space-around;
          gap: 0;
          padding: 0.4rem 0.4rem max(0.4rem, env(safe-area-inset-bottom));
          background: var(--card);
          border-top: 1px solid var(--line);
        }
        nav a {
          padding: 0.8rem 0.2rem;
          font-size: clamp(0.6875rem, 3.4vw, 0.8125rem);
        }
        main {
          padding-bottom: 6.5rem;
        }
      }
    `,
  ];

  constructor() {
    super();
    new Watching(this);
    document.documentElement.lang = language;
    const theme = localStorage.getItem("theme");
    if (theme) document.documentElement.dataset["theme"] = theme;
    follow(() => {
      this.place = placeOf(location.pathname);
      void this.updateComplete.then(() => this.focusContent());
    });
    void store.begin();
  }

  override render() {
    if (store.login === "unknown") return store.problem ? this.unreachable() : opening;
    if (store.login === "out") return html`<main><plantops-login></plantops-login></main>`;
    return html`<header>
        <a class="skip" href="#content" @click=${this.skip}>${words.app.skip}</a>
        <a class="name" href="/">${leaf(28)}PlantOps</a>
        <nav aria-label=${words.app.navigation}>
          ${PAGES.map(
            ({ page, href, name }) =>
              html`<a href=${href} aria-current=${page === this.place.page ? "page" : nothing}>${name}</a>`,
          )}
        </nav>
        <button class="plain" @click=${turnTheme} aria-label=${words.app.theme} title=${words.app.theme}>◐</button>
        <button class="plain" @click=${leave}>${words.app.logout}</button>
      </header>
      ${this.linkLine()}
      <main id="content" tabindex="-1" class=${store.link === "away" ? "old" : ""}>${this.page()}</main>`;
  }

  protected override updated(): void {
    document.title = titleOf(this.place);
    if (this.#calm || !store.garden) return;
    this.#calm = true;
    setTimeout(fetchLater, CALM);
  }

  private linkLine() {
    const said = linkWords();
    return html`<p class="away" role="status" ?hidden=${!said}>${said}</p>`;
  }

  private unreachable() {
    return html`<main class="empty">
      <p role="status">${words.link.unreachable}</p>
      <button class="main" @click=${() => void store.begin()}>${words.link.reload}</button>
    </main>`;
  }

  private page() {
    void LATER[this.place.page]?.().catch(tellProblem);
    switch (this.place.page) {
      case "garden":
        return html`<plantops-garden-page></plantops-garden-page>`;
      case "plant":
        return html`<plantops-plant-page .plantId=${this.place.id}></plantops-plant-page>`;
      case "today":
        return html`<plantops-today-page></plantops-today-page>`;
      case "devices":
        return html`<plantops-devices-page></plantops-devices-page>`;
      case "settings":
        return html`<plantops-settings-page></plantops-settings-page>`;
      case "system":
        return html`<plantops-system-page></plantops-system-page>`;
      default:
        return html`<div class="empty">
          <h1>${words.app.notHere}</h1>
          <p>${words.app.notHereMore} <a href="/">${words.app.toGarden}</a></p>
        </div>`;
    }
  }

  private skip(event: Event): void {
    event.preventDefault();
    this.focusContent();
  }

  /** Whoever goes by keyboard or hears the page is where something has come. */
  private focusContent(): void {
    this.renderRoot.querySelector<HTMLElement>("main")?.focus({ preventScroll: true });
  }
}

/** Browsers' tabs, histories and screen readers tell pages apart by it. */
function titleOf(place: Place): string {
  const name =
    place.page === "plant"
      ? store.garden?.plants.get(place.id)?.name
      : PAGES.find(({ page }) => page === place.page)?.name;
  return name ? `${name} · PlantOps` : "PlantOps";
}

/** What can't be fetched now is fetched, and complained about, when somebody goes there. */
function fetchLater(): void {
  void Promise.allSettled(AWAY.map(async (page) => LATER[page]?.()));
}

function linkWords(): string {
  switch (store.link) {
    case "away":
      return words.link.away(moment(store.lost ?? Date.now()));
    case "too_new":
      return words.link.tooNew;
    case "too_old":
      return words.link.tooOld;
    default:
      return "";
  }
}

function leave(): void {
  store.leave().catch(tellProblem);
}

/** Change between light and dark, and keep the wish. */
function turnTheme(): void {
  const dark = document.documentElement.dataset["theme"] ?? (prefersDark() ? "dark" : "light");
  const wish = dark === "dark" ? "light" : "dark";
  document.documentElement.dataset["theme"] = wish;
  localStorage.setItem("theme", wish);
  dispatchEvent(new Event("plantops-theme"));
}

function prefersDark(): boolean {
  return matchMedia("(prefers-color-scheme: dark)").matches;
}
