/** Addresses of this page, without loading it anew. */

export type Place =
  | { readonly page: "garden" | "today" | "devices" | "settings" | "system" | "nowhere" }
  | { readonly page: "plant"; readonly id: string };

/** Tell which page an address names. */
export function placeOf(path: string): Place {
  const [first = "", second, ...more] = path.split("/").slice(1);
  if (more.length > 0) return { page: "nowhere" };
  if (first === "plants" && second) return plantOf(second);
  if (second) return { page: "nowhere" };
  if (first === "") return { page: "garden" };
  return isPage(first) ? { page: first } : { page: "nowhere" };
}

/** An address that is no text at all names no plant. */
function plantOf(written: string): Place {
  try {
    return { page: "plant", id: decodeURIComponent(written) };
  } catch {
    return { page: "nowhere" };
  }
}

function isPage(name: string): name is "today" | "devices" | "settings" | "system" {
  return ["today", "devices", "settings", "system"].includes(name);
}

/** Go to an address of this page. */
export function go(path: string): void {
  history.pushState(null, "", path);
  dispatchEvent(new PopStateEvent("popstate"));
  scrollTo(0, 0);
}

/** Call back whenever the address changes: by a link of ours, or by the browser's buttons. */
export function follow(moved: () => void): void {
  addEventListener("popstate", moved);
  addEventListener("click", (event) => {
    const link = event.composedPath().find((one): one is HTMLAnchorElement => one instanceof HTMLAnchorElement);
    const plain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
    if (!link || !plain || event.defaultPrevented || link.target || !ours(link)) return;
    event.preventDefault();
    if (link.pathname !== location.pathname) history.pushState(null, "", link.pathname);
    moved();
    scrollTo(0, 0);
  });
}

function ours(link: HTMLAnchorElement): boolean {
  return link.origin === location.origin && !link.pathname.startsWith("/api/") && link.hash === "";
}
