"""An independent local program that imitates X, Facebook Pages and WordPress over HTTP; no Django in here."""
