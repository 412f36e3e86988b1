-- Follow-ups of every kind: what gave rise to each, when it is due, how late it may be, and why it was not sent.

alter table follow_ups
    add column subject text not null default '' check (length(subject) <= 80),
    add column about_at timestamptz,
    add column planned_for timestamptz,
    add column not_after timestamptz,
    add column guessed_zone text check (length(guessed_zone) <= 80),
    add column postponed integer not null default 0 check (postponed >= 0),
    add column created_at timestamptz not null default now(),
    add check (kind in ('asked', 'demo_booked', 'demo_tomorrow', 'demo_soon', 'demo_missed', 'resource_downloaded',
        'price_asked', 'checkout_left', 'silence'));
comment on column follow_ups.kind is 'the trigger: what gave rise to it';
comment on column follow_ups.subject is 'the row that it is about, as "table:id"; empty when it is about none';
comment on column follow_ups.about_at is 'the moment that it is about, such as the start of a demo';
comment on column follow_ups.due_at is 'when the rule wants it; until it is placed, the moment that the rule counts from';
comment on column follow_ups.planned_for is 'when it is tried: due_at, moved to a good hour; null until it is placed';
comment on column follow_ups.not_after is 'later than this it is not sent any more';
comment on column follow_ups.reason is 'why it was withheld or cancelled; while it is planned, why it was postponed';
comment on column follow_ups.created_at is 'when that happened which it follows up on';
comment on column follow_ups.guessed_zone is 'on whose clock due_at was reckoned, while that is a guess';
create index follow_ups_open on follow_ups (planned_for) where status = 'planned';
create index follow_ups_sent on follow_ups (lead_id, decided_at) where status = 'sent';

-- How far the planner has looked through what happened; one row, which is locked while somebody looks.
create table follow_up_scan (
    single boolean primary key default true check (single),
    scanned_until timestamptz not null
);
insert into follow_up_scan (scanned_until) values (now());
create index on leads (last_seen_at);
-- What follow-ups said is looked for at the start of every turn, and for most people there is nothing.
create index messages_follow_ups on messages (lead_id, id) where starts_with(turn_id, 'follow_up:');

-- At which hours of their own day people answer: counts of those who allowed learning, and nothing of any one person.
create table contact_hours (
    id bigint generated always as identity primary key,
    habits jsonb not null check (jsonb_typeof(habits) = 'object'),
    learned_at timestamptz not null
);

-- Why a job of the queue failed, which the queue itself does not keep. Holds nothing that a person said.
create table job_failures (
    job_id bigint primary key,
    error text not null check (length(error) <= 500),
    at timestamptz not null
);

alter table job_failures enable row level security;
alter table follow_up_scan enable row level security;
alter table contact_hours enable row level security;
