-- Demonstrations with a person: who hosts them and when, and who has booked which hour.

create table demo_hosts (
    id bigint generated always as identity primary key,
    name text not null check (length(name) between 1 and 80),
    role text not null default '' check (length(role) <= 120),
    timezone text not null check (timezone ~ '^[A-Za-z][A-Za-z0-9_+/-]{1,63}$'),
    place text not null check (length(place) between 3 and 300),
    notice_minutes integer not null default 120 check (notice_minutes between 0 and 20160),
    days_ahead integer not null default 14 check (days_ahead between 1 and 60),
    advisor_id bigint references advisors on delete set null,
    is_active boolean not null default true,
    is_sample boolean not null default false,
    created_at timestamptz not null default now()
);
comment on column demo_hosts.timezone is 'IANA name, such as America/Bogota: the clock on which the hours are read';
comment on column demo_hosts.place is 'where the demonstration happens: the address of a video call, or words';
comment on column demo_hosts.notice_minutes is 'nobody can book a demonstration that begins sooner than this';

create table demo_hours (
    id bigint generated always as identity primary key,
    host_id bigint not null references demo_hosts on delete cascade,
    weekday smallint not null check (weekday between 1 and 7),
    opens time not null,
    closes time not null check (closes <= '23:59'),
    slot_minutes integer not null default 30 check (slot_minutes between 5 and 480),
    unique (host_id, weekday, opens),
    check (closes > opens)
);
comment on column demo_hours.weekday is 'ISO: 1 is Monday, 7 is Sunday';

create table demo_absences (
    id bigint generated always as identity primary key,
    host_id bigint not null references demo_hosts on delete cascade,
    starts_at timestamptz not null,
    ends_at timestamptz not null,
    reason text not null default '',
    check (ends_at > starts_at)
);
create index on demo_absences (host_id, ends_at);

-- A booking never changes its hour: whoever moves it gets a new row, and the old one is `moved`. `calendar_uid` stays
-- and `calendar_sequence` grows, so that the person's calendar moves its own entry.
create table bookings (
    id uuid primary key default gen_random_uuid(),
    number bigint generated always as identity unique,
    demo_link_id uuid not null references demo_links on delete cascade,
    lead_id uuid not null references leads on delete cascade,
    course_id bigint not null references courses on delete cascade,
    host_id bigint references demo_hosts on delete set null,
    host_name text not null default '',
    place text not null default '',
    starts_at timestamptz not null,
    ends_at timestamptz not null,
    status text not null default 'booked' check (status in ('booked', 'moved', 'cancelled', 'held', 'missed')),
    visitor_timezone text not null,
    created_at timestamptz not null,
    cancelled_at timestamptz,
    calendar_uid text not null,
    calendar_sequence integer not null default 0 check (calendar_sequence >= 0),
    provider text not null check (provider in ('own', 'calendly')),
    provider_reference text,
    replaces_reference text,
    change_url text,
    cancel_url text,
    key text not null unique,
    check (ends_at > starts_at),
    check ((status in ('moved', 'cancelled')) = (cancelled_at is not null)),
    -- Two people never hold the same host at the same time. Each host has a stretch of numbers of their own, so that
    -- no extension is needed: their number times 10^11, and the seconds since 1970.
    constraint one_person_at_a_time exclude using gist (
        int8range(
            host_id * 100000000000 + extract(epoch from (starts_at - '1970-01-01 00:00+00'::timestamptz))::bigint,
            host_id * 100000000000 + extract(epoch from (ends_at - '1970-01-01 00:00+00'::timestamptz))::bigint
        ) with &&
    ) where (status = 'booked' and host_id is not null)
);
comment on column bookings.number is 'what advisors call it in their commands';
comment on column bookings.provider_reference is 'the invitee of Calendly, by its URI';
comment on column bookings.replaces_reference is 'the invitee of Calendly whose booking this one takes the place of';
create unique index on bookings (provider_reference) where provider_reference is not null;
create index on bookings (replaces_reference) where replaces_reference is not null;
create index on bookings (lead_id, course_id, created_at desc);
create index on bookings (demo_link_id);
create index on bookings (host_id, ends_at) where status = 'booked';

-- The single-use link of Calendly that was made for an invitation, until it is used.
alter table demo_links add column scheduling_url text;

alter table demo_hosts enable row level security;
alter table demo_hours enable row level security;
alter table demo_absences enable row level security;
alter table bookings enable row level security;
