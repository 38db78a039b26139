/**
 * Variables by which a program loads other code, finds other programs, or speaks to others than it would: what sets
 * one decides what runs. A project may set them for its own code only.
 */
const NAMES = new Set(
  (
    'PATH PATHEXT COMSPEC PSMODULEPATH SYSTEMROOT WINDIR HOME USERPROFILE APPDATA LOCALAPPDATA TMPDIR SHELL ENV BASH_ENV ' +
    'SHELLOPTS BASHOPTS IFS CDPATH PS4 PROMPT_COMMAND ZDOTDIR FPATH EDITOR VISUAL PAGER MANPAGER BROWSER LESSOPEN ' +
    'LESSCLOSE TERMINFO TERMINFO_DIRS LOCPATH NLSPATH GCONV_PATH GLIBC_TUNABLES HOSTALIASES RESOLV_HOST_CONF ' +
    'NODE_OPTIONS NODE_PATH NODE_EXTRA_CA_CERTS NODE_TLS_REJECT_UNAUTHORIZED NODE_REPL_EXTERNAL_MODULE BUN_OPTIONS ' +
    'DENO_DIR DENO_CERT PYTHONPATH PYTHONHOME PYTHONSTARTUP PYTHONUSERBASE PYTHONWARNINGS PYTHONBREAKPOINT ' +
    'PYTHONINSPECT PYTHONEXECUTABLE PYTHONPYCACHEPREFIX PYTHONPLATLIBDIR PERL5LIB PERLLIB PERL5OPT PERL5DB RUBYLIB ' +
    'RUBYOPT GEM_PATH GEM_HOME BUNDLE_GEMFILE PHPRC PHP_INI_SCAN_DIR LUA_PATH LUA_CPATH LUA_INIT CLASSPATH ' +
    'JAVA_TOOL_OPTIONS JDK_JAVA_OPTIONS _JAVA_OPTIONS JAVA_HOME MAVEN_OPTS MAVEN_ARGS GRADLE_OPTS R_PROFILE R_PROFILE_USER ' +
    'RUSTC RUSTC_WRAPPER RUSTFLAGS CC CXX LD MAKEFLAGS HTTP_PROXY HTTPS_PROXY ALL_PROXY SSL_CERT_FILE SSL_CERT_DIR ' +
    'CURL_CA_BUNDLE REQUESTS_CA_BUNDLE CURL_HOME WGETRC OPENSSL_CONF OPENSSL_MODULES DOCKER_HOST DOCKER_CONFIG ' +
    'KUBECONFIG SUDO_ASKPASS'
  ).split(' '),
);
const BEGINNINGS =
  /^(LD_|DYLD_|GIT_|SSH_|GPG_|NPM_CONFIG_|YARN_|PNPM_|PIP_|UV_|GOFLAGS|CARGO_|BASH_FUNC_|COREPACK_|COMPLUS_|DOTNET_|CORECLR_|MALLOC_|XDG_|STYXY)/;

/** Windows knows variables in any case. */
function isLoaderVariable(name: string): boolean {
  const upper = name.toUpperCase();
  return NAMES.has(upper) || BEGINNINGS.test(upper);
}

/** A project's variables, parted. */
export function partVariables(env: Readonly<Record<string, string>>): {
  plain: Record<string, string>;
  /** Names of those that only its own code gets. */
  loaders: string[];
} {
  const entries = Object.entries(env);
  return {
    plain: Object.fromEntries(entries.filter(([name]) => !isLoaderVariable(name))),
    loaders: entries.map(([name]) => name).filter(isLoaderVariable),
  };
}
