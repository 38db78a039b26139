/** `?name=value&...` of what is given; empty when nothing is. */
export function queryString(query: object): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query))
    if (value !== undefined)
      parameters.set(name, typeof value === 'object' ? JSON.stringify(value) : String(value));
  const text = parameters.toString();
  return text && `?${text}`;
}
