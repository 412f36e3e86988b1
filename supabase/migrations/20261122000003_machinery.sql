-- What keeps a promise through a crash (inbox, outbox, leases) and what lets the product learn (experiments, selections).

-- Stored before the channel is acknowledged. `turn_id` is given when a turn takes the row, so that a turn that is run
-- again takes exactly the same rows.
create table inbox (
    id bigint generated always as identity primary key,
    channel text not null,
    update_id bigint not null,
    chat text not null,
    input jsonb not null,
    received_at timestamptz not null default now(),
    turn_id text,
    attempts integer not null default 0,
    done_at timestamptz,
    unique (channel, update_id)
);
create index inbox_waiting on inbox (channel, chat, id) where done_at is null;

-- `key` is "turn id:position": writing a turn's messages again changes nothing.
create table outbox (
    id bigint generated always as identity primary key,
    channel text not null,
    chat text not null,
    lead_id uuid references leads on delete cascade,
    turn_id text not null,
    message jsonb not null,
    prompt_hash text references prompt_versions,
    about_handoff bigint references handoffs on delete set null,
    status text not null default 'pending' check (status in ('pending', 'sending', 'sent', 'failed', 'recorded')),
    attempts integer not null default 0,
    not_before timestamptz not null default now(),
    lease_until timestamptz,
    external_id text,
    error text,
    created_at timestamptz not null default now(),
    sent_at timestamptz,
    key text not null unique
);
create index outbox_waiting on outbox (channel, chat, id) where status in ('pending', 'sending');
create index outbox_external on outbox (channel, chat, external_id) where external_id is not null;

-- A file that the channel already holds, so that it is uploaded once.
create table channel_files (
    channel text not null,
    path text not null,
    digest text not null,
    external_id text not null,
    primary key (channel, path, digest)
);

create table leases (
    name text primary key,
    holder text not null,
    until timestamptz not null
);

create table experiments (
    id bigint generated always as identity primary key,
    key text not null unique check (key ~ '^[a-z0-9_-]{2,60}$'),
    hypothesis text not null,
    arms jsonb not null check (jsonb_typeof(arms) = 'object'),
    seed text not null,
    started_at timestamptz,
    stopped_at timestamptz,
    is_sample boolean not null default false,
    created_at timestamptz not null default now()
);
comment on column experiments.arms is 'object of arm name to traffic weight, e.g. {"control": 1, "aggressive": 1}';

create table assignments (
    experiment_id bigint not null references experiments on delete cascade,
    lead_id uuid not null references leads on delete cascade,
    arm text not null,
    exposed_at timestamptz not null,
    primary key (experiment_id, lead_id)
);

create table selections (
    id bigint generated always as identity primary key,
    lead_id uuid not null references leads on delete cascade,
    turn_id text not null unique,
    stage text not null,
    arm text not null,
    eligible text[] not null,
    offered text[] not null,
    refused jsonb not null default '{}',
    probabilities jsonb not null,
    suggestion text,
    propensity double precision not null check (propensity > 0 and propensity <= 1),
    exploration_floor double precision not null,
    score double precision not null check (score between 0 and 1),
    predictor text not null,
    features jsonb not null,
    called text[] not null default '{}',
    at timestamptz not null
);
create index on selections (lead_id, at desc);

insert into experiments (key, hypothesis, arms, seed, started_at)
values ('tone', 'A more consultative or a more direct tone changes how many prospects ask for a demo.',
        '{"control": 1, "aggressive": 1, "consultative": 1}', 'tone-2026', '2026-01-01T00:00:00Z');

alter table inbox enable row level security;
alter table outbox enable row level security;
alter table channel_files enable row level security;
alter table leases enable row level security;
alter table experiments enable row level security;
alter table assignments enable row level security;
alter table selections enable row level security;
