-- What a purchase needs beyond its link: what was said against what is asked, each try to pay, and what was paid back.

-- `said_amount` is what the chat said, kept from the first checkout on, which may ask another `amount`; null before.
alter table payments
    add column said_amount numeric(10, 2) check (said_amount > 0),
    add column said_currency char(3) check (said_currency ~ '^[A-Z]{3}$'),
    add column opened_at timestamptz,
    add column failure text check (length(failure) between 1 and 200),
    add column refunded_amount numeric(10, 2) not null default 0 check (refunded_amount >= 0),
    add column refunded_at timestamptz,
    add check ((said_amount is null) = (said_currency is null)),
    add check ((refunded_amount > 0) = (refunded_at is not null)),
    add check (refunded_amount = 0 or paid_at is not null);

-- One row a try to pay. `units` and `unit_currency` are what the provider asks: cents of a currency, or Telegram Stars.
-- `reference` is the provider's name of the try (a Checkout Session), null until the provider has answered;
-- `payment_reference` that of the money which came by it (a payment intent, a Telegram charge).
create table checkouts (
    id bigint generated always as identity primary key,
    payment_id uuid not null references payments on delete cascade,
    attempt integer not null check (attempt > 0),
    provider text not null check (provider in ('sandbox', 'stripe', 'stars')),
    reference text,
    payment_reference text,
    url text,
    offer_id bigint references offers,
    claim_id bigint references offer_claims on delete set null,
    amount numeric(10, 2) not null check (amount > 0),
    currency char(3) not null check (currency ~ '^[A-Z]{3}$'),
    units bigint not null check (units > 0),
    unit_currency char(3) not null check (unit_currency ~ '^[A-Z]{3}$'),
    status text not null default 'open' check (status in ('open', 'expired', 'failed', 'paid')),
    opened_at timestamptz not null,
    expires_at timestamptz not null,
    closed_at timestamptz,
    unique (payment_id, attempt),
    check (expires_at > opened_at),
    check ((status = 'open') = (closed_at is null)),
    check ((status = 'paid') = (payment_reference is not null))
);
create unique index one_open_checkout_per_payment on checkouts (payment_id) where status = 'open';
create unique index checkouts_reference on checkouts (provider, reference) where reference is not null;
create index on checkouts (claim_id);

alter table checkouts enable row level security;
