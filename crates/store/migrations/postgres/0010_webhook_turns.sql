-- Webhooks: endpoints that fail rest, and deliveries are claimed and settled by functions. Each
-- statement of a function sees what was committed before it, so a lock that was waited for is
-- followed by a fresh look, in one round trip.
--
-- The order of locks, which every statement on these tables keeps: the turn of the claim, events,
-- endpoints (several by id), deliveries, attempts. Statements that hold one delivery do not wait
-- for another, and none locks a row and then updates it in the same statement: while the row's
-- children are inserted, such an update waits for those who wait for its own lock.

-- The first failed attempt of a row of failures without a success in between.
alter table docket.webhook_endpoints add column failing_since timestamptz;
-- Until then a failing endpoint gets no attempt.
alter table docket.webhook_endpoints add column resting_until timestamptz;

-- Attempts under way: few, however many deliveries wait.
create index webhook_deliveries_under_way on docket.webhook_deliveries (endpoint_id, next_attempt_at)
    where claim_token is not null;

-- Hands out due deliveries. Processes take turns, so that the bounds hold over all of them.
create function docket.claim_deliveries(
    fixed_at timestamptz, slots bigint, per_endpoint_max bigint, per_account_max bigint,
    lease_us bigint)
returns setof docket.webhook_deliveries
language plpgsql as $claim$
#variable_conflict use_column
declare
    claimed_at timestamptz;
    chosen bigint[];
    free bigint[];
begin
    -- A claim that a crash undoes is made again: it need not wait for the disk.
    perform set_config('synchronous_commit', 'off', true);
    perform pg_advisory_xact_lock(hashtextextended('docket.claim_deliveries', 0));
    claimed_at := coalesce(fixed_at, clock_timestamp());

    chosen := array(
        with recursive waiting (endpoint_id) as (
            -- One step for each endpoint that something waits for, however much it is.
            (select d.endpoint_id from docket.webhook_deliveries d where d.status = 'pending'
                order by d.endpoint_id limit 1)
            union all
            select (select d.endpoint_id from docket.webhook_deliveries d
                where d.status = 'pending' and d.endpoint_id > w.endpoint_id
                order by d.endpoint_id limit 1)
            from waiting w where w.endpoint_id is not null),
        under_way as materialized (
            select e.user_id, e.id as endpoint_id, count(*) as attempts
            from docket.webhook_deliveries d
                join docket.webhook_endpoints e on e.id = d.endpoint_id
            where d.claim_token is not null and d.next_attempt_at > claimed_at
            group by e.user_id, e.id),
        due as (
            select d.seq, d.next_attempt_at, e.user_id,
                coalesce(u.attempts, 0)
                    + row_number() over (partition by e.id order by d.next_attempt_at, d.seq)
                    as endpoint_turn
            from waiting w
                join docket.webhook_endpoints e on e.id = w.endpoint_id
                left join under_way u on u.endpoint_id = e.id
                cross join lateral (
                    select d.seq, d.next_attempt_at from docket.webhook_deliveries d
                    where d.endpoint_id = e.id and d.status = 'pending'
                        and d.next_attempt_at <= claimed_at
                    order by d.next_attempt_at, d.seq
                    limit least(slots, greatest(0, case when e.failures_in_a_row > 0 then 1
                        else per_endpoint_max end - coalesce(u.attempts, 0)))) d
            where e.disabled_at is null
                and (e.resting_until is null or e.resting_until <= claimed_at)),
        turns as (
            select due.seq, due.next_attempt_at,
                coalesce(a.attempts, 0) + row_number() over (
                    partition by due.user_id order by due.endpoint_turn, due.next_attempt_at, due.seq)
                    as account_turn
            from due left join (
                select user_id, sum(attempts) as attempts from under_way group by user_id) a
                on a.user_id = due.user_id)
        select turns.seq from turns where turns.account_turn <= per_account_max
        order by turns.account_turn, turns.next_attempt_at, turns.seq
        limit slots);

    -- What a replay holds at this moment is left for the next claim.
    free := array(
        select d.seq from docket.webhook_deliveries d
        where d.seq = any(chosen) and d.status = 'pending' and d.next_attempt_at <= claimed_at
        for update skip locked);

    return query
        with taken as (
            update docket.webhook_deliveries d set attempts = d.attempts + 1, tries = d.tries + 1,
                claim_token = gen_random_uuid(),
                next_attempt_at = claimed_at + lease_us * interval '1 microsecond'
            where d.seq = any(free)
            returning d.*),
        logged as (
            insert into docket.webhook_attempts (delivery_id, attempt, at)
            select taken.id, taken.attempts, claimed_at from taken)
        select * from taken;
end
$claim$;

-- Ends attempts: `settled`, `disabled` (settled, and the endpoint was disabled by it), `lost` (the
-- attempt is no longer this one), or `busy` where another statement holds the delivery and the call
-- may not wait. A call with several attempts must not wait.
create function docket.settle_deliveries(
    fixed_at timestamptz, may_wait boolean, ids uuid[], endpoint_ids uuid[], tokens uuid[],
    numbers integer[], statuses text[], delays_us bigint[], codes integer[], errors text[],
    durations_ms bigint[], gone boolean[], failures_max integer, disable_after_us bigint,
    pause_us bigint, pause_us_max bigint)
returns table (token uuid, outcome text)
language plpgsql as $settle$
#variable_conflict use_column
declare
    settled_at timestamptz;
    judged uuid[];
    held bigint[];
    disabled uuid[];
begin
    -- Only endpoints whose health changes: the rows of healthy ones stay cold.
    judged := array(
        select e.id from docket.webhook_endpoints e
        where e.id = any(endpoint_ids) and (e.failures_in_a_row > 0
            or e.id in (select x.endpoint_id from unnest(endpoint_ids, errors) x (endpoint_id, error)
                where x.error is not null))
        order by e.id for no key update);
    settled_at := coalesce(fixed_at, clock_timestamp());

    if may_wait then
        held := array(
            select d.seq from docket.webhook_deliveries d
                join unnest(ids, tokens) x (id, token) on d.id = x.id and d.claim_token = x.token
            for update of d);
    else
        held := array(
            select d.seq from docket.webhook_deliveries d
                join unnest(ids, tokens) x (id, token) on d.id = x.id and d.claim_token = x.token
            for update of d skip locked);
    end if;

    update docket.webhook_deliveries d set status = x.status, claim_token = null,
        next_attempt_at = case when x.status = 'pending'
            then settled_at + x.delay_us * interval '1 microsecond' end,
        ended_at = case when x.status <> 'pending' then settled_at end,
        last_status_code = x.code, last_error = x.error
    from unnest(ids, statuses, delays_us, codes, errors) x (id, status, delay_us, code, error)
    where d.id = x.id and d.seq = any(held);

    update docket.webhook_attempts a
    set duration_ms = x.duration_ms, status_code = x.code, error = x.error
    from unnest(ids, numbers, durations_ms, codes, errors) x (id, number, duration_ms, code, error)
        join docket.webhook_deliveries d on d.id = x.id and d.seq = any(held)
    where a.delivery_id = x.id and a.attempt = x.number;

    if cardinality(judged) > 0 then
        with ends as (
            -- Of attempts that end together, one that succeeds shows that the endpoint works.
            select d.endpoint_id, bool_or(x.error is null) as works, bool_or(x.gone) as gone,
                (count(*) filter (where x.error is not null))::integer as failures
            from unnest(ids, errors, gone) x (id, error, gone)
                join docket.webhook_deliveries d on d.id = x.id and d.seq = any(held)
            where d.endpoint_id = any(judged)
            group by d.endpoint_id),
        health as (
            select e.id, e.disabled_at, ends.gone,
                case when ends.works then 0 else e.failures_in_a_row + ends.failures end as failures,
                case when not ends.works then coalesce(e.failing_since, settled_at) end as since
            from docket.webhook_endpoints e join ends on ends.endpoint_id = e.id),
        verdicts as (
            select health.*, case
                when health.disabled_at is not null then null
                when health.gone then 'gone'
                when health.failures >= failures_max
                    and settled_at - health.since >= disable_after_us * interval '1 microsecond'
                    then 'failures' end as reason
            from health),
        changed as (
            update docket.webhook_endpoints e set
                failures_in_a_row = v.failures,
                failing_since = v.since,
                resting_until = case when v.failures >= 2 then settled_at + interval '1 microsecond'
                    * least(pause_us_max, pause_us * power(2, least(v.failures - 2, 30))) end,
                disabled_at = case when v.reason is not null then settled_at else e.disabled_at end,
                disabled_reason = coalesce(v.reason, e.disabled_reason)
            from verdicts v where e.id = v.id
            returning e.id, v.reason)
        select array_agg(changed.id) into disabled from changed where changed.reason is not null;
    end if;

    return query
        select x.token, case
            when d.seq = any(held) and x.error is not null and d.endpoint_id = any(disabled)
                then 'disabled'
            when d.seq = any(held) then 'settled'
            when d.claim_token = x.token then 'busy'
            else 'lost' end
        from unnest(ids, tokens, errors) x (id, token, error)
            left join docket.webhook_deliveries d on d.id = x.id;
end
$settle$;

-- Nobody but the owner of the tables calls them.
revoke all on function docket.claim_deliveries(timestamptz, bigint, bigint, bigint, bigint)
    from public;
revoke all on function docket.settle_deliveries(timestamptz, boolean, uuid[], uuid[], uuid[],
    integer[], text[], bigint[], integer[], text[], bigint[], boolean[], integer, bigint, bigint,
    bigint) from public;
