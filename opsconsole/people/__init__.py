"""Who we are: users, business units, memberships, and what each role may do."""
