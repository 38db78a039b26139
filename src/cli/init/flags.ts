/** The options of `styxy init`. */
export interface InitFlags {
  dryRun?: boolean;
  yes?: boolean;
  undo?: boolean;
  check?: boolean;
  json?: boolean;
  /** Commander's word for `--no-install`. */
  install: boolean;
  launcher: boolean;
  only?: string[];
  except?: string[];
  also?: string[];
  serviceTypes?: string;
}
