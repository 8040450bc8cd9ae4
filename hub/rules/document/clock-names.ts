/** What a rule that says a time zone knows of the moment for which it decides. */
export const CLOCK_NAMES: readonly string[] = ['now', 'today']
