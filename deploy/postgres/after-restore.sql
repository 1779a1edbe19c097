-- Run once on a PostgreSQL database that was restored from a dump, before any instance starts on it:
--   psql "$DATABASE_URL" --single-transaction --set ON_ERROR_STOP=1 --file deploy/postgres/after-restore.sql

-- Browsers that hold newer text than the dump must keep it for themselves: the next start makes a new epoch of storage.
DELETE FROM meta WHERE key = 'storage_epoch';

-- What was ended after the dump must not live again: everybody signs in, and is invited, anew.
DELETE FROM sessions;
DELETE FROM tokens WHERE kind IN ('setup', 'invitation', 'ticket');

-- Nobody is here yet.
DELETE FROM instances;
