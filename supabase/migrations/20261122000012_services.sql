-- What leaves for services: e-mails and what the CRM is told are rows of the outbox beside the messages.

alter table outbox drop constraint outbox_status_check;
alter table outbox add constraint outbox_status_check
    check (status in ('pending', 'sending', 'sent', 'failed', 'recorded', 'withheld'));
alter table outbox add column tries integer not null default 0;
comment on column outbox.tries is 'attempts to reach a service that came to nothing; each makes the next pause longer';
create index outbox_services on outbox (channel, id desc) where channel in ('email', 'crm');
create index outbox_letters on outbox (lead_id) where channel = 'email';

-- A lead's records in the CRM. `digest` is of what was told last, so that nothing is told twice.
create table crm_contacts (
    lead_id uuid primary key references leads on delete cascade,
    contact_id text not null check (length(contact_id) between 1 and 64),
    deal_id text check (length(deal_id) between 1 and 64),
    deal_stage text,
    digest text not null,
    synced_at timestamptz not null
);

-- Addresses that get no more e-mail. An address is only known by its hash, which is kept after an erasure: a person who
-- complained must stay left alone. The salt belongs to this database, so that two of them cannot be compared.
create table email_salt (
    single boolean primary key default true check (single),
    salt text not null
);
insert into email_salt (salt) values (gen_random_uuid()::text || gen_random_uuid()::text);

create table email_suppressions (
    address_hash text primary key check (length(address_hash) = 64),
    reason text not null check (reason in
        ('bounce', 'dropped', 'spamreport', 'unsubscribe', 'group_unsubscribe', 'page')),
    everything boolean not null,
    at timestamptz not null
);
comment on column email_suppressions.everything is 'receipts too; false when only advertising was refused';

-- What the link in an e-mail stands for: its token carries only this row's id.
create table email_links (
    id uuid primary key default gen_random_uuid(),
    lead_id uuid not null references leads on delete cascade,
    address_hash text not null check (length(address_hash) = 64),
    created_at timestamptz not null,
    unique (lead_id, address_hash)
);

-- A series of e-mails that a lead is in, or was; nobody enters the same one twice.
create table email_enrolments (
    lead_id uuid not null references leads on delete cascade,
    sequence text not null check (sequence ~ '^[a-z_]{3,40}$'),
    started_at timestamptz not null,
    stopped_at timestamptz,
    reason text,
    primary key (lead_id, sequence),
    check ((stopped_at is null) = (reason is null))
);
create index email_enrolments_open on email_enrolments (started_at) where stopped_at is null;

alter table crm_contacts enable row level security;
alter table email_salt enable row level security;
alter table email_suppressions enable row level security;
alter table email_links enable row level security;
alter table email_enrolments enable row level security;
