import { PAGE, SAYS, type ToolCase } from '../support/tool-case.ts';

const entry = { 'src/index.js': `document.title = '${SAYS}';\n` };

export const bundlers: readonly ToolCase[] = [
  {
    name: 'vite',
    row: 'vite',
    packages: ['vite@8'],
    files: { 'index.html': PAGE },
    command: 'vite',
    fixed: 'vite --port {port}',
    default: 5173,
    says: SAYS,
  },
  {
    name: 'vite preview',
    row: 'vite preview',
    packages: ['vite@8'],
    files: { 'index.html': PAGE },
    prepare: ['vite', 'build'],
    command: 'vite preview',
    fixed: 'vite preview --port {port}',
    default: 4173,
    says: SAYS,
  },
  {
    name: 'webpack serve',
    row: 'webpack serve',
    packages: ['webpack@5', 'webpack-cli@6', 'webpack-dev-server@5'],
    files: {
      ...entry,
      'webpack.config.js': `module.exports = { mode: 'development', entry: './src/index.js' };\n`,
    },
    command: 'webpack serve',
    fixed: 'webpack serve --port {port}',
    default: 8080,
    path: '/main.js',
    says: SAYS,
  },
  {
    name: 'rspack serve',
    row: 'rspack serve',
    packages: ['@rspack/cli@1', '@rspack/core@1'],
    files: {
      ...entry,
      'rspack.config.js': `module.exports = { mode: 'development', entry: './src/index.js' };\n`,
    },
    command: 'rspack serve',
    fixed: 'rspack serve --port {port}',
    default: 8080,
    path: '/main.js',
    says: SAYS,
  },
  {
    name: 'rsbuild',
    row: 'rsbuild',
    packages: ['@rsbuild/core@1'],
    files: entry,
    command: 'rsbuild dev',
    fixed: 'rsbuild dev --port {port}',
    default: 3000,
    path: '/static/js/index.js',
    says: SAYS,
  },
  {
    name: 'parcel',
    row: 'parcel',
    packages: ['parcel@2'],
    files: { 'index.html': PAGE },
    command: 'parcel index.html',
    fixed: 'parcel index.html -p {port}',
    default: 1234,
    says: SAYS,
  },
  {
    name: 'esbuild',
    row: 'esbuild --serve',
    packages: ['esbuild@0.25'],
    files: { 'index.html': PAGE },
    command: 'esbuild --servedir=.',
    fixed: 'esbuild --servedir=. --serve={port}',
    default: 8000,
    says: SAYS,
  },
  {
    name: 'snowpack',
    row: 'snowpack dev',
    packages: ['snowpack@3'],
    files: { 'index.html': PAGE },
    command: 'snowpack dev --open none',
    fixed: 'snowpack dev --open none --port {port}',
    default: 8080,
    says: SAYS,
  },
  {
    name: 'farm',
    row: 'farm',
    packages: ['@farmfe/cli@1', '@farmfe/core@1'],
    files: {
      ...entry,
      'index.html': PAGE.replace('</body>', '<script src="./src/index.js"></script></body>'),
    },
    command: 'farm start',
    fixed: 'farm start --port {port}',
    default: 9000,
  },
  {
    name: 'wmr',
    row: 'wmr',
    packages: ['wmr@3'],
    files: { 'index.html': PAGE },
    command: 'wmr',
    fixed: 'wmr --port {port}',
    default: 8080,
    says: SAYS,
  },
  {
    name: 'web-dev-server',
    row: 'wds',
    packages: ['@web/dev-server@0.4'],
    files: { 'index.html': PAGE },
    command: 'wds --root-dir .',
    fixed: 'wds --root-dir . --port {port}',
    default: 8000,
    path: '/index.html',
    says: SAYS,
  },
  {
    name: 'budo',
    row: 'budo',
    packages: ['budo@11'],
    files: { ...entry },
    command: 'budo src/index.js',
    fixed: 'budo src/index.js --port {port}',
    default: 9966,
    path: '/src/index.js',
    says: SAYS,
  },
  {
    name: 'angular',
    row: 'ng serve',
    packages: [
      '@angular/cli@20.3.0',
      '@angular/build@20.3.0',
      '@angular/core@20.3',
      '@angular/common@20.3',
      '@angular/compiler@20.3',
      '@angular/compiler-cli@20.3',
      '@angular/platform-browser@20.3',
      'typescript@5.9',
      'rxjs@7',
      'tslib@2',
      'zone.js@0.15',
    ],
    files: {
      'angular.json': {
        version: 1,
        projects: {
          page: {
            projectType: 'application',
            root: '',
            sourceRoot: 'src',
            architect: {
              build: {
                builder: '@angular/build:application',
                options: { browser: 'src/main.ts', index: 'src/index.html', tsConfig: 'tsconfig.json' },
                configurations: { development: { optimization: false } },
              },
              serve: {
                builder: '@angular/build:dev-server',
                options: { buildTarget: 'page:build:development' },
              },
            },
          },
        },
        cli: { analytics: false },
      },
      'tsconfig.json': {
        compilerOptions: {
          target: 'ES2022',
          module: 'preserve',
          experimentalDecorators: true,
          importHelpers: true,
        },
        files: ['src/main.ts'],
      },
      'src/index.html': `<!doctype html><title>${SAYS}</title><app-root></app-root>`,
      'src/main.ts': `import 'zone.js';
import { bootstrapApplication } from '@angular/platform-browser';
import { Component } from '@angular/core';
@Component({ selector: 'app-root', template: 'page' })
class App {}
bootstrapApplication(App);
`,
    },
    command: 'ng serve',
    fixed: 'ng serve --port {port}',
    default: 4200,
    says: SAYS,
  },
  {
    name: 'create-react-app',
    row: 'react-scripts start',
    packages: ['react-scripts@5', 'react@18', 'react-dom@18', 'ajv@8'],
    files: {
      'public/index.html': PAGE,
      'src/index.js': `document.title = 'page';\n`,
      'package.json': { browserslist: ['last 1 chrome version'] },
    },
    env: { BROWSER: 'none' },
    command: 'react-scripts start',
    fixed: 'PORT={port} react-scripts start',
    default: 3000,
    says: SAYS,
  },
  {
    name: 'vue-cli',
    row: 'vue-cli-service serve',
    packages: ['@vue/cli-service@5', 'vue@3', 'vue-template-compiler@2'],
    files: { 'public/index.html': PAGE, 'src/main.js': `document.title = 'page';\n` },
    command: 'vue-cli-service serve',
    fixed: 'vue-cli-service serve --port {port}',
    default: 8080,
    says: SAYS,
  },
  {
    name: 'umi',
    row: 'umi dev',
    packages: ['umi@4', 'react@18', 'react-dom@18'],
    files: {
      'src/pages/index.tsx': `export default () => <h1>${SAYS}</h1>;\n`,
      '.umirc.ts': `export default { mfsu: false };\n`,
    },
    command: 'umi dev',
    fixed: 'PORT={port} umi dev',
    default: 8000,
  },
  {
    name: 'ember',
    row: 'ember serve',
    packages: [
      'ember-cli@6',
      'ember-source@6',
      'ember-cli-babel@8',
      'ember-auto-import@2',
      'ember-cli-htmlbars@6',
      'loader.js@4',
      'broccoli-asset-rev@3',
      'ember-resolver@13',
      '@ember/optional-features@2',
      '@glimmer/component@2',
      'webpack@5',
    ],
    files: {
      'ember-cli-build.js': `const EmberApp = require('ember-cli/lib/broccoli/ember-app');
module.exports = (defaults) => new EmberApp(defaults, {}).toTree();
`,
      'app/index.html': `${PAGE}{{content-for "head"}}<script src="{{rootURL}}assets/vendor.js"></script><script src="{{rootURL}}assets/page.js"></script>`,
      'app/app.js': `import Application from '@ember/application';
import Resolver from 'ember-resolver';
export default class App extends Application {
  modulePrefix = 'page';
  Resolver = Resolver;
}
`,
      'app/styles/app.css': '',
      'app/router.js': `import EmberRouter from '@ember/routing/router';
export default class Router extends EmberRouter { location = 'history'; rootURL = '/'; }
`,
      'config/environment.js': `module.exports = (environment) => ({ modulePrefix: 'page', environment, rootURL: '/', locationType: 'history', EmberENV: {}, APP: {} });
`,
      'package.json': {
        devDependencies: {
          'ember-cli': '*',
          'ember-source': '*',
          'ember-auto-import': '*',
          'ember-cli-babel': '*',
          'ember-cli-htmlbars': '*',
          'loader.js': '*',
          'ember-resolver': '*',
        },
      },
    },
    command: 'ember serve',
    fixed: 'ember serve --port {port}',
    default: 4200,
    says: SAYS,
  },
];
