import { afterEach, describe, expect, it, vi } from "vitest";

import { store } from "../src/data/store.js";
import { type Said, type Way, WAYS } from "../src/data/ways.js";
import { stands } from "../src/elements/settings/ends.js";
import { de } from "../src/words/settings-de.js";
import { en } from "../src/words/settings-en.js";
import { keysOf } from "./gardens.js";
import { until } from "./waiting.js";

import "../src/elements/settings/keeping.js";
import "../src/elements/settings/rules.js";

describe("the address of a way", () => {
  it.each<[Way, Said, string]>([
    ["ntfy", { topic: "a topic/1" }, "ntfys://ntfy.sh/a%20topic%2F1"],
    [
      "ntfy",
      { topic: "t", server: "https://push.example:8443", token: "tk_a" },
      "ntfys://tk_a@push.example:8443/t?auth=token",
    ],
    ["ntfy", { topic: "t", server: "http://192.168.178.2" }, "ntfy://192.168.178.2/t"],
    ["discord", { url: "https://discord.com/api/webhooks/1/x" }, "https://discord.com/api/webhooks/1/x"],
    [
      "email",
      { server: "smtp.example", from: "a@x.example", to: "b@y.example", user: "a@x.example", password: "p/w:&" },
      "mailtos://a%40x.example:p%2Fw%3A%26@smtp.example:587/?mode=starttls&from=a%40x.example&to=b%40y.example",
    ],
    [
      "email",
      { server: "smtp.example", port: "465", from: "a@x.example", to: "b@y.example" },
      "mailtos://smtp.example:465/?mode=ssl&from=a%40x.example&to=b%40y.example",
    ],
    ["telegram", { token: "123456789:AA-b_c", chat: "-100123" }, "tgram://123456789:AA-b_c/-100123"],
    ["webhook", { url: "https://example.org/plants" }, "https://example.org/plants"],
    ["apprise", { url: "pover://user@token" }, "pover://user@token"],
  ])("%s %o", (way, said, address) => {
    expect(WAYS[way].address(said)).toBe(address);
  });

  it("has a word for each field", () => {
    for (const { fields } of Object.values(WAYS)) {
      for (const { name } of fields) expect(en.ways.fields[name]).toBeTruthy();
    }
  });
});

describe("the settings' words", () => {
  it("are the same in both languages, and none is empty", () => {
    expect(keysOf(de)).toEqual(keysOf(en));
    expect(JSON.stringify([en, de])).not.toContain('""');
  });
});

describe("a token or key", () => {
  it.each([
    [{}, true],
    [{ expires_at: "2999-01-01T00:00:00Z" }, true],
    [{ expires_at: "2020-01-01T00:00:00Z" }, false],
    [{ revoked_at: "2020-01-01T00:00:00Z" }, false],
  ])("%o opens: %s", (one, opens) => {
    expect(stands(one)).toBe(opens);
  });
});

describe("when people are told", () => {
  const settings = {
    quiet_from: "22:00",
    quiet_until: "07:00",
    critical_breaks_quiet: true,
    digest_at: "08:00",
    escalate_after_hours: 12,
    irrigation_enabled: true,
    watering_tasks: true,
  };

  afterEach(() => {
    document.body.replaceChildren();
    vi.unstubAllGlobals();
    store.scopes = [];
  });

  const drawn = async (answer: () => Response) => {
    vi.stubGlobal("fetch", () => Promise.resolve(answer()));
    const rules = document.body.appendChild(document.createElement("plantops-rules"));
    await until(() => expect(rules.shadowRoot?.querySelector("form, dl, [role=alert]")).toBeTruthy());
    return rules;
  };

  it("is a form for those who may do everything, and only told to the others", async () => {
    store.scopes = ["admin"];
    const form = await drawn(() => Response.json(settings));
    expect(form.shadowRoot?.querySelector<HTMLInputElement>('[name="quiet_from"]')?.value).toBe("22:00");
    store.scopes = ["garden"];
    const told = await drawn(() => Response.json(settings));
    expect(told.shadowRoot?.querySelector("input")).toBeNull();
    expect(told.shadowRoot?.textContent).toContain("22:00–07:00");
  });

  it("says why it is not known, and asks again when it is told to", async () => {
    let answer = () => Response.json({ code: "unavailable", detail: "The store is away." }, { status: 500 });
    const rules = await drawn(() => answer());
    expect(rules.shadowRoot?.querySelector("[role=alert]")?.textContent).toContain("The store is away.");
    answer = () => Response.json(settings);
    rules.shadowRoot?.querySelector("button")?.click();
    await until(() => expect(rules.shadowRoot?.textContent).toContain("22:00–07:00"));
  });

  it("is asked for by itself when PlantOps is back", async () => {
    let answer = () => Response.error();
    const rules = await drawn(() => answer());
    expect(rules.shadowRoot?.querySelector("[role=alert]")).toBeTruthy();
    answer = () => Response.json(settings);
    store.met += 1;
    rules.requestUpdate();
    await until(() => expect(rules.shadowRoot?.textContent).toContain("22:00–07:00"));
  });
});

describe("what is kept", () => {
  afterEach(() => {
    document.body.replaceChildren();
    vi.unstubAllGlobals();
  });

  const told = async (backup: object | null) => {
    vi.stubGlobal("fetch", () => Promise.resolve(Response.json({ raw_days: 400, hourly_days: 3650, backup })));
    const section = document.body.appendChild(document.createElement("plantops-keeping"));
    await until(() => expect(section.shadowRoot?.querySelector("dl")).toBeTruthy());
    return section.shadowRoot?.textContent;
  };

  it("says how long, and whether there is a copy that is not too old", async () => {
    const none = await told(null);
    expect(none).toContain("10 years");
    expect(none).toContain("No backup is known here.");
    const day = 86_400_000;
    const fresh = await told({ made_at: new Date(Date.now() - day).toISOString(), bytes: 41_234_567 });
    expect(fresh).toContain("24 hours ago (41\u202fMB)");
    expect(fresh).not.toContain("older than two days");
    const old = await told({ made_at: new Date(Date.now() - 3 * day).toISOString(), bytes: 1_234_567 });
    expect(old).toContain("older than two days");
  });
});
