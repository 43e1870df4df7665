/** Something that is shown this once, to be copied. */
import { css, html, LitElement } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";

import { shared } from "../look/shared.js";
import { words } from "../words/settings.js";

@customElement("plantops-secret")
export class Secret extends LitElement {
  @property() label = "";
  @property() text = "";
  @state() private said = "";
  @query("textarea") private field!: HTMLTextAreaElement;

  static override styles = [
    shared,
    css`
      label {
        display: block;
        font-weight: 600;
        font-size: 0.9rem;
      }
      textarea {
        display: block;
        width: 100%;
        margin: 0.25rem 0 0.6rem;
        padding: 0.6rem 0.9rem;
        border: 1px solid var(--line);
        border-radius: 0.6rem;
        background: var(--raised);
        color: inherit;
        font:
          0.9rem/1.5 ui-monospace,
          monospace;
        overflow-wrap: anywhere;
        resize: none;
        field-sizing: content;
      }
      .file {
        max-height: 13rem;
        font-size: 0.8rem;
        white-space: pre;
        overflow: auto;
      }
      .said {
        margin-left: 0.6rem;
      }
    `,
  ];

  override render() {
    return html`<label
        >${this.label}<textarea
          readonly
          class=${this.text.includes("\n") ? "file" : ""}
          spellcheck="false"
          rows=${Math.max(1, this.text.split("\n").length)}
          .value=${this.text}
          @focus=${() => this.field.select()}
        ></textarea></label
      ><button type="button" @click=${() => void this.copy()}>${words.secret.copy}</button
      ><span class="said soft small" role="status">${this.said}</span>`;
  }

  /** Only pages that came over HTTPS, or from this machine, may write into the clipboard: the others select it. */
  private async copy(): Promise<void> {
    this.field.select();
    try {
      if (!isSecureContext) throw new DOMException("not over HTTPS", "NotAllowedError");
      await navigator.clipboard.writeText(this.text);
      this.said = words.secret.copied;
    } catch {
      this.said = words.secret.byHand;
    }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plantops-secret": Secret;
  }
}
