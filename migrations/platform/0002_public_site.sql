-- How often sign-up mails were asked for to one address, so that nobody fills another's mailbox.

create table platform.sign_up_mails (
    -- A keyed digest of the address; the address itself is sealed in the platform's log.
    address_digest bytea not null,
    asked_at timestamptz not null
);
create index sign_up_mails_address on platform.sign_up_mails (address_digest, asked_at);
create index sign_up_mails_age on platform.sign_up_mails (asked_at);

grant select, insert, delete on platform.sign_up_mails to crowdminder_platform;
