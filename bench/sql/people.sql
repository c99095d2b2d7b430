-- A practice's team, clients, parents and arrangements, from the one row of bench_practice. The stage_ tables are
-- plain: COPY and row-level security do not go together, so everything is staged and then inserted set by set.
CREATE UNLOGGED TABLE stage_member AS
SELECT n, uuidv7() AS id, uuidv7() AS user_id FROM bench_practice, generate_series(0, clinicians - 1) AS n;

INSERT INTO team_user (id, password, email, is_active)
SELECT user_id, '!', format('clinician%s.%s@kinbook.example', n, practice.id), true
FROM stage_member, bench_practice AS practice;

INSERT INTO team_member (version, id, practice_id, user_id, title, first_name, last_name, email, npi, colour)
SELECT 1, stage.id, practice.id, user_id, 'Dr', 'Clinician', format('Number %s', n), 'clinician@kinbook.example', '',
       1 + n % 8
FROM stage_member AS stage, bench_practice AS practice;

INSERT INTO team_seat (id, practice_id, member_id, user_id)
SELECT uuidv7(), practice.id, stage.id, user_id FROM stage_member AS stage, bench_practice AS practice;

INSERT INTO access_rolegrant (id, practice_id, member_id, role, starts_on, granted_by)
SELECT uuidv7(), practice.id, stage.id, 'clinician_billing', '2015-01-01', ''
FROM stage_member AS stage, bench_practice AS practice;

INSERT INTO practice_location (version, id, practice_id, name, street, city, is_telehealth, is_active)
SELECT 1, uuidv7(), id, 'Room 1', '', '', false, true FROM bench_practice;

CREATE UNLOGGED TABLE stage_service AS
SELECT n, uuidv7() AS id, (ARRAY[12000, 15001, 9050])[n + 1] AS cents FROM generate_series(0, 2) AS n;

INSERT INTO practice_service (version, id, practice_id, name, code, fee_cents, minutes, missed_fee_cents, is_active)
SELECT 1, stage.id, practice.id, format('Session %s', n), '', cents, 50, 6000, true
FROM stage_service AS stage, bench_practice AS practice;

-- Of ten clients two are adults who pay themselves, two are siblings with one payer; then two alternate by appointment,
-- one by week, one by custody calendar, and two are split.
CREATE UNLOGGED TABLE stage_client AS
SELECT n, n % clinicians AS clinician, uuidv7() AS id, uuidv7() AS party_id, uuidv7() AS arrangement_id,
       n % 10 < 2 AS is_adult, n - (n % 10 = 3)::int AS family,
       (ARRAY['single', 'single', 'single', 'single', 'by_appointment', 'by_appointment', 'by_week', 'custody',
              'percent', 'percent'])[1 + n % 10] AS mode
FROM bench_practice, generate_series(0, clients - 1) AS n;

-- The parents of each family: 1 and 2. An adult has none.
CREATE UNLOGGED TABLE stage_parent AS
SELECT family, place, uuidv7() AS id
FROM (SELECT DISTINCT family FROM stage_client WHERE NOT is_adult) AS families, generate_series(1, 2) AS place;

CREATE UNLOGGED TABLE stage_client_payer AS
SELECT stage.*, CASE WHEN is_adult THEN party_id ELSE one.id END AS first_id, other.id AS second_id
FROM stage_client AS stage
LEFT JOIN stage_parent AS one ON one.family = stage.family AND one.place = 1
LEFT JOIN stage_parent AS other ON other.family = stage.family AND other.place = 2;

-- Last names begin alike for one client in `beginnings`, so that three typed letters find a page of them.
CREATE UNLOGGED TABLE stage_party AS
SELECT party.*, word.first_name, word.last_name, lower(word.last_name || ' ' || word.first_name) AS sort_name,
       lower(word.first_name || '.' || word.last_name) || party.n || '.' || place || '@example.org' AS address,
       '1603' || lpad(((party.n * 3 + place) % 10000000)::text, 7, '0') AS digits
FROM (
  SELECT party_id AS id, n, family, 0 AS place, is_adult FROM stage_client
  UNION ALL SELECT id, family, family, place, true FROM stage_parent
) AS party, bench_practice AS practice, LATERAL (
  SELECT (ARRAY['Ada', 'Ben', 'Cleo', 'Dan', 'Eva', 'Finn', 'Gus', 'Hana', 'Ida', 'Jon', 'Kira', 'Leo', 'Mia', 'Noa',
                'Otto', 'Pia', 'Rosa', 'Sam', 'Tess', 'Vera'])[1 + (party.n * 7 + place * 3) % 20] AS first_name,
         (ARRAY['Mar', 'Gar', 'Lin', 'Kov', 'Ros', 'Ber', 'Hol', 'Tan', 'San', 'Del', 'Fer', 'Win', 'Pet', 'Nov', 'Cas',
                'Vil', 'Jen', 'Ort', 'Sto', 'Bra'])[1 + family % beginnings]
         || (ARRAY['tin', 'ano', 'berg', 'ville', 'dale', 'ski', 'man', 'son', 'etti', 'ova', 'stein', 'wood', 'ford',
                   'ley', 'mond', 'hart', 'ton', 'kin', 'ard', 'ell', 'ing', 'ero', 'ado', 'ez', 'is'])
                   [1 + (family / 20) % 25] AS last_name
) AS word;

INSERT INTO people_party (version, id, practice_id, kind, first_name, last_name, goes_by, organization_kind,
                          date_of_birth, street, city, region, postal_code, country, sort_name, slot, created_at)
SELECT 1, stage.id, practice.id, 'person', first_name, last_name, '', '',
       practice.today - CASE WHEN is_adult THEN 14000 ELSE 3500 END - stage.n % 1000, '1 Main Street', 'Portsmouth',
       'NH', '03801', 'US', sort_name, CASE WHEN place > 0 OR is_adult THEN greatest(place, 1) END, now()
FROM stage_party AS stage, bench_practice AS practice;

INSERT INTO people_email (id, practice_id, party_id, address, type, may_email, position)
SELECT uuidv7(), practice.id, stage.id, address, 'home', true, 0
FROM stage_party AS stage, bench_practice AS practice;

INSERT INTO people_phone (id, practice_id, party_id, number, digits, type, permission, position)
SELECT uuidv7(), practice.id, stage.id, digits, digits, 'mobile', 'text_voicemail', 0
FROM stage_party AS stage, bench_practice AS practice;

INSERT INTO people_searchword (practice_id, word, party_id)
SELECT DISTINCT practice.id, word, stage.id
FROM stage_party AS stage, bench_practice AS practice,
     unnest(ARRAY[lower(first_name), lower(last_name), address, digits, right(digits, 10), right(digits, 7),
                  right(digits, 4)]) AS word;

INSERT INTO people_client (version, id, practice_id, type, status, party_id, couple_name, sort_name, reminders,
                           created_at)
SELECT 1, stage.id, practice.id, CASE WHEN stage.is_adult THEN 'adult' ELSE 'minor' END,
       CASE WHEN stage.n % 20 = 19 THEN 'inactive' ELSE 'active' END, party_id, '', sort_name, true, now()
FROM stage_client AS stage JOIN stage_party AS party ON party.id = party_id, bench_practice AS practice;

INSERT INTO people_contact (version, id, practice_id, client_id, party_id, relationship, legal_guardian,
                            emergency_contact, reminders, position)
SELECT 1, uuidv7(), practice.id, stage.id, parent.id, 'parent', true, place = 1, false, place
FROM stage_client AS stage JOIN stage_parent AS parent USING (family), bench_practice AS practice
WHERE NOT is_adult;

INSERT INTO access_assignment (id, practice_id, client_id, member_id, is_primary, starts_on)
SELECT uuidv7(), practice.id, stage.id, member.id, true, '2015-01-01'
FROM stage_client AS stage JOIN stage_member AS member ON member.n = clinician, bench_practice AS practice;

INSERT INTO whopays_arrangement (id, practice_id, client_id, rule, exceptions, counts_with, set_by, set_at)
SELECT arrangement_id, practice.id, stage.id, CASE mode
         WHEN 'single' THEN jsonb_build_object('mode', mode, 'payers', jsonb_build_array(first_id))
         WHEN 'custody' THEN jsonb_build_object('mode', mode, 'anchor', '2024-01-01', 'cycle', to_jsonb(
           ARRAY[first_id, first_id, second_id, second_id, first_id, first_id, first_id, first_id, first_id, second_id,
                 second_id, second_id, second_id, second_id]))
         ELSE jsonb_build_object('mode', mode, 'payers', jsonb_build_array(first_id, second_id),
                                 'anchor', '2024-01-01', 'weights',
                                 CASE mode WHEN 'percent' THEN '[6000, 4000]'::jsonb ELSE '[1, 1]'::jsonb END)
       END, '[]', arrangement_id, '', now()
FROM stage_client_payer AS stage, bench_practice AS practice;

INSERT INTO whopays_arrangementpayer (id, practice_id, arrangement_id, client_id, party_id, by_default_rule)
SELECT uuidv7(), practice.id, arrangement_id, stage.id, party, true
FROM stage_client_payer AS stage, bench_practice AS practice, unnest(ARRAY[first_id, second_id]) AS party
WHERE party = first_id OR mode <> 'single';
