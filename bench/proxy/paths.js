/** What the backends answer, and at which paths. */

export const ITEMS = '/items?page=1';

/** Bytes of the answer at /large, and of the body that /upload wants; upload.lua sends as many. */
export const LARGE = 1024 * 1024;
