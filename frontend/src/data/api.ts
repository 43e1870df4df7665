/** Questions to the backend: JSON there and back, and its refusals in words (RFC 9457). */

/** What the backend, or the way to it, has to say against a request. */
export class Problem extends Error {
  constructor(
    /** The stable code, such as `plant_not_found`; `unreachable` where no backend answered. */
    readonly code: string,
    readonly status: number,
    detail: string,
    /** What exactly is wrong, where the backend tells: fields of the request, or reasons against it. */
    readonly reasons: readonly Reason[] = [],
  ) {
    super(detail);
    this.name = "Problem";
  }
}

export interface Reason {
  readonly where: string;
  readonly why: string;
}

/** Milliseconds that an answer may take; the backend gives up earlier. */
const PATIENCE = 20_000;
const PATIENCE_FOR_FILES = 120_000;

export type Method = "GET" | "POST" | "PATCH" | "PUT" | "DELETE";

/** Ask the backend as the browser's session. Throws {@link Problem}. */
export function ask<Answer>(method: Method, path: string, body?: object): Promise<Answer> {
  const headers = { Accept: "application/json", ...(body && { "Content-Type": "application/json" }) };
  const request = { method, headers, ...(body && { body: JSON.stringify(body) }) };
  return method === "GET" ? asLongAsItIsThere(path, request) : exchange(path, request);
}

/** Whose parts nobody asks for any more, by path: it is gone, or about to go. */
const left = new Set<string>();
/** Questions that have no answer yet. */
const underway = new Set<{ readonly path: string; readonly end: AbortController }>();

/** Ask no more for the parts of what is gone, and wait no longer for what was asked: there would be nothing to answer. */
export function leave(path: string): void {
  left.add(path);
  for (const question of underway) if (isPart(question.path, path)) question.end.abort();
}

/** Remove something that has parts of its own, which nobody asks for from now on. Throws {@link Problem}: it is still there. */
export async function remove(path: string): Promise<void> {
  leave(path);
  try {
    await ask("DELETE", path);
  } catch (error) {
    left.delete(path);
    throw error;
  }
}

async function asLongAsItIsThere<Answer>(path: string, request: RequestInit): Promise<Answer> {
  if ([...left].some((whole) => isPart(path, whole))) throw new Problem("gone", 0, "");
  const question = { path, end: new AbortController() };
  underway.add(question);
  try {
    return await exchange(path, { ...request, signal: question.end.signal });
  } finally {
    underway.delete(question);
  }
}

function isPart(path: string, whole: string): boolean {
  return path.startsWith(`${whole}/`);
}

/** Send a file, such as a photo; its name tells browsers not always what it is. Throws {@link Problem}. */
export function send<Answer>(path: string, file: File, type = file.type): Promise<Answer> {
  return exchange(path, { method: "POST", headers: { "Content-Type": type }, body: file }, PATIENCE_FOR_FILES);
}

async function exchange<Answer>(path: string, request: RequestInit, patience = PATIENCE): Promise<Answer> {
  const late = AbortSignal.timeout(patience);
  const signal = request.signal ? AbortSignal.any([request.signal, late]) : late;
  let answer: Response;
  try {
    answer = await fetch(`/api/v1/${path}`, { ...request, credentials: "same-origin", signal });
  } catch {
    throw new Problem("unreachable", 0, "");
  }
  if (answer.status === 204) return undefined as Answer;
  const said: unknown = await answer.json().catch(() => undefined);
  if (said === undefined && signal.aborted) throw new Problem("unreachable", 0, "");
  if (!answer.ok) throw problem(answer.status, said);
  return said as Answer;
}

function problem(status: number, said: unknown): Problem {
  const words = typeof said === "object" && said !== null ? (said as Record<string, unknown>) : {};
  const code = typeof words["code"] === "string" ? words["code"] : "error";
  const detail = typeof words["detail"] === "string" ? words["detail"] : "";
  const reasons = Array.isArray(words["errors"]) ? (words["errors"] as readonly Reason[]) : [];
  return new Problem(status >= 502 ? "unreachable" : code, status, detail, reasons);
}

/** Write an address with its query; what is undefined is left out. */
export function address(path: string, query: Record<string, string | number | undefined>): string {
  const given = Object.entries(query).filter((pair): pair is [string, string | number] => pair[1] !== undefined);
  const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  return text ? `${path}?${text}` : path;
}
