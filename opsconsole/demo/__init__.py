"""The model company that a newcomer finds: people, units, tags, accounts, posts."""
