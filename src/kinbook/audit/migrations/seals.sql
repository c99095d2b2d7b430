CALL kinbook_protect('audit_seal');
CALL kinbook_append_only('audit_seal');
REVOKE INSERT ON audit_seal FROM kinbook_application;

-- Entries that stand in no seal yet. Each is queued by the transaction that writes it and leaves with its seal: one
-- whose transaction is not over is not seen, waits, and cannot slip in behind. Nobody waits for anybody.
CREATE TABLE audit_unsealed (
  practice_id uuid NOT NULL,
  entry_id uuid NOT NULL,
  queued_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (practice_id, entry_id)
);
CALL kinbook_protect('audit_unsealed');
REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON audit_unsealed FROM kinbook_application;

CREATE FUNCTION kinbook_queue_for_seal() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
  AS $$
BEGIN
  INSERT INTO audit_unsealed (practice_id, entry_id) SELECT practice_id, id FROM added;
  RETURN NULL;
END $$;
CREATE TRIGGER queued_for_seal AFTER INSERT ON audit_entry
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION kinbook_queue_for_seal();
INSERT INTO audit_unsealed (practice_id, entry_id) SELECT practice_id, id FROM audit_entry;

-- What is said of an entry: all of it, its details by their digest. What is said of a seal: all of it, and the digest
-- of the one before. Both as the text of a JSON array; instants in microseconds, digests in hexadecimal.
CREATE FUNCTION kinbook_micros(instant timestamptz) RETURNS bigint
  LANGUAGE sql STABLE
  AS $$ SELECT (extract(epoch FROM instant) * 1000000)::bigint $$;

CREATE FUNCTION kinbook_entry_digest(entry audit_entry, details_digest bytea) RETURNS bytea
  LANGUAGE sql STABLE
  AS $$
SELECT sha256(convert_to(jsonb_build_array(
  entry.practice_id, entry.id, kinbook_micros(entry.at), entry.viewer_kind, entry.viewer_id, entry.viewer_name,
  entry.action, entry.subject_kind, entry.subject_id, entry.client_id, entry.address, entry.request_id,
  encode(details_digest, 'hex'))::text, 'UTF8'))
$$;

CREATE FUNCTION kinbook_seal_digest(seal audit_seal) RETURNS bytea
  LANGUAGE sql STABLE
  AS $$
SELECT sha256(convert_to(jsonb_build_array(
  seal.practice_id, seal.number, kinbook_micros(seal.sealed_at), encode(seal.previous, 'hex'), to_jsonb(seal.entries),
  (SELECT jsonb_agg(encode(each, 'hex') ORDER BY place) FROM unnest(seal.contents) WITH ORDINALITY AS c(each, place)),
  (SELECT jsonb_agg(encode(each, 'hex') ORDER BY place) FROM unnest(seal.details) WITH ORDINALITY AS d(each, place))
)::text, 'UTF8'))
$$;

-- Seals what waits of the practice that is named, a thousand entries a seal; returns how many entries were sealed.
CREATE FUNCTION kinbook_seal() RETURNS bigint
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
  AS $$
DECLARE
  mine uuid := kinbook_practice();
  seal audit_seal;
  waiting uuid[];
  last uuid := '00000000-0000-0000-0000-000000000000';
  sealed bigint := 0;
BEGIN
  IF mine IS NULL OR NOT pg_try_advisory_xact_lock(hashtextextended('kinbook.seal ' || mine, 0)) THEN
    RETURN 0;
  END IF;
  SELECT * INTO seal FROM audit_seal WHERE practice_id = mine ORDER BY number DESC LIMIT 1;
  LOOP
    waiting := ARRAY (
      SELECT entry_id FROM audit_unsealed WHERE practice_id = mine AND entry_id > last ORDER BY entry_id LIMIT 1000);
    EXIT WHEN waiting = '{}';
    last := waiting[cardinality(waiting)];
    seal.previous := coalesce(seal.digest, ''::bytea);
    SELECT array_agg(kept.id ORDER BY kept.id), array_agg(kinbook_entry_digest(kept, said.digest) ORDER BY kept.id),
      array_agg(said.digest ORDER BY kept.id)
    INTO seal.entries, seal.contents, seal.details
    FROM audit_entry kept, LATERAL (SELECT sha256(convert_to(kept.details::text, 'UTF8')) AS digest) said
    WHERE kept.practice_id = mine AND kept.id = ANY (waiting);
    CONTINUE WHEN seal.entries IS NULL; -- they are gone: they wait for ever, and are told by whoever verifies
    seal.id := gen_random_uuid();
    seal.practice_id := mine;
    seal.number := coalesce(seal.number, 0) + 1;
    seal.sealed_at := clock_timestamp();
    seal.digest := kinbook_seal_digest(seal);
    INSERT INTO audit_seal SELECT seal.*;
    DELETE FROM audit_unsealed WHERE practice_id = mine AND entry_id = ANY (seal.entries);
    sealed := sealed + cardinality(seal.entries);
  END LOOP;
  RETURN sealed;
END $$;

-- For the process that seals: which practices have something to seal, before any practice is named.
CREATE FUNCTION kinbook_practices_to_seal() RETURNS SETOF uuid
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
  AS $$ SELECT DISTINCT practice_id FROM audit_unsealed $$;
