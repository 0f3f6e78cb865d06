-- Webhooks: endpoints that fail rest, and attempts under way are counted by endpoint and account.

-- The first failed attempt of a row of failures without a success in between.
alter table webhook_endpoints add column failing_since integer;
-- Until then a failing endpoint gets no attempt.
alter table webhook_endpoints add column resting_until integer;

-- Attempts under way: few, however many deliveries wait.
create index webhook_deliveries_under_way on webhook_deliveries (endpoint_id, next_attempt_at)
    where claim_token is not null;
