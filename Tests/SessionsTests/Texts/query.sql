-- How many parcels each depot has received, delivered and lost in the last thirty days.
CREATE TABLE IF NOT EXISTS depots (
    id            BIGINT PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    name          VARCHAR(120) NOT NULL UNIQUE,
    country_code  CHAR(2) NOT NULL DEFAULT 'DE',
    opened_at     TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE IF NOT EXISTS parcels (
    id            BIGINT PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    depot_id      BIGINT NOT NULL REFERENCES depots (id) ON DELETE CASCADE,
    weight_grams  INTEGER NOT NULL CHECK (weight_grams > 0),
    status        VARCHAR(16) NOT NULL CHECK (status IN ('received', 'in_transit', 'delivered', 'lost')),
    received_at   TIMESTAMP WITH TIME ZONE NOT NULL,
    delivered_at  TIMESTAMP WITH TIME ZONE
);

CREATE INDEX parcels_by_depot_and_time ON parcels (depot_id, received_at DESC);
CREATE INDEX parcels_by_status ON parcels (status) WHERE status <> 'delivered';

WITH recent AS (
    SELECT p.depot_id,
           p.status,
           p.weight_grams,
           EXTRACT(EPOCH FROM (p.delivered_at - p.received_at)) / 3600.0 AS hours
    FROM parcels AS p
    WHERE p.received_at >= CURRENT_DATE - INTERVAL '30 days'
), totals AS (
    SELECT depot_id,
           COUNT(*) AS received,
           COUNT(*) FILTER (WHERE status = 'delivered') AS delivered,
           COUNT(*) FILTER (WHERE status = 'lost') AS lost,
           SUM(weight_grams) / 1000.0 AS kilograms,
           PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY hours) AS median_hours,
           PERCENTILE_CONT(0.95) WITHIN GROUP (ORDER BY hours) AS slow_hours
    FROM recent
    GROUP BY depot_id
)
SELECT d.name,
       d.country_code,
       COALESCE(t.received, 0) AS received,
       COALESCE(t.delivered, 0) AS delivered,
       ROUND(100.0 * COALESCE(t.lost, 0) / NULLIF(t.received, 0), 2) AS lost_percent,
       ROUND(t.kilograms, 1) AS kilograms,
       ROUND(t.median_hours::NUMERIC, 1) AS median_hours,
       RANK() OVER (PARTITION BY d.country_code ORDER BY t.slow_hours NULLS LAST) AS place
FROM depots AS d
LEFT JOIN totals AS t ON t.depot_id = d.id
WHERE d.opened_at < CURRENT_DATE
ORDER BY d.country_code, place, d.name
LIMIT 100;
