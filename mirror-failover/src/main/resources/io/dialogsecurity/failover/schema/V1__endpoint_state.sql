-- Every row is found by the first 128 bits of the SHA-256 of its definition, and carries a checksum over all of it.
-- Times are milliseconds since the epoch, UTC. A version counts the writes of a row, whoever writes it.

CREATE TABLE ds_tail (
    tail_name BIGINT NOT NULL PRIMARY KEY,
    tail_position BIGINT NOT NULL,
    check_sum BIGINT NOT NULL
);

-- How many rows there are: kept with them, because counting takes long.
CREATE TABLE ds_count (
    kind INTEGER NOT NULL,
    claimant BIGINT NOT NULL,
    row_count BIGINT NOT NULL,
    PRIMARY KEY (kind, claimant)
);

-- The claimant is a hash of the service whose claims a guard's window is about, and 0 for a receiver's window. The first part is in
-- the row: a short dialog, of which there may be millions, has no other. Parts is the sum of the checksums of all of them.
CREATE TABLE ds_window (
    key_high BIGINT NOT NULL,
    key_low BIGINT NOT NULL,
    definition ${bytes} NOT NULL,
    service VARCHAR(1000) NOT NULL,
    claimant BIGINT NOT NULL,
    newest BIGINT NOT NULL,
    last_number BIGINT NOT NULL,
    parts BIGINT NOT NULL,
    row_version BIGINT NOT NULL,
    changed BIGINT NOT NULL,
    check_sum BIGINT NOT NULL,
    places ${bytes},
    PRIMARY KEY (key_high, key_low)
);
CREATE INDEX ds_window_changed ON ds_window (claimant, changed);

-- Of the newest numbers, but for the first part; of older ones, runs of numbers and pages of them.
CREATE TABLE ds_window_part (
    key_high BIGINT NOT NULL,
    key_low BIGINT NOT NULL,
    part BIGINT NOT NULL,
    places ${bytes} NOT NULL,
    PRIMARY KEY (key_high, key_low, part)
);

-- Under which envelopes are known: it opens nothing. There is one row.
CREATE TABLE ds_identity_secret (
    one INTEGER NOT NULL PRIMARY KEY,
    secret ${bytes} NOT NULL,
    check_sum BIGINT NOT NULL
);

CREATE TABLE ds_send_sequence (
    key_high BIGINT NOT NULL,
    key_low BIGINT NOT NULL,
    definition ${bytes} NOT NULL,
    service VARCHAR(1000) NOT NULL,
    last_number BIGINT NOT NULL,
    reserved_to BIGINT NOT NULL,
    tail_name BIGINT NOT NULL,
    row_version BIGINT NOT NULL,
    changed BIGINT NOT NULL,
    check_sum BIGINT NOT NULL,
    PRIMARY KEY (key_high, key_low)
);
CREATE INDEX ds_send_sequence_changed ON ds_send_sequence (changed);

-- Layers 2 and 3 as they were on the wire, once for all dialogs of a service pair.
CREATE TABLE ds_pair (
    pair_high BIGINT NOT NULL,
    pair_low BIGINT NOT NULL,
    layers ${bytes} NOT NULL,
    changed BIGINT NOT NULL,
    PRIMARY KEY (pair_high, pair_low)
);

CREATE TABLE ds_dialog (
    key_high BIGINT NOT NULL,
    key_low BIGINT NOT NULL,
    definition ${bytes} NOT NULL,
    service VARCHAR(1000) NOT NULL,
    own_index INTEGER NOT NULL,
    suite INTEGER NOT NULL,
    pair_high BIGINT NOT NULL,
    pair_low BIGINT NOT NULL,
    status INTEGER NOT NULL,
    row_version BIGINT NOT NULL,
    changed BIGINT NOT NULL,
    check_sum BIGINT NOT NULL,
    PRIMARY KEY (key_high, key_low)
);
CREATE INDEX ds_dialog_changed ON ds_dialog (changed);
CREATE INDEX ds_dialog_pair ON ds_dialog (pair_high, pair_low);

-- What is left of a closed dialog.
CREATE TABLE ds_tombstone (
    key_high BIGINT NOT NULL,
    key_low BIGINT NOT NULL,
    own_index INTEGER NOT NULL,
    suite INTEGER NOT NULL,
    status INTEGER NOT NULL,
    changed BIGINT NOT NULL,
    check_sum BIGINT NOT NULL,
    PRIMARY KEY (key_high, key_low)
);
CREATE INDEX ds_tombstone_changed ON ds_tombstone (changed);
