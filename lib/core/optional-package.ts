import { createRequire } from 'node:module';

/**
 * Loads a package that an app may have installed, or not. Its types are no part of ours: `Module` is as much of it as is
 * used.
 *
 * @throws whatever keeps it from being loaded
 */
export function optionalPackage<Module>(name: string): Module {
  return createRequire(import.meta.url)(name);
}

/** Why a package cannot be loaded, as a rule for the user; undefined when it can. @param major the version to install */
export function missingPackage(name: string, major: number): string | undefined {
  try {
    optionalPackage(name);
    return undefined;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.split('\n', 1)[0] : String(cause);
    return `needs the package ${name}: npm install ${name}@${major} (${reason})`;
  }
}
