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

/**
 * That a package is there in another major version than the one that is used, as a rule for the user; undefined where it
 * is that one, or nothing can be said.
 */
export function otherMajor(name: string, major: number): string | undefined {
  let version: unknown;
  try {
    version = optionalPackage<{ readonly version?: unknown }>(`${name}/package.json`).version;
  } catch {
    return undefined;
  }
  if (typeof version !== 'string' || Number.parseInt(version, 10) === major) return undefined;
  return `needs ${name} ${major}: npm install ${name}@${major} (version ${version} is installed)`;
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
