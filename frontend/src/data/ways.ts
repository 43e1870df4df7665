/** Ways on which people are told: what each must be given, and how that becomes the address that the API takes. */

export type Way = "ntfy" | "discord" | "email" | "telegram" | "webhook" | "apprise";

export interface WayField {
  readonly name:
    "url" | "secret" | "server" | "topic" | "token" | "port" | "user" | "password" | "from" | "to" | "chat";
  readonly type: "text" | "url" | "password" | "number" | "email";
  readonly required: boolean;
  readonly placeholder: string;
}

export type Said = Partial<Record<WayField["name"], string>>;

interface Kind {
  readonly kind: "discord" | "webhook" | "apprise";
  readonly fields: readonly WayField[];
  /** Make the address of what was said. */
  readonly address: (said: Said) => string;
}

const plain = (said: Said) => said.url ?? "";

function field(name: WayField["name"], type: WayField["type"], placeholder = "", required = true): WayField {
  return { name, type, required, placeholder };
}

/** Addresses of services are Apprise's; docs/notifications.md lists all that can be used. */
export const WAYS: Readonly<Record<Way, Kind>> = {
  ntfy: {
    kind: "apprise",
    fields: [
      field("topic", "text"),
      field("server", "url", "https://ntfy.sh", false),
      field("token", "password", "tk_…", false),
    ],
    address: (said) => {
      const server = new URL(said.server ?? "https://ntfy.sh");
      const scheme = server.protocol === "http:" ? "ntfy" : "ntfys";
      const entry = said.token ? `${encodeURIComponent(said.token)}@` : "";
      const how = said.token ? "?auth=token" : "";
      return `${scheme}://${entry}${server.host}/${encodeURIComponent(said.topic ?? "")}${how}`;
    },
  },
  discord: {
    kind: "discord",
    fields: [field("url", "url", "https://discord.com/api/webhooks/…")],
    address: plain,
  },
  email: {
    kind: "apprise",
    fields: [
      field("to", "email", "anna@example.org"),
      field("from", "email", "plants@example.org"),
      field("server", "text", "smtp.example.org"),
      field("port", "number", "587", false),
      field("user", "text", "", false),
      field("password", "password", "", false),
    ],
    address: (said) => {
      const port = said.port ?? "587";
      const entry = said.user ? `${encodeURIComponent(said.user)}:${encodeURIComponent(said.password ?? "")}@` : "";
      const query = new URLSearchParams({
        mode: port === "465" ? "ssl" : "starttls",
        from: said.from ?? "",
        to: said.to ?? "",
      });
      return `mailtos://${entry}${said.server ?? ""}:${port}/?${query.toString()}`;
    },
  },
  telegram: {
    kind: "apprise",
    fields: [field("token", "password", "123456789:AA…"), field("chat", "text", "-1001234567890")],
    address: (said) => `tgram://${said.token ?? ""}/${encodeURIComponent(said.chat ?? "")}`,
  },
  webhook: {
    kind: "webhook",
    fields: [field("url", "url", "https://example.org/plants"), field("secret", "password", "", false)],
    address: plain,
  },
  apprise: { kind: "apprise", fields: [field("url", "text", "gotifys://…")], address: plain },
};
