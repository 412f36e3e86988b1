-- The advisors' desk: when each advisor works, what they call a lead, and what of the desk's work was done.

-- A chat of advisors that is known by the setting ADVISOR_CHAT only; whoever starts the channel writes it down, so that
-- every process on this database knows where notices go.
create table desk_chats (
    channel text primary key,
    chat text not null,
    set_at timestamptz not null
);

alter table advisors
    add column timezone text not null default 'America/Mexico_City'
        check (timezone ~ '^[A-Za-z][A-Za-z0-9_+/-]{1,63}$'),
    add column absent_since timestamptz,
    add column absent_until timestamptz,
    add check (absent_until is null or absent_until > absent_since),
    add check (absent_until is null or absent_since is not null);
comment on column advisors.timezone is 'IANA name, such as America/Bogota: the clock on which the hours are read';
comment on column advisors.absent_until is 'when the absence ends; null with absent_since: until they say /presente';

create table advisor_hours (
    id bigint generated always as identity primary key,
    advisor_id bigint not null references advisors on delete cascade,
    weekday smallint not null check (weekday between 1 and 7),
    opens time not null,
    closes time not null,
    unique (advisor_id, weekday, opens),
    check (closes > opens)
);
comment on table advisor_hours is
    'working hours; who has none is on duty at any hour. A night shift is two rows: one to 24:00, one from 00:00';
comment on column advisor_hours.weekday is 'ISO: 1 is Monday, 7 is Sunday';

-- What advisors call a lead. Given when a lead first reaches the desk, so that the numbers stay short.
alter table leads add column number integer unique;
create sequence lead_numbers owned by leads.number;

-- `waiting`: asked for while nobody was on duty. Brenda goes on talking; an advisor may take it when they are back.
alter table handoffs drop constraint handoffs_status_check;
alter table handoffs add constraint handoffs_status_check
    check (status in ('waiting', 'open', 'taken', 'returned', 'timed_out'));
create index handoffs_due on handoffs (deadline_at) where closed_at is null;

-- Up to which moment the desk's planner has looked for hot leads.
create table desk_rounds (
    name text primary key check (name ~ '^[a-z_]{3,40}$'),
    looked_until timestamptz not null
);
create index selections_at on selections using brin (at);

alter table desk_chats enable row level security;
alter table advisor_hours enable row level security;
alter table desk_rounds enable row level security;
