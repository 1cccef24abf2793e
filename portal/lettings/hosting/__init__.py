"""The holder's side: standing approvals, blockings, how one gets in, keys, calendars, what was seen of papers."""
