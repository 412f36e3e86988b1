-- The people who write, what they allowed, what was said, and what was promised to them.

create table leads (
    id uuid primary key default gen_random_uuid(),
    channel text not null check (channel in ('telegram', 'console', 'evals')),
    chat text not null check (length(chat) between 1 and 128),
    name text check (length(name) between 1 and 60),
    stage text not null default 'contact' check (stage in ('contact', 'consent', 'name', 'presentation', 'conversation',
        'demo', 'checkout', 'customer', 'handoff', 'opted_out')),
    language text not null default 'es' check (language in ('es', 'en', 'pt')),
    timezone text,
    course_id bigint references courses on delete set null,
    campaign text check (length(campaign) <= 64),
    source text check (length(source) <= 64),
    profile jsonb not null default '{}' check (jsonb_typeof(profile) = 'object'),
    blocked_at timestamptz,
    created_at timestamptz not null default now(),
    last_seen_at timestamptz not null default now(),
    unique (channel, chat)
);

create table consents (
    id bigint generated always as identity primary key,
    lead_id uuid not null references leads on delete cascade,
    kind text not null check (kind in ('talk', 'marketing', 'learning')),
    granted boolean not null,
    text_version text not null,
    at timestamptz not null,
    key text not null unique
);
create index on consents (lead_id, kind, at desc);

create table prompt_versions (
    hash text primary key check (length(hash) = 64),
    files jsonb not null,
    created_at timestamptz not null default now()
);

create table messages (
    id bigint generated always as identity primary key,
    lead_id uuid not null references leads on delete cascade,
    turn_id text not null,
    position integer not null,
    author text not null check (author in ('lead', 'brenda', 'advisor')),
    text text not null,
    payload jsonb,
    prompt_hash text references prompt_versions,
    model text,
    created_at timestamptz not null default now(),
    unique (turn_id, author, position)
);
create index on messages (lead_id, id);

-- One row a thing that happened. `key` makes writing it again harmless; milestones are keyed by lead.
create table events (
    id bigint generated always as identity primary key,
    lead_id uuid not null references leads on delete cascade,
    kind text not null check (kind ~ '^[a-z_]{3,40}$'),
    payload jsonb not null default '{}',
    turn_id text,
    key text not null unique,
    at timestamptz not null default now()
);
create index on events (lead_id, kind);

-- A claim outlives its lead: places are counted from paid sales, and an erasure does not unsell one.
create table offer_claims (
    id bigint generated always as identity primary key,
    offer_id bigint not null references offers on delete cascade,
    lead_id uuid references leads on delete set null,
    status text not null check (status in ('reserved', 'paid', 'released')),
    reserved_until timestamptz,
    created_at timestamptz not null default now(),
    unique (offer_id, lead_id),
    check (status <> 'reserved' or reserved_until is not null)
);
create index on offer_claims (offer_id, status);

create table demo_links (
    id uuid primary key default gen_random_uuid(),
    lead_id uuid not null references leads on delete cascade,
    course_id bigint not null references courses on delete cascade,
    turn_id text not null,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    opened_at timestamptz,
    used_at timestamptz,
    key text not null unique,
    check (expires_at > created_at)
);
create index on demo_links (lead_id, created_at desc);

create table payments (
    id uuid primary key default gen_random_uuid(),
    lead_id uuid references leads on delete set null,
    course_id bigint not null references courses,
    offer_id bigint references offers,
    turn_id text not null,
    provider text not null check (provider in ('sandbox', 'stripe', 'stars')),
    provider_reference text unique,
    status text not null default 'link_sent' check (status in ('link_sent', 'pending', 'paid', 'failed', 'refunded', 'expired')),
    amount numeric(10, 2) not null check (amount > 0),
    currency char(3) not null check (currency ~ '^[A-Z]{3}$'),
    created_at timestamptz not null,
    expires_at timestamptz not null,
    paid_at timestamptz,
    key text not null unique,
    check (expires_at > created_at),
    check ((status in ('paid', 'refunded')) = (paid_at is not null))
);
create index on payments (lead_id, created_at desc);

create table handoffs (
    id bigint generated always as identity primary key,
    lead_id uuid not null references leads on delete cascade,
    advisor_id bigint references advisors on delete set null,
    reason text not null,
    summary text not null,
    status text not null default 'open' check (status in ('open', 'taken', 'returned', 'timed_out')),
    turn_id text not null,
    opened_at timestamptz not null,
    deadline_at timestamptz not null,
    taken_at timestamptz,
    closed_at timestamptz,
    key text not null unique,
    check ((status in ('returned', 'timed_out')) = (closed_at is not null))
);
create unique index one_open_handoff_per_lead on handoffs (lead_id) where closed_at is null;

create table follow_ups (
    id bigint generated always as identity primary key,
    lead_id uuid not null references leads on delete cascade,
    turn_id text not null,
    kind text not null,
    note text not null default '',
    due_at timestamptz not null,
    status text not null default 'planned' check (status in ('planned', 'sent', 'withheld', 'cancelled')),
    reason text,
    decided_at timestamptz,
    key text not null unique
);
create index on follow_ups (lead_id) where status = 'planned';

alter table leads enable row level security;
alter table consents enable row level security;
alter table prompt_versions enable row level security;
alter table messages enable row level security;
alter table events enable row level security;
alter table offer_claims enable row level security;
alter table demo_links enable row level security;
alter table payments enable row level security;
alter table handoffs enable row level security;
alter table follow_ups enable row level security;
