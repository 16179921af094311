-- The journal's tables, for a database in which the hosts may not make any: psql -d network_cluster -f hocon/postgresql.sql, as the owner. Hosts make the same by themselves at their first start where
-- they may. A role for the hosts needs no more than the rights at the end: what is journaled is never changed and never deleted. With it, in the hosts' configuration:
--   akka.persistence.journal.sql.auto-initialize = off
--   akka.persistence.snapshot-store.sql.auto-initialize = off

CREATE TABLE journal (
    ordering bigint GENERATED ALWAYS AS IDENTITY,
    created bigint NOT NULL,
    deleted boolean NOT NULL,
    persistence_id text NOT NULL,
    sequence_number bigint NOT NULL,
    message bytea NOT NULL,
    manifest text,
    identifier integer,
    writer_uuid text,
    CONSTRAINT "PK_journal" PRIMARY KEY (ordering),
    -- The last fence: whoever wrote an entity's next fact first has it, and the other finds out.
    CONSTRAINT journal_uq UNIQUE (persistence_id, sequence_number)
);
CREATE INDEX journal_created_idx ON journal (created);
CREATE INDEX journal_sequence_number_idx ON journal (sequence_number);

-- Made by the journal's plugin, and empty: nothing here is tagged.
CREATE TABLE tags (
    ordering_id bigint NOT NULL,
    tag text NOT NULL,
    sequence_nr bigint NOT NULL,
    persistence_id text NOT NULL,
    CONSTRAINT "PK_tags" PRIMARY KEY (ordering_id, tag)
);
CREATE INDEX tags_persistence_id_sequence_nr_idx ON tags (persistence_id, sequence_nr);
CREATE INDEX tags_tag_idx ON tags (tag);

-- May be emptied at any time while no host runs: what is in it is made again from the journal.
CREATE TABLE snapshot (
    persistence_id text NOT NULL,
    sequence_number bigint NOT NULL,
    created bigint NOT NULL,
    snapshot bytea,
    manifest text,
    serializer_id integer,
    CONSTRAINT "PK_snapshot" PRIMARY KEY (persistence_id, sequence_number)
);
CREATE INDEX snapshot_created_idx ON snapshot (created);
CREATE INDEX snapshot_sequence_number_idx ON snapshot (sequence_number);

-- CREATE ROLE network_cluster LOGIN;
-- GRANT SELECT, INSERT ON journal, tags TO network_cluster;
-- GRANT SELECT, INSERT, UPDATE, DELETE ON snapshot TO network_cluster;
