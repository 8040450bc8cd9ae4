/**
 * The hub itself as a system of record: of prospects, and of records that no configured system takes. Its entities have the
 * names of the canonical ones, its records are canonical documents, its keys UUIDs. No workspace can describe a system of this name.
 */
export const HUB_SYSTEM = 'hub'
