import type { ToolCase } from '../support/tool-case.ts';
import { SAYS } from '../support/tool-case.ts';
import { bundlers } from './bundlers.ts';
import { frameworks } from './frameworks.ts';

/** A tool whose page is opened by its name in a browser. */
export interface PageCase extends ToolCase {
  /** The file in which the text of the page is changed. */
  source: string;
  /** A change of it loads the page anew, without Styxy as well. */
  reloads?: true;
}

function pageOf(name: string, more: Pick<PageCase, 'source' | 'reloads'> & Partial<ToolCase>): PageCase {
  const tool = [...bundlers, ...frameworks].find((each) => each.name === name);
  if (!tool) throw new Error(`no case is called ${name}`);
  return { ...tool, ...more, files: { ...tool.files, ...more.files } };
}

export const PAGES: readonly PageCase[] = [
  pageOf('vite', {
    source: 'text.js',
    files: {
      'index.html': '<!doctype html><h1></h1><script type="module" src="/main.js"></script>',
      'main.js': `import { text } from './text.js';
const show = (words) => (document.querySelector('h1').textContent = words);
show(text);
import.meta.hot.accept('./text.js', (changed) => show(changed.text));
`,
      'text.js': `export const text = '${SAYS}';\n`,
    },
  }),
  pageOf('next dev', { source: 'app/page.jsx' }),
  pageOf('nuxt dev', { source: 'app/app.vue' }),
  pageOf('astro dev', { source: 'src/pages/index.astro', reloads: true }),
  pageOf('angular', {
    source: 'src/app.html',
    files: {
      'src/index.html': '<!doctype html><title>page</title><app-root></app-root>',
      'src/main.ts': `import 'zone.js';
import { bootstrapApplication } from '@angular/platform-browser';
import { Component } from '@angular/core';
@Component({ selector: 'app-root', templateUrl: './app.html' })
class App {}
bootstrapApplication(App);
`,
      'src/app.html': `<h1>${SAYS}</h1>\n`,
    },
  }),
];
