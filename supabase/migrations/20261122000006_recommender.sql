-- What the recommender learned, one row a version, and what it leaned to in each decision.

-- `posterior` holds plain numbers only, and nothing of any one person. At most one version is in force; without one no
-- tool is leaned to. Going back is putting an older row in force.
create table recommenders (
    id bigint generated always as identity primary key,
    posterior jsonb not null check (jsonb_typeof(posterior) = 'object'),
    reward jsonb not null check (jsonb_typeof(reward) = 'object'),
    decisions integer not null check (decisions >= 0),
    leads integer not null check (leads >= 0),
    learned_since timestamptz not null,
    learned_until timestamptz not null,
    in_force boolean not null default false,
    created_at timestamptz not null
);
create unique index one_recommender_in_force on recommenders (in_force) where in_force;

alter table selections
    add column recommender text not null default 'none',
    add column leans jsonb not null default '{}' check (jsonb_typeof(leans) = 'object');

alter table recommenders enable row level security;
