-- What the world tells by webhook, stored before it is acknowledged, and the signed links to files.

create table webhook_events (
    id bigint generated always as identity primary key,
    provider text not null check (provider ~ '^[a-z]{2,20}$'),
    event_id text not null check (length(event_id) between 1 and 200),
    kind text not null check (length(kind) between 1 and 100),
    payload jsonb not null,
    received_at timestamptz not null,
    status text not null default 'pending' check (status in ('pending', 'done', 'ignored', 'failed')),
    attempts integer not null default 0,
    error text,
    done_at timestamptz,
    unique (provider, event_id),
    check ((status = 'pending') = (done_at is null))
);
comment on column webhook_events.done_at is 'when it was done, ignored or given up';
create index webhook_events_open on webhook_events (status, received_at) where status in ('pending', 'failed');
create index webhook_events_old on webhook_events (done_at) where done_at is not null;

-- A token carries only this row's id. Whose it is and what it opens is told here.
create table shared_links (
    id uuid primary key default gen_random_uuid(),
    lead_id uuid not null references leads on delete cascade,
    kind text not null check (kind in ('resource', 'preview')),
    resource_id bigint references free_resources on delete cascade,
    course_id bigint references courses on delete cascade,
    turn_id text not null,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    opened_at timestamptz,
    key text not null unique,
    check (expires_at > created_at),
    check ((kind = 'resource') = (resource_id is not null)),
    check ((kind = 'preview') = (course_id is not null))
);
create index on shared_links (lead_id, created_at desc);

alter table webhook_events enable row level security;
alter table shared_links enable row level security;
