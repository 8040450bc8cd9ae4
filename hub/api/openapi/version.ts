/**
 * Version of the API under /v1, as docs/channel-developers/versioning.md explains it: the minor part grows with what is
 * added and published, the major part is that of the path and grows only beside it.
 */
export const API_VERSION = '1.0'
