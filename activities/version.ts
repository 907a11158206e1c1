import manifest from '../package.json' with { type: 'json' };

/** The version of this project that this process runs. */
export const { version } = manifest;
