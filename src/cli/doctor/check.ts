/** The answer to one question about this installation. */
export interface Check {
  name: string;
  /** Nothing needs to be done. */
  ok: boolean;
  detail: string;
  /** What to do: a command that exists, or an action. With `ok`, only a piece of advice. */
  fix?: string;
}

export const fine = (name: string, detail: string): Check => ({ name, ok: true, detail });
export const advice = (name: string, detail: string, fix: string): Check => ({ name, ok: true, detail, fix });
export const failed = (name: string, detail: string, fix: string): Check => ({
  name,
  ok: false,
  detail,
  fix,
});
