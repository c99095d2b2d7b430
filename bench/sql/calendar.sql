-- A practice's calendar and its charges. Every clinician sees 25 clients a week, each of their own in turn; the last
-- `weeks_ahead` weeks lie ahead. So a longer calendar, not a fuller one, holds more appointments.
CREATE UNLOGGED TABLE stage_appointment AS
SELECT counted.n, id, clinician, client, visit, service, is_lost, local AT TIME ZONE 'America/New_York' AS starts_at, local::date AS on_date, local::date >= today AS ahead,
       CASE WHEN local::date >= today THEN 'scheduled' WHEN NOT decided THEN 'show'
            ELSE (ARRAY['show', 'no_show', 'show', 'late_cancelled', 'cancelled'])[
              CASE WHEN n % 25 IN (3, 11, 19) THEN 1 + n % 5 ELSE 1 END] END AS status
FROM (
  SELECT n, uuidv7() AS id, n % clinicians AS clinician,
         n % clinicians + clinicians * ((n / clinicians) % (clients / clinicians)) AS client,
         n / clients AS visit, n % 3 AS service, today, decided, decided AND n % 101 = 7 AS is_lost,
         date_trunc('week', today) + interval '1 week' * ((n / clinicians) / 25 - weeks + weeks_ahead + 1)
           + interval '1 day' * ((n / clinicians) % 5)
           + interval '1 hour' * (9 + ((n / clinicians) % 25) / 5) AS local
  FROM (SELECT *, ceil(appointments / clinicians / 25.0)::int AS weeks FROM bench_practice) AS practice,
       generate_series(0, appointments - 1) AS n
) AS counted;

INSERT INTO scheduling_appointment (version, id, practice_id, client_id, clinician_id, service_id, location_id, starts_at,
                                    ends_at, on_date, fee_cents, missed_fee_cents, status, confidential, video_link)
SELECT 1, stage.id, practice.id, client.id, member.id, service.id, location.id, starts_at,
       starts_at + interval '50 minutes', on_date, service.cents, 6000, status, false, ''
FROM stage_appointment AS stage
JOIN stage_client AS client ON client.n = stage.client
JOIN stage_member AS member ON member.n = stage.clinician
JOIN stage_service AS service ON service.n = stage.service
JOIN bench_practice AS practice ON true
JOIN practice_location AS location ON location.practice_id = practice.id;

CREATE UNLOGGED TABLE stage_charge AS
SELECT stage.id, client.id AS client_id, client.mode, client.arrangement_id, first_id, second_id, stage.on_date, starts_at,
       visit, service.id AS service_id, member.id AS clinician_id, status, is_lost,
       CASE WHEN status = 'scheduled' THEN 'scheduled' WHEN status = 'cancelled' THEN 'idle' ELSE 'billable' END AS state,
       CASE WHEN status IN ('no_show', 'late_cancelled') THEN 6000 ELSE service.cents END AS cents,
       on_date < practice.today - 14 AND status NOT IN ('scheduled', 'cancelled') AND decided AND NOT is_lost AS billed
FROM stage_appointment AS stage
JOIN stage_client_payer AS client ON client.n = stage.client
JOIN stage_service AS service ON service.n = stage.service
JOIN stage_member AS member ON member.n = stage.clinician, bench_practice AS practice;

-- Who pays, where the practice's decisions are part of what is built: by turns of visits, or 60 to 40.
CREATE UNLOGGED TABLE stage_share AS
SELECT uuidv7() AS id, charge.id AS charge_id, client_id, service_id, clinician_id, part.payer AS payer_id, part.cents,
       charge.cents AS charge_cents, part.position, state = 'billable' AS billable, on_date, charge.billed,
       visit / 3 AS term, NULL::uuid AS invoice_id, NULL::text AS invoice_name
FROM stage_charge AS charge, bench_practice AS practice, LATERAL (
  SELECT first_id AS payer, (cents * 6) / 10 AS cents, 0 AS position WHERE mode = 'percent'
  UNION ALL SELECT second_id, cents - (cents * 6) / 10, 1 WHERE mode = 'percent'
  UNION ALL SELECT CASE WHEN mode = 'single' OR visit % 2 = 0 THEN first_id ELSE second_id END, cents, 0
    WHERE mode <> 'percent'
) AS part
WHERE state <> 'idle' AND NOT is_lost AND practice.decided;

INSERT INTO whopays_charge (id, practice_id, client_id, kind, state, service_id, description, cents, on_date, moment,
                            confidential, fixed_order, needs, explanation, rule_key, turn_id, given, clinician_id)
SELECT charge.id, practice.id, client_id, CASE WHEN charge.cents = 6000 THEN 'missed' ELSE 'session' END, state,
       service_id, 'Session', charge.cents, on_date, starts_at, false,
       CASE WHEN charge.billed THEN nextval('whopays_fixed_order') END,
       CASE WHEN is_lost AND state <> 'idle' THEN 'No arrangement in force' ELSE '' END, '',
       CASE WHEN decided AND state <> 'idle' AND NOT is_lost THEN arrangement_id || '/' ELSE '' END,
       CASE WHEN decided AND state <> 'idle' AND NOT is_lost AND mode = 'by_appointment'
            THEN CASE WHEN visit % 2 = 0 THEN first_id ELSE second_id END END,
       NULL, clinician_id
FROM stage_charge AS charge, bench_practice AS practice;
