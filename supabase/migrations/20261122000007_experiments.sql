-- Experiments with all that they are judged by: control, metric, guardrails, plan, and who takes part.

create function arms_are_sound(arms jsonb) returns boolean language sql immutable set search_path = '' as $$
    select coalesce(bool_and(weight >= 0) and sum(weight) > 0, false)
    from (select case when jsonb_typeof(value) = 'number' then value::float8 else -1 end as weight
          from jsonb_each(arms)) as weights
$$;
comment on function arms_are_sound is 'whether every weight is a number of 0 or more, and one is more';

create function namespace_is_sound(namespace jsonb) returns boolean language sql immutable set search_path = '' as $$
    select jsonb_typeof(namespace->'name') = 'string' and jsonb_typeof(namespace->'start') = 'number'
        and jsonb_typeof(namespace->'end') = 'number' and namespace->'start' < namespace->'end'
$$;

revoke execute on function arms_are_sound(jsonb), namespace_is_sound(jsonb) from public;

alter table experiments
    add column control text not null default 'control',
    add column metric text not null default 'demo_requested' check (metric in ('demo_requested', 'purchase_completed')),
    add column guardrails text[] not null default '{opt_outs,handoffs,blocks}'
        check (guardrails <@ '{opt_outs,handoffs,blocks}'),
    add column baseline double precision not null default 0.1 check (baseline > 0 and baseline < 1),
    add column minimum_effect double precision not null default 0.2 check (minimum_effect > 0),
    add column people_per_arm integer not null default 10000 check (people_per_arm >= 100),
    add column window_days double precision not null default 7 check (window_days > 0 and window_days <= 90),
    add column coverage double precision not null default 1 check (coverage > 0 and coverage <= 1),
    add column namespace jsonb check (coalesce(namespace_is_sound(namespace), namespace is null)),
    add column winner text,
    add check (arms_are_sound(arms)),
    add check (baseline * (1 + minimum_effect) < 1),
    add check (winner is null or stopped_at is not null),
    add check (stopped_at is null or stopped_at >= started_at);
comment on column experiments.control is 'the arm that the others are compared with';
comment on column experiments.baseline is 'the rate of the metric that is expected of the control';
comment on column experiments.minimum_effect is 'the smallest relative lift that is worth having: 0.2 is +20 %';
comment on column experiments.window_days is 'how long after exposure an outcome counts';
comment on column experiments.coverage is 'the share of people who take part at all';
comment on column experiments.namespace is 'object of name, start and end: the stretch of a namespace that is owned';
comment on column experiments.winner is 'the arm that new people get since the experiment was stopped';

-- Weights may be changed while an experiment runs, so each person keeps those that they were assigned under: the split
-- is checked against them, and arms are compared among people who had the same chances.
alter table assignments add column weights jsonb check (jsonb_typeof(weights) = 'object');
create index on assignments (lead_id);
