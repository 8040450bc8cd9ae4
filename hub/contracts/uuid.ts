/** A UUID of any version, in any case (RFC 9562, section 4). */
export const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
