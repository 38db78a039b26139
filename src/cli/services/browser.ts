/** Where nobody sees a browser that is started here, or none can be. @returns undefined: one may be */
export function whyNoBrowser(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): string | undefined {
  if (env.BROWSER === 'none') return 'BROWSER is none';
  if (env.SSH_CONNECTION || env.SSH_TTY || env.SSH_CLIENT) return 'this is an SSH session';
  if (platform === 'darwin' || platform === 'win32') return undefined;
  const hasDisplay = env.DISPLAY || env.WAYLAND_DISPLAY || env.WSL_DISTRO_NAME;
  return hasDisplay || env.BROWSER ? undefined : 'there is no display here';
}
