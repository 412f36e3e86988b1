-- What is sold: courses, what proves their worth, and the honest offers on them.
-- Every table has row-level security on and no policy: only the owner (the bot) and the service role read it.

create table courses (
    id bigint generated always as identity primary key,
    slug text not null unique check (slug ~ '^[a-z0-9-]{3,60}$'),
    hashtag text not null unique check (hashtag ~ '^CURSO_[A-Z0-9_]{2,50}$'),
    name text not null check (length(name) between 3 and 120),
    tagline text not null,
    description text not null,
    level text not null,
    audience text not null,
    requirements text not null,
    modality text not null,
    price numeric(10, 2) not null check (price > 0),
    currency char(3) not null default 'USD' check (currency ~ '^[A-Z]{3}$'),
    duration_weeks integer not null check (duration_weeks > 0),
    total_hours integer not null check (total_hours > 0),
    certificate text not null,
    guarantee_days integer not null check (guarantee_days >= 0),
    guarantee text not null,
    starts_on date,
    image_path text,
    preview_path text,
    is_active boolean not null default true,
    is_sample boolean not null default false,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);

create table course_modules (
    id bigint generated always as identity primary key,
    course_id bigint not null references courses on delete cascade,
    position integer not null check (position > 0),
    title text not null,
    summary text not null,
    hours integer not null check (hours > 0),
    unique (course_id, position)
);

create table campaigns (
    id bigint generated always as identity primary key,
    code text not null unique check (code ~ '^[A-Za-z0-9_-]{1,64}$'),
    course_id bigint references courses on delete set null,
    source text not null,
    is_sample boolean not null default false,
    created_at timestamptz not null default now()
);

-- Fake testimonials are unlawful (16 CFR 465): a row is shown only when it is verified and consent is on file.
create table student_testimonials (
    id bigint generated always as identity primary key,
    course_id bigint not null references courses on delete cascade,
    person text not null,
    role text not null,
    country char(2) not null,
    words text not null check (length(words) between 20 and 600),
    topics text[] not null default '{}',
    objection text check (objection in ('price', 'time', 'value', 'trust')),
    verified_at timestamptz,
    consent_reference text,
    is_sample boolean not null default false,
    created_at timestamptz not null default now()
);
create index on student_testimonials (course_id) where verified_at is not null and consent_reference is not null;

create table success_cases (
    id bigint generated always as identity primary key,
    course_id bigint not null references courses on delete cascade,
    person text not null,
    occupation text not null,
    title text not null,
    story text not null,
    metrics jsonb not null default '[]' check (jsonb_typeof(metrics) = 'array'),
    verified_at timestamptz,
    consent_reference text,
    is_sample boolean not null default false,
    created_at timestamptz not null default now()
);
comment on column success_cases.metrics is
    'array of {"name", "kind": count|percent|money|duration, "value", "unit", "label"}';
create index on success_cases (course_id) where verified_at is not null and consent_reference is not null;

create table course_statistics (
    id bigint generated always as identity primary key,
    course_id bigint not null references courses on delete cascade,
    name text not null check (name ~ '^[a-z0-9_]{2,40}$'),
    kind text not null check (kind in ('count', 'percent', 'money', 'duration')),
    value numeric not null,
    unit text not null,
    label text not null,
    measured_on date not null,
    is_sample boolean not null default false,
    unique (course_id, name)
);

create table competitor_analysis (
    id bigint generated always as identity primary key,
    course_id bigint not null references courses on delete cascade,
    competitor text not null,
    price numeric(10, 2) not null check (price >= 0),
    currency char(3) not null check (currency ~ '^[A-Z]{3}$'),
    total_hours integer check (total_hours > 0),
    strengths text not null,
    differences text not null,
    checked_on date not null,
    is_sample boolean not null default false,
    unique (course_id, competitor)
);

create table free_resources (
    id bigint generated always as identity primary key,
    course_id bigint not null references courses on delete cascade,
    title text not null,
    description text not null,
    kind text not null check (kind in ('pdf', 'template', 'guide', 'checklist')),
    path text not null,
    topics text[] not null default '{}',
    is_sample boolean not null default false,
    unique (course_id, title)
);

-- Urgency exists only here. A row without an approver cannot be shown; a window is never reopened for one person.
create table offers (
    id bigint generated always as identity primary key,
    course_id bigint not null references courses on delete cascade,
    kind text not null check (kind in ('discount', 'bonus')),
    name text not null,
    description text not null,
    percent_off numeric(5, 2) check (percent_off > 0 and percent_off < 100),
    bonus text,
    bonus_value numeric(10, 2) check (bonus_value >= 0),
    starts_at timestamptz not null,
    ends_at timestamptz not null,
    max_claims integer check (max_claims > 0),
    approved_by text,
    approved_at timestamptz,
    is_sample boolean not null default false,
    created_at timestamptz not null default now(),
    check (ends_at > starts_at),
    check ((kind = 'discount') = (percent_off is not null)),
    check ((kind = 'bonus') = (bonus is not null)),
    check ((approved_by is null) = (approved_at is null))
);
create index on offers (course_id, ends_at) where approved_at is not null;

create table advisors (
    id bigint generated always as identity primary key,
    name text not null check (length(name) between 1 and 80),
    chat text not null unique,
    is_active boolean not null default true,
    is_sample boolean not null default false,
    created_at timestamptz not null default now()
);

alter table courses enable row level security;
alter table course_modules enable row level security;
alter table campaigns enable row level security;
alter table student_testimonials enable row level security;
alter table success_cases enable row level security;
alter table course_statistics enable row level security;
alter table competitor_analysis enable row level security;
alter table free_resources enable row level security;
alter table offers enable row level security;
alter table advisors enable row level security;
