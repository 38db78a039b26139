/** What a browser shows at the daemon's address: that it is here. It carries no data, so it needs no token. */
export const START_PAGE = `<!doctype html>
<meta charset="utf-8"><title>Styxy</title>
<style>body{font:16px/1.5 system-ui;margin:15vh auto;max-width:34em;padding:0 1em}code{background:#8882;padding:.1em .3em}</style>
<h1>Styxy is running</h1>
<p>This daemon gives the dev servers of this machine ports of their own. Ask it with <code>styxy list</code>.</p>
`;
